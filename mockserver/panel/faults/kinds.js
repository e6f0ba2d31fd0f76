/** What happens, in a form: the kinds of faults that a rule has, each with its keys, and others to add. */

import { html } from "../lib/html.js";
import { Field } from "../lib/ui.js";
import { Key } from "./key.js";
import { withKey } from "./rule.js";

const GROUPS = [
  ["Decides the end (one at most)", (kind) => kind.is_terminal],
  ["Changes an answer", (kind) => !kind.is_terminal && String(kind.scopes) !== "frame"],
  ["Happens to messages", (kind) => !kind.is_terminal && String(kind.scopes) === "frame"],
];

/** `kinds` are those of `GET /api/fault-kinds`; `put` has another rule in place of the one in the form. */
export function Kinds({ kinds, form, put }) {
  const rule = form.rule ?? {};
  const has = (kind) => kind.name in rule;
  const add = ({ currentTarget }) => {
    const kind = kinds.find((one) => one.name === currentTarget.value);
    currentTarget.value = "";
    put(begun(rule, kind));
  };
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
          <button
            type="button"
            class="small"
            aria-label=${`Take out ${kind.name}`}
            onClick=${() => put(kind.keys.reduce((left, { name }) => withKey(left, name, undefined), rule))}
          >
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
                  .map((kind) => html`<option key=${kind.name} value=${kind.name}>${kind.name}</option>`)}
              </optgroup>`,
          )}
        </select>`}
    />`;
}

/** The rule with a kind as in the first of its examples; where there is one that decides the end, that makes room. */
function begun(rule, kind) {
  const [example] = kind.examples;
  const own = kind.keys.filter(({ name }) => name in example);
  const wanted = own.reduce((left, { name }) => withKey(left, name, example[name]), rule);
  return "match" in rule ? wanted : { match: example.match, ...wanted };
}

/** The texts of which a key may be one, where it may be nothing else. */
function choicesOf(kind, name) {
  return kind.schema.properties[name]?.enum?.filter((one) => typeof one === "string");
}

/** Words of the reference without their marks of code. */
const plain = (text) => text.replaceAll("`", "");
