/** How one document becomes another: by a merge patch (RFC 7396) where one can say it, else by putting it whole. */

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Whether two values of JSON say the same, whatever the order of their members. */
export function isSame(one, other) {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, place) => isSame(each, other[place]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => name in other && isSame(one[name], other[name]));
}

/**
 * `{method, body}` for what has changed, null for nothing. Where documents may hold anything (`isOpen`), patches are
 * shallow.
 */
export function changeOf(before, after, isOpen) {
  const names = Object.keys(after).filter((name) => !isSame(before[name], after[name]));
  const isShorter = Object.keys(before).some((name) => after[name] === undefined);
  if (names.length === 0 && !isShorter) return null;
  const patch = {};
  for (const name of names) patch[name] = isOpen ? after[name] : patchOf(before[name], after[name]);
  const isSaid = (name) => isOpen || isSame(merged(before[name], patch[name]), after[name]);
  return isShorter || !names.every(isSaid) ? { method: "PUT", body: after } : { method: "PATCH", body: patch };
}

function patchOf(before, after) {
  if (!isObject(before) || !isObject(after)) return after;
  const gone = Object.keys(before).filter((name) => after[name] === undefined);
  const changed = Object.keys(after).filter((name) => !isSame(before[name], after[name]));
  return Object.fromEntries([
    ...gone.map((name) => [name, null]),
    ...changed.map((name) => [name, patchOf(before[name], after[name])]),
  ]);
}

/** What the server makes of a patch. */
function merged(target, patch) {
  if (!isObject(patch)) return patch;
  const result = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}
