/** The pieces that all views are built of; how they look is in `style/base.css`. */

import { html, signal, useEffect, useId, useRef, useSignal } from "./html.js";
import { useAction } from "./load.js";

/** What the server refused, beside what was refused: its words, and each value that is wrong. `of` is an error or null. */
export function Refusal({ of }) {
  if (!of) return null;
  const errors = of.errors ?? [];
  return html`<div class="refusal" role="alert">
    <p>${of.message}</p>
    ${errors.length > 0 &&
    html`<ul>
      ${errors.map(
        ({ pointer, parameter, line, column, detail, hint }) =>
          html`<li>
            <code>${line ? `${line}:${column}` : (parameter ?? pointer)}</code> ${detail}${hint ? ` (${hint})` : ""}
          </li>`,
      )}
    </ul>`}
  </div>`;
}

/** A button that does something which may be refused; what was is shown behind it. `act` may be async. */
export function Action({ act, children, kind = "", confirm, ...rest }) {
  const action = useAction(act);
  const isSure = useSignal(false);
  const press = () => {
    if (confirm && !isSure.value) {
      isSure.value = true;
      return;
    }
    isSure.value = false;
    action.run();
  };
  return html`<span class="action">
    <button
      type="button"
      class=${kind}
      aria-busy=${action.isBusy.value}
      onClick=${press}
      onBlur=${() => (isSure.value = false)}
      ...${rest}
    >
      ${isSure.value ? confirm : children}
    </button>
    <${Refusal} of=${action.refusal.value} />
  </span>`;
}

/** A form; `act` is given its values by name and may be refused. */
export function Form({ act, children, label, kind = "" }) {
  const action = useAction(act);
  const submit = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    action.run(Object.fromEntries(new FormData(form)), form);
  };
  return html`<form class=${kind} aria-label=${label} aria-busy=${action.isBusy.value} onSubmit=${submit} noValidate>
    ${children}
    <${Refusal} of=${action.refusal.value} />
  </form>`;
}

/** A labelled control; `control` is given the id that the label is for. */
export function Field({ label, hint, children, control }) {
  const id = useId();
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${control ? control(id, hint ? `${id}-hint` : undefined) : children}
    ${hint && html`<small id=${`${id}-hint`}>${hint}</small>`}
  </div>`;
}

/** A switch that is on or off; `act` is told what it is to be, and may be refused. */
export function Switch({ isOn, act, label }) {
  const action = useAction(act);
  return html`<span class="action">
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked=${String(Boolean(isOn))}
      aria-label=${label}
      aria-busy=${action.isBusy.value}
      onClick=${() => action.run(!isOn)}
    >
      <span class="knob"></span>
    </button>
    <${Refusal} of=${action.refusal.value} />
  </span>`;
}

/** Puts a text into the clipboard, and says so. `text` may be a function. */
export function Copy({ text, children = "Copy", label }) {
  const state = useSignal("");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    const wanted = typeof text === "function" ? text() : text;
    try {
      await navigator.clipboard.writeText(wanted);
      state.value = "Copied";
    } catch {
      state.value = "Not allowed by the browser";
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => (state.value = ""), 1_500);
  };
  return html`<button type="button" class="quiet" aria-label=${label} onClick=${copy}>
    <span aria-live="polite">${state.value || children}</span>
  </button>`;
}

/**
 * A dialog over the page, as long as it is shown: Escape and its button close it, focus stays in it and goes back to
 * where it was. `close` is called as it ends.
 */
export function Dialog({ title, close, children, kind = "" }) {
  const dialog = useRef(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  return html`<dialog ref=${dialog} class=${kind} aria-labelledby=${id} onClose=${close}>
    <header>
      <h2 id=${id}>${title}</h2>
      <button type="button" class="quiet icon" aria-label="Close" onClick=${() => dialog.current.close()}>✕</button>
    </header>
    <div class="body">${children}</div>
  </dialog>`;
}

/** A word with a colour: `tone` is one of `ok warn bad info off`. The word says it all, the colour only helps. */
export const Badge = ({ tone = "off", children }) => html`<span class=${`badge ${tone}`}>${children}</span>`;

/** What is shown where there is nothing yet. */
export const Empty = ({ children }) => html`<p class="empty">${children}</p>`;

/** A value as JSON that can be read, never as markup. */
export function Code({ value, label = "JSON" }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return html`<pre class="code" tabindex="0" role="region" aria-label=${label}><code>${text}</code></pre>`;
}

/** The tone of a status: what went well, what was asked wrongly, what broke. */
export function toneOf(status) {
  if (status === 0 || status >= 500) return "bad";
  return status >= 400 ? "warn" : status >= 300 ? "info" : "ok";
}

/** Seconds in words: `4 s`, `2 m 05 s`, `1 h 03 m`. */
export function inWords(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const pad = (number) => String(number).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} m`;
}

/** The time of day of a moment, in seconds since the epoch: `09:03:07`. */
export const timeOf = (at) => new Date(at * 1000).toTimeString().slice(0, 8);

/** The same to the millisecond: `09:03:07.120`. */
export const exactTimeOf = (at) => `${timeOf(at)}.${String(Math.floor((at % 1) * 1_000)).padStart(3, "0")}`;

/** Counts seconds, for what shows how long something still takes. */
export const tick = signal(0);
setInterval(() => (tick.value += 1), 1_000);
