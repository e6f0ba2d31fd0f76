/**
 * An exchange of the journal as something that can be sent again: its parts, a line of curl, a call of `fetch`.
 *
 * Secrets are not in the journal: `[redacted]` stands in their place, and `notes` say where. Pure.
 */

export const REDACTED = "[redacted]";
const CUT = "…";

/** What belongs to a connection, or follows from the rest. */
const OF_CONNECTION = /^(host|content-length|transfer-encoding|keep-alive|proxy-connection|expect)$/;
/** What a browser says of itself, whatever a page would have it say. */
const OF_BROWSER = /^(sec-.*|accept-encoding|connection|dnt|origin|referer|user-agent)$/;
/** What else a page can't set (Fetch standard, "forbidden request-header"). */
const FORBIDDEN = new RegExp(
  "^(proxy-.*|accept-charset|access-control-request-.*|cookie2?|date|set-cookie|te|trailer|upgrade|via)$",
);
const FORBIDDEN_METHODS = ["CONNECT", "TRACE", "TRACK"];
/** Steps that clients resolve before they send a path. */
const HAS_DOTS = /\/(?:\.|%2e){1,2}(?:[/?]|$)/i;
const READABLE = { "%5B": "[", "%5D": "]", "%3A": ":", "%2C": ",", "%40": "@", "%2F": "/", "%3B": ";" };

/** Whether it is the handshake of a WebSocket. */
export const isHandshake = (entry) => (entry.headers.upgrade ?? "").toLowerCase() === "websocket";

/**
 * What was asked, as far as it is known, at the API's own address of its sandbox.
 *
 * @param {object} entry one of `GET /api/requests`
 * @param {string} base what stands before every path, like `http://localhost:8000/~w3`
 * @returns {{url: string, target: string, method: string, headers: string[][], body: ?string, notes: string[]}}
 */
export function partsOf(entry, base) {
  const target = entry.target.replaceAll("#", "%23") + queryOf(entry.query);
  const headers = Object.entries(entry.headers).filter(
    ([name]) => !OF_CONNECTION.test(name) && (name !== "connection" || isHandshake(entry)),
  );
  const hadBody = entry.body !== "" || "content-length" in entry.headers || "transfer-encoding" in entry.headers;
  const url = target.startsWith("/") ? base + target : `${base}/`;
  return { url, target, method: entry.method, headers, body: hadBody ? entry.body : null, notes: notesOf(entry) };
}

function queryOf(pairs) {
  if (pairs.length === 0) return "";
  const encode = (text) =>
    text === REDACTED ? text : encodeURIComponent(text).replace(/%(5B|5D|3A|2C|40|2F|3B)/g, (one) => READABLE[one]);
  return `?${pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")}`;
}

/** What of an exchange the journal does not have, in sentences. */
function notesOf(entry) {
  const places = [...Object.entries(entry.headers), ...entry.query];
  const secret = [...new Set(places.filter(([, value]) => value.includes(REDACTED)).map(([name]) => name))];
  if (entry.body.includes(REDACTED)) secret.push("the body");
  const notes = [];
  if (secret.length) notes.push(`Secrets are not kept: ${REDACTED} stands for them in ${secret.join(", ")}.`);
  if ([entry.target, entry.body, ...places.map(([, value]) => value)].some((text) => text.endsWith(CUT))) {
    notes.push(`It is longer than is kept of a request: what ends in ${CUT} is cut off.`);
  }
  if (entry.body.includes("\ufffd")) notes.push("The body is not text: bytes that could not be read are \ufffd.");
  return notes;
}

/** The request as a command for bash or zsh. */
export function toCurl(parts) {
  const { method, target } = parts;
  const isHead = method === "HEAD";
  const body = isHead ? null : parts.body;
  const implied = body === null ? "GET" : "POST";
  const words = [`curl ${quoteShell(parts.url)}`];
  if (isHead) words.push("--head");
  else if (method !== implied) words.push(`-X ${quoteShell(method)}`);
  words.push(...headersForCurl(parts.headers, body));
  words.push(...optionsForCurl(parts));
  if (body?.includes("\0")) return `${printInShell(body)} | ${[...words, "--data-binary @-"].join(" \\\n  ")}`;
  if (body !== null) words.push(`--data-raw ${quoteShell(body)}`);
  if (!target.startsWith("/")) words.push(`--request-target ${quoteShell(target)}`);
  return words.join(" \\\n  ");
}

/** The headers that there were, and none of those that curl would add of its own. */
function headersForCurl(headers, body) {
  const own = ["User-Agent", "Accept", ...(body === null ? [] : ["Content-Type"])];
  const names = headers.map(([name]) => name);
  return [
    ...headers.map(([name, value]) => `-H ${quoteShellBytes(value === "" ? `${name};` : `${name}: ${value}`)}`),
    ...own.filter((name) => !names.includes(name.toLowerCase())).map((name) => `-H ${quoteShell(`${name}:`)}`),
  ];
}

function optionsForCurl({ url, target, headers }) {
  const given = Object.fromEntries(headers);
  const options = [];
  if ("accept-encoding" in given) options.push("--compressed");
  if (given.accept?.includes("text/event-stream")) options.push("--no-buffer");
  if (/[[\]{}]/.test(url)) options.push("--globoff");
  if (HAS_DOTS.test(target)) options.push("--path-as-is");
  return options;
}

/**
 * What a page can send of a request, with a note for all that it can't: `{url, options, notes}`, the latter two for
 * `fetch`, or `{reason}` where it can send nothing like it.
 */
export function forPage(parts, { withSecrets = false } = {}) {
  const { url, method, headers, target } = parts;
  const notes = [...parts.notes];
  if (FORBIDDEN_METHODS.includes(method.toUpperCase())) return { reason: `No page can send ${method}.` };
  if (!target.startsWith("/")) return { reason: `No page can ask for ${target}.` };
  if (headers.some(([name]) => name === "upgrade")) return { reason: "A page opens sockets by WebSocket." };
  const asked = headers.filter(([name]) => !OF_BROWSER.test(name));
  const isSent = ([name, value]) => !FORBIDDEN.test(name) && (withSecrets || !value.includes(REDACTED));
  const left = asked.filter((pair) => !isSent(pair)).map(([name]) => name);
  if (left.length) notes.push(`Left out: ${left.join(", ")}, which no page may set or nobody has kept.`);
  const canHaveBody = !["GET", "HEAD"].includes(method.toUpperCase());
  if (parts.body && !canHaveBody) notes.push(`A page can't send a body with ${method}: it is left out.`);
  if (HAS_DOTS.test(target) || target.includes("\\")) notes.push("Browsers make another path of this one.");
  const body = parts.body && canHaveBody ? parts.body : null;
  return { url, options: { method, headers: asked.filter(isSent), body }, notes };
}

/** The options of `fetch`: a body without a type stays without. */
export function readOptions({ method, headers, body }) {
  return { method, headers, body: body === null ? undefined : hasType(headers) ? body : new Blob([body]) };
}

/** The request as a call of `fetch`. */
export function toFetch({ url, options: { method, headers, body } }) {
  const lines = [];
  if (method !== "GET") lines.push(`  method: ${quoteScript(method)},`);
  if (headers.length) {
    const pairs = headers.map(([name, value]) => `    ${quoteScript(name)}: ${quoteScript(value)},`);
    lines.push("  headers: {", ...pairs, "  },");
  }
  if (body !== null) {
    const text = quoteScript(body);
    lines.push(`  body: ${hasType(headers) ? text : `new Blob([${text}])`},`);
  }
  return `await fetch(${[quoteScript(url), ...(lines.length ? [`{\n${lines.join("\n")}\n}`] : [])].join(", ")});`;
}

const hasType = (headers) => headers.some(([name]) => name === "content-type");

const encoder = new TextEncoder();
const PLAIN = /^[\w@%+=:,./-]+$/;
/** What a terminal acts on, and what makes a line look like another one; a line may be broken. */
const ACTED_ON = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const SHORT = { "\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const hex = (number, digits) => number.toString(16).padStart(digits, "0");
const escapeBytes = (bytes) => Array.from(bytes, (byte) => `\\x${hex(byte, 2)}`).join("");

/** One word of a command, for bash and zsh. It can't hold NUL: no argument can. */
export function quoteShell(text) {
  if (PLAIN.test(text)) return text;
  if (!ACTED_ON.test(text.replaceAll("\n", ""))) return `'${text.replaceAll("'", "'\\''")}'`;
  // An interactive shell looks for its history (`!`) in this spelling.
  const escape = (one) => SHORT[one] ?? escapeBytes(encoder.encode(one));
  return `$'${text.replace(/[\\'!\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escape)}'`;
}

/** One word made of bytes, each of them a character of `text`, as headers are recorded. */
export function quoteShellBytes(text) {
  const codes = Array.from(text, (one) => one.codePointAt(0));
  if (codes.some((code) => code > 255)) return quoteShell(text); // not recorded as it was
  try {
    return quoteShell(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(codes)));
  } catch {
    const escaped = text.replace(/[^\x20-\x7e]|[\\'!]/g, (one) => SHORT[one] ?? escapeBytes([one.charCodeAt(0)]));
    return `$'${escaped}'`;
  }
}

/** The command that writes a text to its output as it is, NUL included. */
export function printInShell(text) {
  return `printf %b ${quoteShell(text.replaceAll("\\", "\\\\").replaceAll("\0", "\\0000"))}`;
}

/** A string literal of JavaScript. */
export function quoteScript(text) {
  const escape = (one) => Array.from({ length: one.length }, (_, at) => `\\u${hex(one.charCodeAt(at), 4)}`).join("");
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escape);
}
