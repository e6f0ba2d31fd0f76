/** How values stand in a form, as text that is typed, and what is meant by it. Pure. */

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** From so many characters on, a text has more than one line. */
export const LONG = 80;

/**
 * How a value stands in a form: `{kind: "value" | "null" | "missing", text}`. A field that is missing is not sent.
 */
export function standing(field, value, resources) {
  if (value === undefined) return { kind: "missing", text: "" };
  if (value === null) return { kind: "null", text: "" };
  const control = controlOf(field, value, resources);
  if (control === "keys") return { kind: "value", text: value.join(", ") };
  return { kind: "value", text: control === "json" ? written(value) : String(value) };
}

/** JSON as people write it: short lists in one line. */
function written(value) {
  const isFlat = Array.isArray(value) && value.every((one) => one === null || typeof one !== "object");
  const line = isFlat ? `[${value.map((one) => JSON.stringify(one)).join(", ")}]` : "";
  return isFlat && line.length <= LONG ? line : JSON.stringify(value, null, 2);
}

/** The control for a field that holds a value of now: `choice`, `number`, `keys`, `key`, `date`, `json`, `text`, … */
export function controlOf(field, value, resources) {
  const type = value === null || value === undefined ? null : typeof value;
  if (field.content) return "content";
  if (field.many) return isNumbered(resources, field.ref) && (type === null || areNumbers(value)) ? "keys" : "json";
  if (type === "object" || ["object", "array", "any"].includes(field.type)) return "json";
  if (field.ref) return type === null || type !== "boolean" ? "key" : "json";
  const wanted = { boolean: "boolean", integer: "number", number: "number" }[field.type] ?? "string";
  if (type !== null && type !== wanted) return "json";
  if (field.enum || field.type === "boolean") return "choice";
  if (wanted === "number") return "number";
  return field.type === "date" ? "date" : "text";
}

const areNumbers = (value) => Array.isArray(value) && value.every((one) => typeof one === "number");

/** Whether the ids of a resource are whole numbers. */
export const isNumbered = (resources, name) => {
  const target = resources.find((one) => one.name === name);
  return target?.fields.find((one) => one.name === target.key)?.type === "integer";
};

/** The value that a standing means; undefined for none. Throws what can't be read as `{detail}`. */
export function valueOf(field, { kind, text }, held, resources) {
  if (kind === "missing") return undefined;
  if (kind === "null") return null;
  const control = controlOf(field, held, resources);
  if (control === "content") return held;
  if (control === "choice") return choicesOf(field).find((choice) => String(choice) === text) ?? text;
  if (control === "number") return numberOf(text);
  if (control === "key") return isNumbered(resources, field.ref) ? numberOf(text) : text;
  if (control === "keys") return text.split(",").map((one) => one.trim()).filter(Boolean).map(numberOf);
  return control === "json" ? jsonOf(text) : text;
}

/** A number where that is one that is kept exactly; else the text, for the server to say what is wrong with it. */
function numberOf(text) {
  const typed = text.trim();
  const number = Number(typed);
  const isExact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return NUMBER.test(typed) && isExact ? number : text;
}

export function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw { detail: `is not JSON: ${error.message}` };
  }
}

/** What a field may hold, where that is told. */
export const choicesOf = (field) => field.enum ?? [true, false];
