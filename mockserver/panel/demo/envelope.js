/** Finding what an answer is about, whatever a family of back ends wraps around it. */

const TOTALS = ["total", "totalCount", "totalPage", "items", "count"];

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** A value and all that lies in it, the nearest first. */
function* walk(said, depth = 4) {
  let level = [said];
  for (let step = 0; step <= depth && level.length > 0; step += 1) {
    yield* level;
    level = level.filter(isObject).flatMap((value) => Object.values(value));
  }
}

/** The rows of a list; none where there is no list. */
export function findList(said) {
  for (const value of walk(said)) {
    if (Array.isArray(value) && value.every(isObject)) return value;
  }
  return [];
}

/** The document with a member `key`, null where there is none. */
export function findDocument(said, key) {
  for (const value of walk(said)) {
    if (isObject(value) && key in value) return value;
  }
  return null;
}

/** How many rows there are in all, where an answer says so. */
export function findTotal(said, headers) {
  const counted = Number(headers.get("X-Total-Count") ?? NaN);
  if (Number.isInteger(counted)) return counted;
  for (const value of walk(said)) {
    const found = isObject(value) ? TOTALS.map((name) => value[name]).find(Number.isInteger) : undefined;
    if (found !== undefined) return found;
  }
  return null;
}

/** Why an answer refuses, in the server's own words, with each value that is wrong. */
export function readRefusal(said) {
  if (typeof said === "string") return said;
  if (!isObject(said)) return "";
  const inner = isObject(said.error) ? said.error : said;
  const words = [inner.detail, inner.message, inner.title, said.error];
  const reason = words.find((word) => typeof word === "string" && word);
  const flaws = [inner.errors, inner.validationErrors, inner.data?.errors].find(Array.isArray) ?? [];
  return [reason ?? "", ...flaws.filter(isObject).map(readFlaw)].filter(Boolean).join(" · ");
}

function readFlaw(flaw) {
  const where = flaw.pointer ?? flaw.field ?? flaw.parameter ?? (flaw.members ?? []).join(", ");
  const what = flaw.detail ?? flaw.message ?? flaw.reason ?? "";
  return typeof what === "string" ? `${String(where).replace(/^\//, "")} ${what}`.trim() : "";
}
