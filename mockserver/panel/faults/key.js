/** One key of a fault in a form, with what the server said of it. */

import { html, useId, useSignal } from "../lib/html.js";
import { readField, readRoutes, writeField, writeRoutes } from "./rule.js";

/**
 * `form` is `{rule, change, errors}`: the rule as it stands, how a key of it is changed, and what the server refused.
 * What is being written stays as it is; what it means goes into the rule.
 */
export function Key({ name, label = name, hint, choices, form }) {
  const id = useId();
  const written = useSignal(null);
  const [read, write] = name === "match" ? [readRoutes, writeRoutes] : [readField, writeField];
  const value = form.rule?.[name];
  const kept = written.value !== null && write(read(written.value)) === write(value) ? written.value : write(value);
  const wrong = form.errors.filter(({ pointer = "" }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
  const input = (event) => {
    written.value = event.currentTarget.value;
    form.change(name, read(event.currentTarget.value));
  };
  const about = {
    id,
    disabled: !form.rule,
    "aria-invalid": wrong.length > 0 ? "true" : undefined,
    "aria-describedby": `${id}-hint`,
  };
  return html`<div class="field key">
    <label for=${id}>${label}</label>
    ${choices
      ? html`<select ...${about} value=${kept} onChange=${input}>
          ${[...new Set(["", ...choices, kept])].map(
            (one) => html`<option key=${one} value=${one} selected=${one === kept}>${one || "–"}</option>`,
          )}
        </select>`
      : html`<input ...${about} value=${kept} onInput=${input} autocomplete="off" spellcheck=${false} />`}
    <small id=${`${id}-hint`}>
      ${wrong.length > 0 ? html`<span class="wrong">${wrong.map(({ detail }) => detail).join("; ")}</span>` : hint}
    </small>
  </div>`;
}
