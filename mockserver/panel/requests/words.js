/** How exchanges are said: sizes, durations, statuses, bodies; and which of them are as asked. Pure. */

/** `3 ms`, `12.4 s` */
export function inTime(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** `412 B`, `4.5 kB`, `1.2 MB` */
export function inBytes(bytes) {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Nothing was answered where it is 0. */
export const inStatus = (status) => (status === 0 ? "none" : String(status));

/** The path with its query, as one would type it. */
export function pathOf({ target, query }) {
  return query.length ? `${target}?${query.map(([name, value]) => `${name}=${value}`).join("&")}` : target;
}

/** The faults that acted, each once; the one that decided comes first. */
export function firedIn({ faults, decided_by }) {
  const names = [...new Set(faults.filter((one) => one.fired).map((one) => one.fault))];
  const hasDecided = (name) => decided_by.startsWith(`fault ${name}:`);
  return names.sort((one, other) => hasDecided(other) - hasDecided(one));
}

/** A route that a fault can be made for: the very path, but for steps that a route can't spell. */
export function routeOf(entry, isSocket) {
  const steps = entry.target.split("/").map((step) => spell(step));
  const isUsual = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].includes(entry.method);
  const path = entry.target.startsWith("/") ? steps.join("/") : "*";
  return `${isSocket ? "WS" : isUsual ? entry.method : "ANY"} ${path}`;
}

function spell(step) {
  const text = decode(step);
  return /^[:*]|[\s?#/%]/.test(text) ? "*" : text;
}

/** What an exchange was about: `{resource, key}` by who decided it, else by its path; null where nothing is known. */
export function subjectOf({ target, decided_by }, resources) {
  const [, name] = /^([^\s.:]+)\.\w/.exec(decided_by) ?? [];
  const resource =
    resources.find((one) => one.name === name) ??
    resources
      .filter((one) => `${target}/`.startsWith(`${one.path}/`))
      .sort((one, other) => other.path.length - one.path.length)[0];
  if (!resource) return null;
  const last = target.split("/").filter(Boolean).at(-1);
  const isCollection = !last || last === resource.path.split("/").at(-1);
  return { resource: resource.name, key: isCollection ? null : decode(last) };
}

/** A text of an address as it is meant; as it is where that can't be told. */
export function decode(step) {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const CLOSES = { "{": "}", "[": "]" };

/** A text with the lines and the indents of its JSON, whose numbers stay as they were written; null where it is none. */
export function indent(text) {
  if (!isJson(text)) return null;
  const tokens = text.match(TOKENS);
  let out = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token in CLOSES && tokens[at + 1] === CLOSES[token]) {
      out += token + CLOSES[token];
      at += 1;
    } else if (token in CLOSES) {
      depth += 1;
      out += token + line();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      out += line() + token;
    } else {
      out += token === "," ? token + line() : token === ":" ? ": " : token;
    }
  }
  return out;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What may be asked for; all that is must hold. */
export const FIELDS = ["method", "status", "path", "fault", "q"];

/** Any fault that acted. */
export const ANY_FAULT = "*";

/** What a query asks for: `{method, status, path, fault, q}`, of which only those that it names. */
export function readFilter(query) {
  return Object.fromEntries(FIELDS.map((name) => [name, query.get(name)]).filter(([, value]) => value));
}

/** Whether an exchange is as asked. */
export function matcher({ method, status, path, fault, q }) {
  const checks = [];
  if (method) checks.push((entry) => entry.method === method);
  if (status) checks.push(byStatus(status));
  if (fault) checks.push(byFault(fault));
  if (path) checks.push(byPath(path));
  if (q) checks.push(byText(q));
  return (entry) => checks.every((check) => check(entry));
}

/** `404`, `4xx`, or `0` where nothing was answered. */
function byStatus(status) {
  const isClass = /^[1-9]xx$/i.test(status);
  return (entry) => (isClass ? String(entry.status)[0] === status[0] : entry.status === Number(status));
}

function byFault(fault) {
  const isIt = (one) => one.fired && (fault === ANY_FAULT || one.fault === fault);
  return (entry) => entry.faults.some(isIt);
}

/** A part of a path; or a pattern of all of it, in which `*` is anything within a step and `**` anything. */
function byPath(path) {
  if (!path.includes("*")) {
    const part = path.toLowerCase();
    return (entry) => entry.target.toLowerCase().includes(part) || decode(entry.target).toLowerCase().includes(part);
  }
  const parts = path.replace(/\*{3,}/g, "**").split(/(\*\*?)/);
  const source = parts.map((one) => (one === "**" ? ".*" : one === "*" ? "[^/]*" : escape(one))).join("");
  const pattern = new RegExp(`^${source}/?$`, "isu");
  return (entry) => pattern.test(entry.target) || pattern.test(decode(entry.target));
}

const escape = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** A text anywhere in what is kept of an exchange, in any letter case. */
function byText(q) {
  const wanted = q.toLowerCase();
  return (entry) => textOf(entry).toLowerCase().includes(wanted);
}

function textOf(entry) {
  const pairs = [...entry.query, ...Object.entries(entry.headers), ...entry.reply_headers];
  const faults = entry.faults.filter((one) => one.fired).map((one) => one.fault);
  return [
    `${entry.method} ${entry.target}`,
    decode(entry.target),
    entry.status,
    entry.decided_by,
    ...faults,
    ...pairs.map(([name, value]) => `${name}: ${value}\n${name}=${value}`),
    entry.body,
  ].join("\n");
}
