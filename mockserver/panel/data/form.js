/** A document as a form, or as JSON: what of it was changed, and what the server says is wrong, each at its field. */

import { ask } from "../lib/control.js";
import { html, useEffect, useId, useMemo, useRef, useSignal } from "../lib/html.js";
import { useAction } from "../lib/load.js";
import { sandbox } from "../lib/route.js";
import { Refusal } from "../lib/ui.js";
import { clip, pathOf, placeOf, titleOf, Value } from "./value.js";

const WHOLE = /^-?\d{1,15}$/;
const TYPING_MS = 200;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** From so many characters on, a text has more than one line. */
const LONG = 80;
/** A value of more characters is not edited here: it keeps the page busy, and no server takes it by default. */
const HUGE = 200_000;

/** The fields that may be written; those that can't are shown beside. */
const writable = (resource, isNew) =>
  resource.fields.filter((field) => !field.read_only && (isNew || field.name !== resource.key));

/** What a form says is wrong before the server is asked, as the server would say it. */
class Wrong extends Error {
  constructor(errors) {
    super("Nothing was sent: this can't be read.");
    this.errors = errors;
  }
}

/**
 * `document` is what the form begins with, and is begun anew with when it is another one; `seeded` is what it was;
 * `save` is given the whole document as it is to be, and may be refused; `watch` is told whether anything was changed.
 */
export function DocumentForm({ resource, resources, document, seeded, save, watch, isNew = false, label, word }) {
  const fields = writable(resource, isNew);
  const begun = useMemo(
    () => Object.fromEntries(fields.map((field) => [field.name, standing(field, document[field.name], resources)])),
    [document, fields.map((field) => field.name).join("\n")],
  );
  const isHuge = useMemo(() => JSON.stringify(document).length > HUGE, [document]);
  const now = useSignal(begun);
  const text = useSignal(null);
  const form = useRef(null);
  // A field that another definition has brought stands as it began.
  const at = (name) => now.value[name] ?? begun[name];
  const isChanged = ({ name }) => at(name).kind !== begun[name].kind || at(name).text !== begun[name].text;
  const isForm = text.value === null;
  const isDirty = isForm ? fields.some(isChanged) : text.value !== pretty(document);

  const action = useAction(() => save(isForm ? gathered() : parsed(text.value)));
  const discard = () => {
    now.value = begun;
    text.value = null;
  };
  useEffect(() => {
    discard();
    action.refusal.value = null;
  }, [begun]);
  useEffect(() => watch?.(isDirty), [isDirty]);

  function gathered() {
    const errors = [];
    const made = isNew ? {} : { ...document };
    for (const field of fields.filter((one) => isNew || isChanged(one))) {
      try {
        const value = valueOf(field, at(field.name), document[field.name] ?? null, resources);
        if (value === undefined) delete made[field.name];
        else made[field.name] = value;
      } catch ({ detail }) {
        errors.push({ pointer: `/${escape(field.name)}`, detail });
      }
    }
    if (errors.length) throw new Wrong(errors);
    return made;
  }
  /** What is in the form as JSON; where that can't be read, the document. */
  function asJson() {
    try {
      return pretty(gathered());
    } catch {
      return pretty(document);
    }
  }
  const submit = async (event) => {
    event.preventDefault();
    if (!(await action.run())) requestAnimationFrame(() => form.current?.querySelector("[aria-invalid]")?.focus());
  };
  const refusal = action.refusal.value;
  const errors = refusal?.errors ?? [];
  const errorsAt = (name) => errors.filter((error) => stepOf(error.pointer) === name);
  const others = errors.filter((error) => !isForm || fields.every(({ name }) => stepOf(error.pointer) !== name));

  return html`<form
    ref=${form}
    class="document"
    aria-label=${label}
    aria-busy=${action.isBusy.value}
    onSubmit=${submit}
    noValidate
  >
    <div class="row" role="group" aria-label="Edit as">
      <button type="button" class="small" aria-pressed=${String(isForm)} onClick=${() => (text.value = null)}>
        Form
      </button>
      <button
        type="button"
        class="small"
        aria-pressed=${String(!isForm)}
        disabled=${isHuge}
        title=${isHuge ? "Too large to be edited here" : undefined}
        onClick=${() => (text.value ??= asJson())}
      >
        JSON
      </button>
    </div>
    ${isForm
      ? html`<div class="fields">
          ${fields.map(
            (field) =>
              html`<${FieldOf}
                key=${field.name}
                field=${field}
                now=${at(field.name)}
                held=${document[field.name] ?? null}
                resources=${resources}
                set=${(next) => (now.value = { ...now.value, [field.name]: next })}
                errors=${errorsAt(field.name)}
                was=${wasOf(field, document, seeded)}
                isNew=${isNew}
                states=${resource.states}
              />`,
          )}
        </div>`
      : html`<textarea
          aria-label="The document as JSON"
          spellcheck=${false}
          rows=${Math.min(30, 3 + text.value.split("\n").length)}
          value=${text.value}
          onInput=${(event) => (text.value = event.currentTarget.value)}
        ></textarea>`}
    ${refusal && html`<${Refusal} of=${{ message: refusal.message, errors: others }} />`}
    <div class="row">
      <button class="primary" disabled=${!isNew && !isDirty}>${word}</button>
      ${!isNew && isDirty && html`<button type="button" onClick=${discard}>Discard</button>`}
    </div>
  </form>`;
}

/** What is set by the server, to be read. */
export function ReadOnly({ resource, document, seeded }) {
  const fields = resource.fields.filter((field) => field.read_only && !field.write_only);
  if (!fields.length) return null;
  return html`<section class="card">
    <h2>Set by the server</h2>
    <dl class="values">
      ${fields.map((field) => {
        const was = wasOf(field, document, seeded);
        return html`<div key=${field.name}>
          <dt class="soft">${field.name}${field.computed && !field.content && ", computed"}</dt>
          <dd>
            <${Value} field=${field} value=${document[field.name]} />
            ${was !== undefined && html` <small>Seeded: <${Value} value=${was} most=${60} /></small>`}
          </dd>
        </div>`;
      })}
    </dl>
  </section>`;
}

/** What a field was seeded with, undefined where it still is. */
function wasOf({ name, write_only }, document, seeded) {
  if (!seeded || write_only || !(name in seeded)) return undefined;
  return isSame(seeded[name], document[name]) ? undefined : seeded[name];
}

const pretty = (value) => JSON.stringify(value, null, 2);

function parsed(text) {
  let detail = "must be an object";
  try {
    const value = jsonOf(text);
    if (isObject(value)) return value;
  } catch (wrong) {
    detail = wrong.detail;
  }
  throw new Wrong([{ pointer: "", detail }]);
}

/** The first step of a JSON pointer (RFC 6901): the field it leads into. */
const stepOf = (pointer = "") => (pointer.split("/")[1] ?? "").replaceAll("~1", "/").replaceAll("~0", "~");

const escape = (name) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/**
 * One field: a control that is right for its type, and what of it is wrong. `held` is its value, `now` how it stands;
 * `errors` are what was refused of it; `was` is the value it was seeded with, undefined where it is still so.
 */
function FieldOf({ errors, was, ...given }) {
  const { field, now, held, resources, set, isNew } = given;
  const id = useId();
  const control = controlOf(field, held, resources);
  const isWrong = errors.length > 0;
  const notes = `${id}-notes`;
  const isLocked = (field.immutable && !isNew) || now.isHuge;
  const rest = { id, "aria-describedby": notes, "aria-invalid": isWrong ? "true" : undefined };
  return html`<div class=${`field of-${control}${isWrong ? " wrong" : ""}`}>
    <div class="row label">
      <label for=${id}>${field.name}</label>
      ${field.required && html`<span class="soft">required</span>`}
      ${was !== undefined && html`<span class="badge info">changed</span>`}
      ${control !== "choice" && !isLocked && html`<${Kinds} field=${field} now=${now} set=${set} isNew=${isNew} />`}
    </div>
    ${isLocked
      ? html`<input id=${id} value=${clip(now.text, LONG)} aria-describedby=${notes} disabled />`
      : html`<${CONTROLS[control] ?? Typed} ...${given} control=${control} rest=${rest} />`}
    <small id=${notes}>
      ${isWrong && html`<span class="fault">${errors.map((error) => error.detail).join("; ")}</span> `}
      ${field.describe && `${field.describe} `}
      ${now.isHuge ? "Too large to be edited here. " : isLocked && "It never changes. "}
      ${field.write_only && "Never shown; empty keeps what it is. "}
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

/** A text that is typed; an empty one is left out where it is new or never shown. `usual` stands in an empty control. */
function Typed({ field, control, now, set, isNew, rest, usual = "" }) {
  const text = now.kind === "value" ? now.text : "";
  const type = (event) => {
    const typed = event.currentTarget.value;
    set({ kind: typed === "" && (isNew || field.write_only) ? "missing" : "value", text: typed });
  };
  const isJson = control === "json";
  const placeholder = placeholderOf(field, now, isNew) || (isJson ? "JSON" : usual);
  const shown = { ...rest, placeholder, value: text, onInput: type, autocomplete: "off" };
  const isLong =
    isJson || (control === "text" && (text.includes("\n") || text.length > LONG || (field.max_length ?? 0) > 4 * LONG));
  if (isLong) {
    const rows = Math.min(14, (isJson ? 1 : 2) + text.split("\n").length);
    return html`<textarea ...${shown} spellcheck=${!isJson} rows=${rows}></textarea>`;
  }
  const kind = { date: { type: "date" }, number: { inputmode: "decimal" } }[control];
  return html`<input ...${shown} ...${kind} />`;
}

function Choice({ field, now, set, held, isNew, states, rest }) {
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
function KeyOf({ rest, ...given }) {
  const { field, now, resources } = given;
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
    <${Typed} ...${given} rest=${{ ...rest, list }} usual=${`id or words of ${field.ref}`} />
    <datalist id=${list}>
      ${found.value.map(
        ({ key, document: of }) => html`<option key=${key} value=${key}>${`${titleOf(target, of)} (${key})`}</option>`,
      )}
    </datalist>
    ${meant && html`<a href=${placeOf([field.ref, meant.key])}>${titleOf(target, meant.document) || meant.key}</a>`}
  </div>`;
}

/** The document of that id, and those that are like what was typed. */
async function find(target, text, isNumber, signal) {
  const search = (query) =>
    ask("GET", pathOf(target.name), { query: { sandbox: sandbox.peek(), limit: 10, ...query }, signal });
  const mayBeKey = isNumber ? WHOLE.test(text) : text !== "";
  const found = await Promise.all([mayBeKey ? search({ [target.key]: text }) : { rows: [] }, search({ q: text })]);
  return [...new Map(found.flatMap(({ rows }) => rows).map((row) => [row.key, row])).values()];
}

/** What was uploaded, or drawn by the server: it is not typed. */
function Content({ field, now, set, held, isNew, rest }) {
  const isHeld = now.kind === "value" && isObject(held);
  return html`<div class="row">
    <span id=${rest.id} tabindex="-1">
      ${isNew
        ? "Upload it when the document is there."
        : html`<${Value} field=${field} value=${now.kind === "null" ? null : held} />`}
    </span>
    ${isHeld &&
    field.nullable &&
    html`<button type="button" class="small" onClick=${() => set({ kind: "null", text: "" })}>Take away</button>`}
    ${isHeld && html`<span class="soft">${clip(`${held.type ?? ""}, ${held.size ?? "?"} bytes`, 60)}</span>`}
  </div>`;
}

/** All others are typed. */
const CONTROLS = { choice: Choice, key: KeyOf, content: Content };

// How values stand in a form, as text that is typed, what is meant by it, and how it is sent.

/**
 * How a value stands in a form: `{kind: "value" | "null" | "missing", text}`, and whether it `isHuge`. A field that is
 * missing is not sent.
 */
function standing(field, value, resources) {
  if (value === undefined) return { kind: "missing", text: "" };
  if (value === null) return { kind: "null", text: "" };
  const control = controlOf(field, value, resources);
  const text = control === "keys" ? value.join(", ") : control === "json" ? written(value) : String(value);
  return { kind: "value", text, isHuge: text.length > HUGE };
}

/** JSON as people write it: short lists in one line. */
function written(value) {
  const isFlat = Array.isArray(value) && value.length <= LONG && value.every((one) => typeof (one ?? 0) !== "object");
  const line = isFlat ? `[${value.map((one) => JSON.stringify(one)).join(", ")}]` : "";
  return isFlat && line.length <= LONG ? line : JSON.stringify(value, null, 2);
}

/** The control for a field that holds a value of now: `choice`, `number`, `keys`, `key`, `date`, `json`, `text`, … */
function controlOf(field, value, resources) {
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

/** Whether the ids of a resource are whole numbers. */
const isNumbered = (resources, name) => {
  const target = resources.find((one) => one.name === name);
  return target?.fields.find((one) => one.name === target.key)?.type === "integer";
};

/** The value that a standing means; undefined for none. Throws what can't be read as `{detail}`. */
function valueOf(field, { kind, text }, held, resources) {
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

function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw { detail: `is not JSON: ${error.message}` };
  }
}

/** What a field may hold, where that is told. */
const choicesOf = (field) => field.enum ?? [true, false];

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Whether two values of JSON say the same, whatever the order of their members. */
export function isSame(one, other) {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, place) => isSame(each, other[place]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => name in other && isSame(one[name], other[name]));
}

/**
 * `{method, body}` for what has changed, null for nothing. Where documents may hold anything (`isOpen`), patches are
 * shallow.
 */
export function changeOf(before, after, isOpen) {
  const names = Object.keys(after).filter((name) => !isSame(before[name], after[name]));
  const isShorter = Object.keys(before).some((name) => after[name] === undefined);
  if (names.length === 0 && !isShorter) return null;
  const patch = {};
  for (const name of names) patch[name] = isOpen ? after[name] : patchOf(before[name], after[name]);
  const isSaid = (name) => isOpen || isSame(merged(before[name], patch[name]), after[name]);
  return isShorter || !names.every(isSaid) ? { method: "PUT", body: after } : { method: "PATCH", body: patch };
}

function patchOf(before, after) {
  if (!isObject(before) || !isObject(after)) return after;
  const gone = Object.keys(before).filter((name) => after[name] === undefined);
  const changed = Object.keys(after).filter((name) => !isSame(before[name], after[name]));
  return Object.fromEntries([
    ...gone.map((name) => [name, null]),
    ...changed.map((name) => [name, patchOf(before[name], after[name])]),
  ]);
}

/** What the server makes of a patch. */
function merged(target, patch) {
  if (!isObject(patch)) return patch;
  const result = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}
