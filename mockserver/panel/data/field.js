/** One field of a form: a control that is right for its type, and what of it is wrong. */

import { ask } from "../lib/control.js";
import { html, useEffect, useId, useSignal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { isObject } from "./change.js";
import { clip, pathOf, placeOf, titleOf } from "./plain.js";
import { choicesOf, controlOf, isNumbered, LONG } from "./standing.js";
import { Value } from "./value.js";

const WHOLE = /^-?\d{1,15}$/;
const TYPING_MS = 200;

/** `errors` are what was refused of it; `was` is the value it was seeded with, undefined where it is still so. */
export function FieldOf({ field, standing: now, held, resources, set, errors, was, isNew, states }) {
  const id = useId();
  const control = controlOf(field, held, resources);
  const isWrong = errors.length > 0;
  const notes = `${id}-notes`;
  const given = { id, "aria-describedby": notes, "aria-invalid": isWrong ? "true" : undefined, now, set, field, held };
  const Control = CONTROLS[control];
  const isLocked = field.immutable && !isNew;
  return html`<div class=${`field of-${control}${isWrong ? " wrong" : ""}`}>
    <div class="row label">
      <label for=${id}>${field.name}</label>
      ${field.required && html`<span class="soft">required</span>`}
      ${was !== undefined && html`<span class="badge info">changed</span>`}
      ${control !== "choice" && !isLocked && html`<${Kinds} field=${field} now=${now} set=${set} isNew=${isNew} />`}
    </div>
    ${isLocked
      ? html`<input id=${id} value=${now.text} aria-describedby=${notes} disabled />`
      : html`<${Control} ...${given} isNew=${isNew} states=${states} resources=${resources} />`}
    <small id=${notes}>
      ${isWrong && html`<span class="fault">${errors.map((error) => error.detail).join("; ")}</span> `}
      ${field.describe && html`<span>${field.describe} </span>`}
      ${isLocked && html`<span>It never changes. </span>`}
      ${field.write_only && html`<span>Never shown; empty keeps what it is. </span>`}
      ${was !== undefined && html`<span>Seeded: <${Value} value=${was} most=${60} /></span>`}
    </small>
  </div>`;
}

/** Null and left out, where a field may be so. */
function Kinds({ field, now, set, isNew }) {
  const turn = (kind) => set({ ...now, kind: now.kind === kind ? "value" : kind });
  // A new document has null where nothing is said, unless a default stands there.
  const may = { null: field.nullable && (!isNew || field.has_default), missing: field.may_miss && !isNew };
  const words = { null: "null", missing: "left out" };
  return html`<span class="row push">
    ${Object.keys(may)
      .filter((kind) => may[kind] && !field.content)
      .map(
        (kind) =>
          html`<button
            key=${kind}
            type="button"
            class="small kind"
            aria-pressed=${String(now.kind === kind)}
            aria-label=${`${field.name}: ${words[kind]}`}
            onClick=${() => turn(kind)}
          >
            ${words[kind]}
          </button>`,
      )}
  </span>`;
}

/** What stands in an empty control. */
function placeholderOf(field, now, isNew) {
  if (now.kind === "null") return "null";
  if (now.kind !== "missing") return "";
  if (!isNew) return field.write_only ? "not shown" : "left out";
  return field.has_default ? "its default" : field.required ? "" : field.name === "id" ? "the next" : "null";
}

/** A text that is typed; in a new document an empty one is left out. */
const typed = (isNew, set) => (event) => {
  const text = event.currentTarget.value;
  set(isNew && text === "" ? { kind: "missing", text } : { kind: "value", text });
};

function Text({ field, now, set, held, isNew, states, resources, ...rest }) {
  const placeholder = placeholderOf(field, now, isNew);
  const shown = { ...rest, placeholder, onInput: typed(isNew, set), autocomplete: "off" };
  const text = now.kind === "value" ? now.text : "";
  const isLong = text.includes("\n") || text.length > LONG || (field.max_length ?? 0) > 4 * LONG;
  return isLong
    ? html`<textarea ...${shown} rows=${Math.min(10, 2 + text.split("\n").length)} value=${text}></textarea>`
    : html`<input ...${shown} value=${text} />`;
}

function Numeric({ field, now, set, held, isNew, states, resources, ...rest }) {
  return html`<input
    ...${rest}
    inputmode="decimal"
    autocomplete="off"
    placeholder=${placeholderOf(field, now, isNew)}
    value=${now.kind === "value" ? now.text : ""}
    onInput=${typed(isNew, set)}
  />`;
}

function DateOf({ field, now, set, held, isNew, states, resources, ...rest }) {
  const text = now.kind === "value" ? now.text : "";
  return html`<input ...${rest} type="date" value=${text} onInput=${typed(isNew, set)} />`;
}

function Json({ field, now, set, held, isNew, states, resources, ...rest }) {
  const text = now.kind === "value" ? now.text : "";
  return html`<textarea
    ...${rest}
    spellcheck=${false}
    rows=${Math.min(14, 1 + text.split("\n").length)}
    placeholder=${placeholderOf(field, now, isNew) || "JSON"}
    value=${text}
    onInput=${typed(isNew, set)}
  ></textarea>`;
}

function Choice({ field, now, set, held, isNew, states, resources, ...rest }) {
  const choose = (event) => {
    const [kind, ...text] = event.currentTarget.value.split(":");
    set({ kind, text: text.join(":") });
  };
  const moves = states?.field === field.name && !isNew && held !== null ? (states.moves[held] ?? []) : null;
  const isOpen = (choice) => moves === null || choice === held || moves.includes(choice);
  const mayMiss = isNew || field.may_miss || now.kind === "missing";
  const unsaid = isNew ? (field.has_default ? "its default" : "—") : "left out";
  return html`<select ...${rest} value=${`${now.kind}:${now.text}`} onChange=${choose}>
    ${mayMiss && html`<option value="missing:">${unsaid}</option>`}
    ${(field.nullable || now.kind === "null") && html`<option value="null:">null</option>`}
    ${choicesOf(field).map(
      (choice) =>
        html`<option key=${choice} value=${`value:${choice}`} disabled=${!isOpen(choice)}>${String(choice)}</option>`,
    )}
  </select>`;
}

/** The id of another document, found by what it says. */
function KeyOf({ field, now, set, held, isNew, states, resources, ...rest }) {
  const target = resources.find((one) => one.name === field.ref);
  const found = useSignal([]);
  const text = now.kind === "value" ? now.text : "";
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        found.value = await find(target, text, isNumbered(resources, field.ref), abort.signal);
      } catch {
        // Nothing is offered, then; what is typed may be right all the same.
      }
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  const meant = found.value.find((row) => row.key === text);
  const list = `${rest.id}-list`;
  return html`<div class="reference">
    <input
      ...${rest}
      list=${list}
      autocomplete="off"
      placeholder=${placeholderOf(field, now, isNew) || `id or words of ${field.ref}`}
      value=${text}
      onInput=${typed(isNew, set)}
    />
    <datalist id=${list}>
      ${found.value.map(
        ({ key, document }) => html`<option key=${key} value=${key}>${`${titleOf(target, document)} (${key})`}</option>`,
      )}
    </datalist>
    ${meant && html`<a href=${placeOf([field.ref, meant.key])}>${titleOf(target, meant.document) || meant.key}</a>`}
  </div>`;
}

/** The document of that id, and those that are like what was typed. */
async function find(target, text, isNumber, signal) {
  const given = { sandbox: sandbox.peek(), limit: 10 };
  const search = (query) => ask("GET", pathOf(target.name), { query: { ...given, ...query }, signal });
  const mayBeKey = isNumber ? WHOLE.test(text) : text !== "";
  const found = await Promise.all([mayBeKey ? search({ [target.key]: text }) : { rows: [] }, search({ q: text })]);
  return [...new Map(found.flatMap(({ rows }) => rows).map((row) => [row.key, row])).values()];
}

/** What was uploaded, or drawn by the server: it is not typed. */
function Content({ field, now, set, held, isNew, states, resources, id }) {
  const isHeld = now.kind === "value" && isObject(held);
  const shown = now.kind === "null" ? null : held;
  const drop = () => set({ kind: "null", text: "" });
  return html`<div class="row content">
    <span id=${id} tabindex="-1">
      ${isNew ? "Upload it when the document is there." : html`<${Value} field=${field} value=${shown} />`}
    </span>
    ${isHeld && field.nullable && html`<button type="button" class="small" onClick=${drop}>Take away</button>`}
    ${isHeld && html`<span class="soft">${clip(`${held.type ?? ""}, ${held.size ?? "?"} bytes`, 60)}</span>`}
  </div>`;
}

const CONTROLS = {
  text: Text,
  number: Numeric,
  date: DateOf,
  json: Json,
  choice: Choice,
  key: KeyOf,
  keys: Text,
  content: Content,
};
