/** A fault as it is written: JSON that people edit, and its keys one by one. */

export const pretty = (rule) => JSON.stringify(rule, null, 2);

/** The rule that a text is, or in words why it is none: `{rule, flaw}`. */
export function parse(text) {
  try {
    const rule = JSON.parse(text);
    const isObject = typeof rule === "object" && rule !== null && !Array.isArray(rule);
    return isObject ? { rule } : { flaw: "It should be an object: { … }" };
  } catch (error) {
    return { flaw: `It is no JSON: ${error.message}` };
  }
}

/** The same rule with another value of a key, in its place; none where it is undefined. */
export function withKey(rule, key, value) {
  const changed = { ...rule, [key]: value };
  if (value === undefined) delete changed[key];
  return changed;
}

/** What somebody has written in a field: JSON where it is that, else the text itself; nothing where there is none. */
export function readField(text) {
  const bare = text.trim();
  if (bare === "") return undefined;
  try {
    return JSON.parse(bare);
  } catch {
    return bare;
  }
}

/** A value as it stands in a field, from which it is read again. */
export function writeField(value) {
  if (value === undefined) return "";
  return typeof value === "string" && readField(value) === value ? value : JSON.stringify(value);
}

/** Routes are written with commas between. */
export function readRoutes(text) {
  const routes = text.split(",").map((one) => one.trim()).filter(Boolean);
  return routes.length > 1 ? routes : routes[0];
}

export const writeRoutes = (value) => (Array.isArray(value) ? value.join(", ") : writeField(value));
