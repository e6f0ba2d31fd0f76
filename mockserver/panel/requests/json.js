/** JSON made readable without reading its values: numbers stay as they were written. Pure. */

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const CLOSES = { "{": "}", "[": "]" };

/** A text with the lines and the indents of its JSON; null where it is none. */
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
