/** The fields of a fault: its keys one by one, and what happens, each of which writes into the rule that is edited. */

import { html, useSignal } from "../lib/html.js";
import { Field } from "../lib/ui.js";

const GROUPS = [
  ["Decides the end (one at most)", (kind) => kind.is_terminal],
  ["Changes an answer", (kind) => !kind.is_terminal && String(kind.scopes) !== "frame"],
  ["Happens to messages", (kind) => !kind.is_terminal && String(kind.scopes) === "frame"],
];
/** How keys are read and written that are no JSON: routes with commas between, and plain words. */
const SPELT = { match: [readRoutes, writeRoutes], describe: [(text) => text || undefined, (value) => value ?? ""] };

/** The same rule with another value of a key, in its place; none where it is undefined. */
function withKey(rule, key, value) {
  const changed = { ...rule, [key]: value };
  if (value === undefined) delete changed[key];
  return changed;
}

/** What somebody has written in a field: JSON where it is that, else the text itself; nothing where there is none. */
function readField(text) {
  const bare = text.trim();
  try {
    return bare ? JSON.parse(bare) : undefined;
  } catch {
    return bare;
  }
}

/** A value as it stands in a field, from which it is read again. */
function writeField(value) {
  if (value === undefined) return "";
  return typeof value === "string" && readField(value) === value ? value : JSON.stringify(value);
}

function readRoutes(text) {
  const routes = text.split(",").map((one) => one.trim()).filter(Boolean);
  return routes.length > 1 ? routes : routes[0];
}

function writeRoutes(value) {
  return Array.isArray(value) ? value.join(", ") : writeField(value);
}

/**
 * One key, with what the server said of it. `form` is `{rule, put, errors}`: the rule as it stands, what has another
 * in its place, and what was refused. What is being written stays as it is; what it means goes into the rule.
 */
export function Key({ name, label = name, hint, choices, form }) {
  const written = useSignal(null);
  const [read, write] = SPELT[name] ?? [readField, writeField];
  const value = write(form.rule?.[name]);
  const kept = written.value !== null && write(read(written.value)) === value ? written.value : value;
  const wrong = form.errors.filter(({ pointer }) => `${pointer}/`.startsWith(`/${name}/`));
  const said = wrong.map(({ detail }) => detail).join("; ");
  const input = ({ currentTarget }) => {
    written.value = currentTarget.value;
    form.put(withKey(form.rule, name, read(currentTarget.value)));
  };
  const control = (id, described) => {
    const about = { id, value: kept, disabled: !form.rule, "aria-describedby": described };
    if (said) about["aria-invalid"] = "true";
    if (!choices) return html`<input ...${about} onInput=${input} autocomplete="off" spellcheck=${false} />`;
    return html`<select ...${about} onChange=${input}>
      ${[...new Set(["", ...choices, kept])].map(
        (one) => html`<option key=${one} value=${one} selected=${one === kept}>${one || "–"}</option>`,
      )}
    </select>`;
  };
  const shown = said ? html`<span class="wrong">${said}</span>` : hint;
  return html`<${Field} label=${label} hint=${shown} control=${control} />`;
}

/** What happens: the kinds of faults that a rule has, each with its keys, and others to add. */
export function Kinds({ kinds, form }) {
  const rule = form.rule ?? {};
  const has = (kind) => kind.name in rule;
  const add = ({ currentTarget }) => {
    const kind = kinds.find((one) => one.name === currentTarget.value);
    currentTarget.value = "";
    form.put(begun(rule, kind));
  };
  const takeOut = (kind) => form.put(kind.keys.reduce((left, { name }) => withKey(left, name, undefined), rule));
  return html`${kinds.filter(has).map(
      (kind) =>
        html`<fieldset key=${kind.name} class="kind">
          <legend>${kind.name}</legend>
          <p class="soft">${plain(kind.describe)}</p>
          <div class="keys">
            ${kind.keys.map(({ name, describe }) => {
              const about = { name, hint: plain(describe), choices: choicesOf(kind, name) };
              return html`<${Key} key=${name} ...${about} form=${form} />`;
            })}
          </div>
          <button type="button" class="small" aria-label=${`Take out ${kind.name}`} onClick=${() => takeOut(kind)}>
            Take out
          </button>
        </fieldset>`,
    )}
    <${Field}
      label="Something else that happens"
      control=${(id) =>
        html`<select id=${id} value="" onChange=${add} disabled=${!form.rule}>
          <option value="">Choose …</option>
          ${GROUPS.map(
            ([title, takes]) =>
              html`<optgroup key=${title} label=${title}>
                ${kinds
                  .filter((kind) => takes(kind) && !has(kind))
                  .map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}
              </optgroup>`,
          )}
        </select>`}
    />`;
}

/** The rule with a kind as in the first of its examples. */
function begun(rule, kind) {
  const [example] = kind.examples;
  const own = kind.keys.filter(({ name }) => name in example);
  return own.reduce((left, { name }) => withKey(left, name, example[name]), { match: example.match, ...rule });
}

/** The texts of which a key may be one, where it may be nothing else. */
function choicesOf(kind, name) {
  return kind.schema.properties[name]?.enum?.filter((one) => typeof one === "string");
}

/** Words of the reference without their marks of code. */
const plain = (text) => text.replaceAll("`", "");
