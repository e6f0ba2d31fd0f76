/** A text with numbered lines, and marks at those that something is wrong with. */

import { html, useRef } from "../lib/html.js";

/** `problems` are `{line, column, detail, hint, pointer}`; `write` is given the text as it changes. */
export function Editor({ label, text, write, problems }) {
  const area = useRef(null);
  const beside = useRef(null);
  const count = text.split("\n").length;
  const marked = problems.filter((one) => one.line);
  const scroll = () => (beside.current.style.transform = `translateY(${-area.current.scrollTop}px)`);
  const show = ({ line, column }) => {
    const start = text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = text.indexOf("\n", start);
    area.current.focus();
    area.current.setSelectionRange(start + column - 1, end < 0 ? text.length : end);
    // The browser does not scroll to a selection that a script has made.
    const height = area.current.scrollHeight / Math.max(1, count);
    area.current.scrollTop = Math.max(0, (line - 4) * height);
  };
  return html`<div class="editor">
      <div class="numbers" aria-hidden="true">
        <div ref=${beside}>
          ${marked.map(({ line }, index) => html`<span key=${index} class="mark" style=${{ top: `${line - 1}lh` }}></span>`)}
          <pre>${Array.from({ length: count }, (_, index) => index + 1).join("\n")}</pre>
        </div>
      </div>
      <textarea
        ref=${area}
        aria-label=${label}
        wrap="off"
        spellcheck=${false}
        autocomplete="off"
        rows="16"
        placeholder="Paste a definition here, or take the one in force"
        value=${text}
        aria-invalid=${marked.length > 0 ? "true" : undefined}
        onInput=${(event) => write(event.currentTarget.value)}
        onScroll=${scroll}
      ></textarea>
    </div>
    ${marked.length > 0 &&
    html`<ul class="problems" aria-label="What is wrong">
      ${marked.map(
        (one, index) => html`<li key=${index}>
          <button type="button" class="small" onClick=${() => show(one)} aria-label=${`Go to line ${one.line}`}>
            ${one.line}:${one.column}
          </button>
          <span>${one.detail}${one.hint && html` <span class="soft">${one.hint}</span>`}</span>
        </li>`,
      )}
    </ul>`}`;
}
