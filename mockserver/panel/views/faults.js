/** Faults: what can be switched on, what is on and what that came to, what is shipped, and faults of one's own. */

import { Card } from "../faults/card.js";
import { Editor } from "../faults/editor.js";
import { Gallery } from "../faults/gallery.js";
import { SPANS, span, times } from "../faults/switching.js";
import { freeName } from "../lib/breaking.js";
import { ask } from "../lib/control.js";
import { html, untracked, useRef, useSignal, useSignalEffect } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { route, sandbox } from "../lib/route.js";
import { faults, faultsOn, status } from "../lib/state.js";
import { Action, Empty, Refusal, tick } from "../lib/ui.js";

const FIRST = { match: "GET *", status: 503 };

export default function View() {
  const presets = useLoad(() => "/api/presets");
  const sought = useSignal((route.peek().steps[0] ?? "").toLowerCase()); // `#/faults/slow` begins with that one
  const edited = useSignal(null);
  useSignalEffect(() => {
    tick.value;
    untracked(lookAgain);
  });
  const all = faults.value.value ?? [];
  const taken = all.map((fault) => fault.name);
  const isSought = (one) => [one.name, one.describe, ...one.effects].join(" ").toLowerCase().includes(sought.value);
  const adapt = ({ name, rules }) => (edited.value = { name: freeName(`my-${name}`, taken), settings: rules[0] });
  return html`<div class="head">
      <h1>Faults</h1>
      <input
        type="search"
        aria-label="Search faults"
        placeholder="Search"
        defaultValue=${sought.peek()}
        onInput=${(event) => (sought.value = event.currentTarget.value.trim().toLowerCase())}
      />
      <button
        type="button"
        class="primary"
        onClick=${() => (edited.value = { name: freeName("my-fault", taken), settings: FIRST })}
      >
        New fault
      </button>
      <${Action} act=${toDefinition} confirm="Yes, as in the definition" title="Undo what was set and switched here">
        Undo all
      <//>
    </div>
    <${Spans} />
    <${Refusal} of=${faults.refusal.value} />
    <section class="stack" aria-label="In this sandbox">
      <h2>In this sandbox</h2>
      <${Cards} of=${all.filter(isSought)} edit=${({ name }) => (edited.value = { name })} />
      ${faults.value.value?.length === 0 && html`<${Empty}>No fault is declared or set: take one of those below.<//>`}
    </section>
    <section class="stack" aria-label="Shipped">
      <h2>Shipped</h2>
      <${Refusal} of=${presets.refusal.value} />
      <${Gallery} presets=${(presets.value.value ?? []).filter(isSought)} faults=${all} edit=${adapt} />
    </section>
    ${edited.value && html`<${Editor} ...${edited.value} close=${() => (edited.value = null)} />`}`;
}

const toDefinition = () =>
  ask("POST", "/api/reset", { query: { sandbox: sandbox.peek() }, body: { what: ["faults"] } });

/** Hits and who is held are told by nobody: while something is on, they are asked for each second. */
function lookAgain() {
  if (faultsOn.peek().length === 0 || document.hidden) return;
  faults.reload();
  status.reload();
}

/** For how long whatever is switched on stays so. */
function Spans() {
  return html`<fieldset class="spans">
    <legend>Switch on for</legend>
    ${Object.entries(SPANS).map(
      ([key, words]) => html`<button
        key=${key}
        type="button"
        class="small"
        aria-pressed=${String(span.value === key)}
        onClick=${() => (span.value = key)}
      >
        ${words}
      </button>`,
    )}
    <label>
      <input
        type="number"
        min="1"
        value=${times.value}
        aria-label="How many"
        onInput=${(event) => {
          times.value = Number(event.currentTarget.value);
          span.value = "times";
        }}
      />
      matches
    </label>
    <small>The server ends each after 24 h at the latest, so that none is forgotten.</small>
  </fieldset>`;
}

/** What is on comes first; but while somebody is at work in it, everything stays where it is. */
function Cards({ of, edit }) {
  const order = useRef([]);
  const isBusy = useSignal(false);
  const names = of.map((fault) => fault.name);
  const left = order.current.filter((name) => names.includes(name));
  order.current = isBusy.value
    ? [...left, ...names.filter((name) => !left.includes(name))]
    : of.toSorted((a, b) => b.enabled - a.enabled).map((fault) => fault.name);
  const leave = (event) => (isBusy.value = event.currentTarget.contains(event.relatedTarget));
  return html`<div class="faults" onFocusIn=${() => (isBusy.value = true)} onFocusOut=${leave}>
    ${order.current.map((name) => {
      const fault = of.find((one) => one.name === name);
      return html`<${Card} key=${name} fault=${fault} edit=${edit} />`;
    })}
  </div>`;
}
