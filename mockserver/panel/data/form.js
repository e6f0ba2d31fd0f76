/** A document as a form, or as JSON: what of it was changed, and what the server says is wrong, each at its field. */

import { html, useEffect, useMemo, useRef, useSignal } from "../lib/html.js";
import { useAction } from "../lib/load.js";
import { Refusal } from "../lib/ui.js";
import { isObject } from "./change.js";
import { FieldOf } from "./field.js";
import { jsonOf, standing, valueOf } from "./standing.js";
import { Value } from "./value.js";

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
  const now = useSignal(begun);
  const text = useSignal(null);
  const form = useRef(null);
  // A field that another definition has brought stands as it began.
  const at = (name) => now.value[name] ?? begun[name];
  const isChanged = (name) => at(name).kind !== begun[name].kind || at(name).text !== begun[name].text;
  const isDirty = text.value === null ? fields.some((field) => isChanged(field.name)) : text.value !== pretty(document);

  useEffect(() => {
    now.value = begun;
    text.value = null;
    action.refusal.value = null;
  }, [begun]);
  useEffect(() => watch?.(isDirty), [isDirty]);

  const action = useAction(() => save(text.value === null ? gathered() : parsed(text.value)));
  function gathered() {
    const errors = [];
    const made = isNew ? {} : { ...document };
    for (const field of fields.filter(({ name }) => isNew || isChanged(name))) {
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
  const submit = async (event) => {
    event.preventDefault();
    if (!(await action.run())) requestAnimationFrame(() => form.current?.querySelector("[aria-invalid]")?.focus());
  };
  const refusal = action.refusal.value;
  const errors = refusal?.errors ?? [];
  const isAt = (name) => (error) => stepOf(error.pointer) === name;
  const atFields = text.value === null ? fields.map((field) => field.name) : [];
  const others = errors.filter((error) => !atFields.some((name) => isAt(name)(error)));

  const isForm = text.value === null;
  const discard = () => {
    now.value = begun;
    text.value = null;
  };
  return html`<form
    ref=${form}
    class="document"
    aria-label=${label}
    aria-busy=${action.isBusy.value}
    onSubmit=${submit}
    noValidate
  >
    <div class="row manner" role="group" aria-label="Edit as">
      <button type="button" class="small" aria-pressed=${String(isForm)} onClick=${() => (text.value = null)}>
        Form
      </button>
      <button
        type="button"
        class="small"
        aria-pressed=${String(!isForm)}
        onClick=${() => (text.value ??= asJson(gathered, document))}
      >
        JSON
      </button>
    </div>
    ${!isForm
      ? html`<textarea
          class="whole"
          aria-label="The document as JSON"
          spellcheck=${false}
          rows=${Math.min(30, 3 + text.value.split("\n").length)}
          value=${text.value}
          onInput=${(event) => (text.value = event.currentTarget.value)}
        ></textarea>`
      : html`<div class="fields">
          ${fields.map(
            (field) =>
              html`<${FieldOf}
                key=${field.name}
                field=${field}
                standing=${at(field.name)}
                held=${document[field.name] ?? null}
                resources=${resources}
                set=${(next) => (now.value = { ...now.value, [field.name]: next })}
                errors=${errors.filter(isAt(field.name))}
                was=${wasOf(field, document, seeded)}
                isNew=${isNew}
                states=${resource.states}
              />`,
          )}
        </div>`}
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
          <dt>${field.name} ${field.computed && !field.content && html`<span class="soft">computed</span>`}</dt>
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
function wasOf(field, document, seeded) {
  if (!seeded || field.write_only || !(field.name in seeded)) return undefined;
  return JSON.stringify(seeded[field.name]) === JSON.stringify(document[field.name]) ? undefined : seeded[field.name];
}

const pretty = (value) => JSON.stringify(value, null, 2);

/** What is in the form as JSON; where that can't be read, the document. */
function asJson(gathered, document) {
  try {
    return pretty(gathered());
  } catch {
    return pretty(document);
  }
}

function parsed(text) {
  let value;
  try {
    value = jsonOf(text);
  } catch ({ detail }) {
    throw new Wrong([{ pointer: "", detail }]);
  }
  if (!isObject(value)) throw new Wrong([{ pointer: "", detail: "must be an object" }]);
  return value;
}

/** The first step of a JSON pointer (RFC 6901): the field it leads into. */
const stepOf = (pointer = "") => (pointer.split("/")[1] ?? "").replaceAll("~1", "/").replaceAll("~0", "~");

const escape = (name) => name.replaceAll("~", "~0").replaceAll("/", "~1");
