/** What is typed over a column, and the filter of the API that it means: `lion`, `=Leo`, `>= 3`, `2..5`, `null`. */

/** Parameters that are no filters. */
const OTHERS = ["limit", "offset", "sort", "q", "changed", "sandbox"];
const SIGNS = { ">=": "gte", "<=": "lte", "!=": "ne", ">": "gt", "<": "lt", "=": "eq" };
const RANGED = ["integer", "number", "date", "datetime"];
const SIGNED = /^(>=|<=|!=|>|<|=)\s*([\s\S]*)$/;
const SPAN = /^(\S+)\s*\.\.\s*(\S+)$/;
const NAMED = /^(?:filter\[([^[\]]+)\]|([^[\]]+))(?:\[(\w+)\])?$/;

/** The type that a field is compared by: that of its items where it is a list. */
export const typeOf = (field) => (field.type === "array" ? (field.item?.type ?? "any") : field.type);

const choicesOf = (field) => field.enum ?? field.item?.enum ?? null;

/** Whether a text is looked for anywhere in the values. */
export const isText = (field) => ["string", "any"].includes(typeOf(field)) && !choicesOf(field) && !field.ref;

/** What may be chosen in place of typing; null where that is anything. */
export const offered = (field) => (typeOf(field) === "boolean" ? [true, false] : choicesOf(field));

/** The parameter and its value that a text means for a field; null for an empty one. */
export function readFilter(field, text) {
  const typed = text.trim();
  if (typed === "") return null;
  if (typed === "null" || typed === "!null") return [nameOf(field, "isnull"), String(typed === "null")];
  const [, sign, rest] = SIGNED.exec(typed) ?? [];
  if (sign) return [nameOf(field, SIGNS[sign]), rest];
  const [, least, most] = (RANGED.includes(typeOf(field)) && SPAN.exec(typed)) || [];
  if (most) return [nameOf(field, "between"), `${least},${most}`];
  return [nameOf(field, isText(field) ? "contains" : "eq"), typed];
}

function nameOf(field, operator) {
  const name = OTHERS.includes(field.name) ? `filter[${field.name}]` : field.name;
  return operator === "eq" ? name : `${name}[${operator}]`;
}

/** The filters of a query, `[{name, value, field, text}]`; what can't be typed over a column has no text. */
export function filtersOf(fields, query) {
  return [...query]
    .filter(([name]) => !OTHERS.includes(name))
    .map(([name, value]) => {
      const [, bracketed, plain, operator = "eq"] = NAMED.exec(name) ?? [];
      const field = fields.find((one) => one.name === (bracketed ?? plain));
      return { name, value, field: field?.name, text: field ? write(field, operator, value) : null };
    });
}

function write(field, operator, value) {
  if (operator === "isnull") return value === "true" ? "null" : "!null";
  if (operator === "between") return value.split(",").join("..");
  if (operator === "contains") return isText(field) ? value : null;
  if (operator === "eq") return isText(field) ? `=${value}` : value;
  const sign = Object.keys(SIGNS).find((one) => SIGNS[one] === operator);
  return sign ? `${sign} ${value}` : null;
}
