/** One field of a form: a control that is right for its type, and what of it is wrong. */

import { ask } from "../lib/control.js";
import { html, useEffect, useId, useSignal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { isObject } from "./change.js";
import { clip, pathOf, placeOf, titleOf } from "./plain.js";
import { Value } from "./value.js";

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const WHOLE = /^-?\d{1,15}$/;
const TYPING_MS = 200;
const LONG = 80;

/**
 * How a value stands in a form: `{kind: "value" | "null" | "missing", text}`. A field that is missing is not sent.
 */
export function standing(field, value, resources) {
  if (value === undefined) return { kind: "missing", text: "" };
  if (value === null) return { kind: "null", text: "" };
  const control = controlOf(field, value, resources);
  if (control === "keys") return { kind: "value", text: value.join(", ") };
  return { kind: "value", text: control === "json" ? written(value) : String(value) };
}

/** JSON as people write it: short lists in one line. */
function written(value) {
  const isFlat = Array.isArray(value) && value.every((one) => one === null || typeof one !== "object");
  const line = isFlat ? `[${value.map((one) => JSON.stringify(one)).join(", ")}]` : "";
  return isFlat && line.length <= LONG ? line : JSON.stringify(value, null, 2);
}

/** The control for a field that holds a value of now: `choice`, `number`, `keys`, `key`, `date`, `json`, `text`, … */
export function controlOf(field, value, resources) {
  const type = value === null || value === undefined ? null : typeof value;
  if (field.content) return "content";
  if (field.many) return isNumbered(resources, field.ref) && (type === null || areNumbers(value)) ? "keys" : "json";
  if (type === "object" || ["object", "array", "any"].includes(field.type)) return "json";
  if (field.ref) return type === null || type !== "boolean" ? "key" : "json";
  const wanted = { boolean: "boolean", integer: "number", number: "number" }[field.type] ?? "string";
  if (type !== null && type !== wanted) return "json";
  if (field.enum || field.type === "boolean") return "choice";
  if (wanted === "number") return "number";
  return field.type === "date" ? "date" : "text";
}

const areNumbers = (value) => Array.isArray(value) && value.every((one) => typeof one === "number");

const isNumbered = (resources, name) => {
  const target = resources.find((one) => one.name === name);
  return target?.fields.find((one) => one.name === target.key)?.type === "integer";
};

/** The value that a standing means; undefined for none. Throws what can't be read as `{detail}`. */
export function valueOf(field, { kind, text }, held, resources) {
  if (kind === "missing") return undefined;
  if (kind === "null") return null;
  const control = controlOf(field, held, resources);
  if (control === "content") return held;
  if (control === "choice") return choicesOf(field).find((choice) => String(choice) === text) ?? text;
  if (control === "number") return numberOf(text);
  if (control === "key") return isNumbered(resources, field.ref) ? numberOf(text) : text;
  if (control === "keys") return text.split(",").map((one) => one.trim()).filter(Boolean).map(numberOf);
  return control === "json" ? jsonOf(text) : text;
}

/** A number where that is one that is kept exactly; else the text, for the server to say what is wrong with it. */
function numberOf(text) {
  const typed = text.trim();
  const number = Number(typed);
  const isExact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return NUMBER.test(typed) && isExact ? number : text;
}

export function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw { detail: `is not JSON: ${error.message}` };
  }
}

const choicesOf = (field) => field.enum ?? [true, false];

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
  const shown = { ...rest, placeholder: placeholderOf(field, now, isNew), onInput: typed(isNew, set), autocomplete: "off" };
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
  return html`<input ...${rest} type="date" value=${now.kind === "value" ? now.text : ""} onInput=${typed(isNew, set)} />`;
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
  return html`<select ...${rest} value=${`${now.kind}:${now.text}`} onChange=${choose}>
    ${mayMiss && html`<option value="missing:">${isNew ? (field.has_default ? "its default" : "—") : "left out"}</option>`}
    ${(field.nullable || now.kind === "null") && html`<option value="null:">null</option>`}
    ${choicesOf(field).map(
      (choice) => html`<option key=${choice} value=${`value:${choice}`} disabled=${!isOpen(choice)}>${String(choice)}</option>`,
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
      ${found.value.map((row) => html`<option key=${row.key} value=${row.key}>${`${titleOf(target, row.document)} (${row.key})`}</option>`)}
    </datalist>
    ${meant && html`<a href=${placeOf([field.ref, meant.key])}>${titleOf(target, meant.document) || meant.key}</a>`}
  </div>`;
}

/** The document of that id, and those that are like what was typed. */
async function find(target, text, isNumber, signal) {
  const search = (query) => ask("GET", pathOf(target.name), { query: { sandbox: sandbox.peek(), limit: 10, ...query }, signal });
  const mayBeKey = isNumber ? WHOLE.test(text) : text !== "";
  const found = await Promise.all([mayBeKey ? search({ [target.key]: text }) : { rows: [] }, search({ q: text })]);
  return [...new Map(found.flatMap(({ rows }) => rows).map((row) => [row.key, row])).values()];
}

function Keys(given) {
  return html`<${Text} ...${given} />`;
}

/** What was uploaded, or drawn by the server: it is not typed. */
function Content({ field, now, set, held, isNew, states, resources, id }) {
  const isHeld = now.kind === "value" && isObject(held);
  return html`<div class="row content">
    <span id=${id} tabindex="-1">
      ${isNew ? "Upload it when the document is there." : html`<${Value} field=${field} value=${now.kind === "null" ? null : held} />`}
    </span>
    ${isHeld && field.nullable && html`<button type="button" class="small" onClick=${() => set({ kind: "null", text: "" })}>Take away</button>`}
    ${isHeld && html`<span class="soft">${clip(`${held.type ?? ""}, ${held.size ?? "?"} bytes`, 60)}</span>`}
  </div>`;
}

const CONTROLS = { text: Text, number: Numeric, date: DateOf, json: Json, choice: Choice, key: KeyOf, keys: Keys, content: Content };
