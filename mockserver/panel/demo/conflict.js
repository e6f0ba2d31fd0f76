/** Two have changed the same: what was before, mine and theirs beside each other, and a person who decides. */

import { computed, html, signal, useSignal } from "../lib/html.js";
import { Dialog } from "../lib/ui.js";
import { view } from "./documents.js";
import { decide, writes } from "./outbox.js";
import { nameOf, wordOf } from "./shape.js";

const JUST_NOW_MS = 10_000;

/** The write that a person has asked to decide about. */
export const conflictShown = signal(null);
/** Those that were closed without a decision: they wait at their cards. */
const putOff = signal(new Set());

/** The conflict that is shown: the one asked for, else one over what was done a moment ago. */
const current = computed(() => {
  const open = writes.value.filter((one) => one.state === "conflict");
  const asked = open.find((one) => one.id === conflictShown.value);
  const recent = open.find((one) => !putOff.value.has(one.id) && Date.now() - one.madeAt < JUST_NOW_MS);
  return asked ?? recent ?? null;
});

export function Conflicts() {
  return current.value && html`<${Conflict} key=${current.value.id} write=${current.value} />`;
}

/** Fields in which the versions differ: `{name, before, mine, theirs, isMine}`. */
function compare({ base, changes, theirs }) {
  const names = view.peek().shape.fields.filter((one) => one.isWritable).map((one) => one.name);
  const isOther = (one, other) => JSON.stringify(one ?? null) !== JSON.stringify(other ?? null);
  return names
    .map((name) => {
      const isMine = name in changes;
      return { name, before: base[name], mine: (isMine ? changes : base)[name], theirs: theirs.document[name], isMine };
    })
    .filter(({ before, mine, theirs: other }) => isOther(mine, before) || isOther(other, before));
}

function Conflict({ write }) {
  const rows = compare(write);
  const isMine = useSignal(Object.fromEntries(rows.map((row) => [row.name, row.isMine])));
  const close = () => {
    putOff.value = new Set(putOff.peek()).add(write.id);
    conflictShown.value = null;
  };
  const save = (chosen) => {
    const isOther = ({ mine, theirs }) => JSON.stringify(mine) !== JSON.stringify(theirs);
    const wanted = rows.filter((row) => chosen[row.name] && isOther(row));
    decide(write, Object.fromEntries(wanted.map(({ name, mine }) => [name, mine])));
    conflictShown.value = null;
  };
  const all = (value) => Object.fromEntries(rows.map(({ name }) => [name, value]));
  const choice = (row, mine) => html`<label class="choice">
    <input
      type="radio"
      name=${row.name}
      checked=${isMine.value[row.name] === mine}
      onChange=${() => (isMine.value = { ...isMine.peek(), [row.name]: mine })}
    />
    <span>${wordOf(mine ? row.mine : row.theirs)}</span>
  </label>`;
  return html`<${Dialog} title="Somebody else was faster (412)" close=${close} kind="wide conflict">
    <p>
      “${nameOf(write.theirs.document, view.value.shape)}” has changed since you saw it. Nothing of yours is written yet.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="What differs">
      <table>
        <thead><tr><th>Field</th><th>Before</th><th>Mine</th><th>Theirs</th></tr></thead>
        <tbody>
          ${rows.map(
            (row) => html`<tr key=${row.name}>
              <th scope="row">${row.name}</th>
              <td>${wordOf(row.before)}</td>
              <td>${choice(row, true)}</td>
              <td>${choice(row, false)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <div class="row">
      <button type="button" class="primary" onClick=${() => save(isMine.peek())}>Save what is chosen</button>
      <button type="button" onClick=${() => save(all(true))}>Keep mine</button>
      <button type="button" onClick=${() => save(all(false))}>Take theirs</button>
    </div>
  <//>`;
}
