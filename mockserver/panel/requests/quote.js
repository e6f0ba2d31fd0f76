/** Texts as a shell and as JavaScript write them, whatever is in them. Pure: Node.js imports it as it is. */

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
