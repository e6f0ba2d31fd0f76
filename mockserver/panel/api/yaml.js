/** Values as YAML that people read, and that YAML 1.2 reads back: short ones on one line, others below one another. */

const WIDTH = 100;
/** Texts that mean themselves without quotes: nothing that could be a number, a word of YAML, or syntax. */
const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./ -]*$/;
/** What nobody sees, and a definition is not to hold as it is. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
const WORDS = /^(true|false|null|yes|no|on|off|y|n|nan|inf|~)$/i;

/** A definition or any part of it; keys stay in their order. */
export function writeYaml(value) {
  return `${lines(value, 0).join("\n")}\n`;
}

function lines(value, depth) {
  const pad = "  ".repeat(depth);
  if (Array.isArray(value)) return value.flatMap((item) => entry(`${pad}-`, item, depth));
  return Object.entries(value).flatMap(([key, item]) => entry(`${pad}${scalar(key)}:`, item, depth));
}

/** What comes behind a dash or a key: on its line where it fits, and never so at the top. */
function entry(head, item, depth) {
  const flat = flow(item);
  const isNested = item !== null && typeof item === "object" && Object.keys(item).length > 0;
  const fits = head.length + 1 + flat.length <= WIDTH;
  if (!isNested || (fits && (depth > 0 || !holdsMany(item)))) return [`${head} ${flat}`];
  const below = lines(item, depth + 1);
  return head.endsWith("-") ? [`${head} ${below[0].trimStart()}`, ...below.slice(1)] : [head, ...below];
}

/** Whether something has parts that have parts: those are easier to read below one another. */
const holdsMany = (item) => Object.values(item).some((inner) => inner !== null && typeof inner === "object");

function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (value === null || typeof value !== "object") return scalar(value);
  return `{${Object.entries(value).map(([key, item]) => `${scalar(key)}: ${flow(item)}`).join(", ")}}`;
}

function scalar(value) {
  if (typeof value !== "string") return JSON.stringify(value);
  if (PLAIN.test(value) && !value.endsWith(" ") && !WORDS.test(value)) return value;
  return JSON.stringify(value).replace(UNSEEN, escape);
}

function escape(unseen) {
  const code = unseen.codePointAt(0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
}
