/** Faults: what can be switched on, what is on and what that came to, what is shipped, and faults of one's own. */

import { Editor } from "../faults/editor.js";
import { Sliders } from "../faults/sliders.js";
import { LIVES, freeName, tell } from "../lib/breaking.js";
import { ask } from "../lib/control.js";
import { html, signal, untracked, useRef, useSignal, useSignalEffect } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { route, sandbox } from "../lib/route.js";
import { faults, faultsAt, faultsOn, status } from "../lib/state.js";
import { Action, Badge, Empty, Refusal, Switch, inWords, tick } from "../lib/ui.js";

const FIRST = { match: "GET *", status: 503 };
const SOURCES = { file: "definition", runtime: "set here", preset: "preset" };
/** A time, or a number of matches in place of one. */
const SPANS = { ...LIVES, times: "the next" };
/** For how long whatever is switched on stays so: chosen once for all of them. */
const span = signal("15m");
const times = signal(3);

export default function View() {
  const presets = useLoad(() => "/api/presets");
  const sought = useSignal((route.peek().steps[0] ?? "").toLowerCase()); // `#/faults/slow` begins with that one
  const edited = useSignal(null);
  const isAsking = useRef(false);
  useSignalEffect(() => {
    tick.value;
    untracked(() => lookAgain(isAsking));
  });
  const all = faults.value.value ?? [];
  const isSought = (one) => [one.name, one.describe, ...one.effects].join(" ").toLowerCase().includes(sought.value);
  const make = (name, settings) => {
    const taken = all.map((fault) => fault.name);
    edited.value = { name: freeName(name, taken), settings };
  };
  return html`<div class="head">
      <h1>Faults</h1>
      <input
        type="search"
        aria-label="Search faults"
        placeholder="Search"
        defaultValue=${sought.peek()}
        onInput=${(event) => (sought.value = event.currentTarget.value.trim().toLowerCase())}
      />
      <button type="button" class="primary" onClick=${() => make("my-fault", FIRST)}>New fault</button>
      <${Action} act=${toDefinition} confirm="Yes, as in the definition" title="Undo what was set and switched here">
        Undo all
      <//>
    </div>
    <${Spans} />
    <${Refusal} of=${faults.refusal.value} />
    <section class="stack" aria-labelledby="here">
      <h2 id="here" tabindex="-1">In this sandbox</h2>
      <${Cards} of=${all.filter(isSought)} edit=${({ name }) => (edited.value = { name })} />
      ${faults.value.value?.length === 0 && html`<${Empty}>No fault is declared or set: take one of those below.<//>`}
    </section>
    <section class="stack" aria-labelledby="shipped">
      <h2 id="shipped">Shipped</h2>
      <${Refusal} of=${presets.refusal.value} />
      <div class="cards small">
        ${(presets.value.value ?? []).filter(isSought).map((preset) => {
          const { name, rules } = preset;
          const isOn = all.some((fault) => fault.name === name && fault.enabled);
          const adapt = () => make(`my-${name}`, rules[0]);
          return html`<${Preset} key=${name} preset=${preset} isOn=${isOn} adapt=${adapt} />`;
        })}
      </div>
    </section>
    ${edited.value && html`<${Editor} ...${edited.value} close=${() => (edited.value = null)} />`}`;
}

async function toDefinition() {
  await ask("POST", "/api/reset", { query: { sandbox: sandbox.peek() }, body: { what: ["faults"] } });
  await faults.reload();
}

/** Hits and who is held are told by nobody: while something is on, they are asked for, each second at most. */
async function lookAgain(isAsking) {
  if (isAsking.current || faultsOn.peek().length === 0 || document.hidden) return;
  isAsking.current = true;
  await Promise.all([faults.reload(), status.reload()]);
  isAsking.current = false;
}

/** For how long whatever is switched on stays so. */
function Spans() {
  const count = (event) => {
    times.value = Number(event.currentTarget.value);
    span.value = "times";
  };
  return html`<fieldset class="spans row">
    <legend>Switch on for</legend>
    ${Object.entries(SPANS).map(
      ([key, words]) =>
        html`<button
          key=${key}
          type="button"
          class="small"
          aria-pressed=${String(span.value === key)}
          onClick=${() => (span.value = key)}
        >
          ${words}
        </button>`,
    )}
    <label><input type="number" min="1" value=${times.value} aria-label="How many" onInput=${count} /> matches</label>
  </fieldset>`;
}

/** What is on comes first; but while somebody is at work in it, everything stays where it is. */
function Cards({ of, edit }) {
  const order = useRef([]);
  const list = useRef(null);
  const isBusy = useSignal(false);
  const names = of.map((fault) => fault.name);
  const left = order.current.filter((name) => names.includes(name));
  // What had the focus may have been removed, of which nothing tells.
  order.current = isBusy.value && list.current?.contains(document.activeElement)
    ? [...left, ...names.filter((name) => !left.includes(name))]
    : of.toSorted((a, b) => b.enabled - a.enabled).map((fault) => fault.name);
  const leave = (event) => (isBusy.value = list.current?.contains(event.relatedTarget));
  return html`<div ref=${list} class="cards" onFocusIn=${() => (isBusy.value = true)} onFocusOut=${leave}>
    ${order.current.map((name) => {
      const fault = of.find((one) => one.name === name);
      return html`<${Card} key=${name} fault=${fault} edit=${edit} />`;
    })}
  </div>`;
}

/** Whether a fault has acted as often as it may: it is on, and does nothing more. */
const isSpent = ({ settings, fired, effects }) =>
  settings.times !== undefined && fired >= settings.times * effects.length;

/** Has it count from the beginning: its next match is its first. */
const restart = (name) => tell("POST", name, { body: {} }, "/restart");

/** Switches a fault on, or a preset, for as long as is chosen; a spent one begins anew. */
async function switchOn(name) {
  const counts = span.peek() === "times";
  const fault = (faults.value.peek() ?? []).find((one) => one.name === name);
  if (fault && (counts || isSpent(fault))) await restart(name);
  const body = { enabled: true, ...(counts ? { times: times.peek() } : { ttl: span.peek() }) };
  // A preset has no such number of its own: it is from the last time.
  if (!counts && fault?.settings.preset && fault.settings.times) body.times = null;
  await tell("PATCH", name, { body });
}

/** What may be switched on: its head, where `children` follow its name, and what it does. */
function Switched({ of, isOn, kind, label, head, children }) {
  const { name, describe, effects } = of;
  const turn = (on) => (on ? switchOn(name) : tell("PATCH", name, { body: { enabled: false } }));
  return html`<article class=${`card ${kind} ${isOn ? "is-on" : ""}`} aria-label=${label}>
    <div class="row">
      <${Switch} isOn=${isOn} act=${turn} label=${label} />
      <h3>${name}</h3>
      ${head}
    </div>
    ${describe && html`<p>${describe}</p>`}
    <ul class="effects">
      ${effects.map((effect, place) => html`<li key=${place}>${effect}</li>`)}
    </ul>
    ${children}
  </article>`;
}

/** `edit` is called to have it changed. */
function Card({ fault, edit }) {
  const { name, enabled, source, priority } = fault;
  const head = html`<${Badge} tone=${source === "file" ? "off" : "info"}>${SOURCES[source]}<//>
    ${priority !== 100 && html`<${Badge}>priority ${priority}<//>`}
    ${enabled && isSpent(fault) && html`<${Badge} tone="warn">used up<//>`}
    <${End} fault=${fault} />`;
  return html`<${Switched} of=${fault} isOn=${enabled} kind="fault" label=${`Fault ${name}`} head=${head}>
    <${Hits} fault=${fault} />
    <${Held} fault=${fault} />
    <${Sliders} fault=${fault} />
    <div class="row">
      <button type="button" class="small" onClick=${() => edit(fault)} aria-label=${`Edit ${name}`}>Edit</button>
      <${Action} act=${() => restart(name)} kind="small" aria-label=${`Count anew ${name}`}>Count anew<//>
      ${source !== "file" &&
      html`<${Action} act=${() => remove(name)} kind="small danger" confirm="Yes, remove it" title=${`Remove ${name}`}>
        Remove
      <//>`}
    </div>
  <//>`;
}

/** `isOn` says whether it is, in the sandbox; `adapt` is called to make a fault of one's own of it. */
function Preset({ preset, isOn, adapt }) {
  const { name, rules } = preset;
  const head =
    rules.length === 1 &&
    html`<button type="button" class="quiet small push" aria-label=${`Adapt ${name}`} onClick=${adapt}>Adapt</button>`;
  return html`<${Switched} of=${preset} isOn=${isOn} kind="preset" label=${`Preset ${name}`} head=${head} />`;
}

async function remove(name) {
  await tell("DELETE", name);
  // What had the focus is gone; the next Tab is not to begin at the top of the page.
  document.getElementById("here")?.focus();
}

function End({ fault }) {
  tick.value; // counts down
  const left = fault.expires_in_s - (performance.now() - faultsAt.value) / 1000;
  const isEnding = fault.enabled && fault.expires_in_s !== null;
  const words = isEnding ? `ends in ${inWords(left)}` : fault.enabled ? "stays on" : "off";
  return html`<span class=${`push ${isEnding ? "countdown" : "soft"}`}>${words}</span>`;
}

function Hits({ fault }) {
  const { matched, fired: acted, skipped: passed, overflow } = fault;
  const said = { matched, acted, passed, ...(overflow && { "had no room": overflow }) };
  return html`<p class="row soft hits">
    ${Object.entries(said).map(
      ([what, count]) => html`<span key=${what}><b>${count.toLocaleString("en")}</b> ${what}</span>`,
    )}
  </p>`;
}

/** Who it keeps waiting right now. */
function Held({ fault }) {
  const held = status.value.value?.held?.now ?? [];
  const here = held.filter((one) => one.fault === fault.name && one.sandbox === sandbox.value);
  if (here.length === 0) return null;
  return html`<ul class="effects" aria-label="Held right now">
    ${here.map(
      ({ method, target, seconds }, place) =>
        html`<li key=${place}><code>${method} ${target}</code> <small>waits for ${inWords(seconds)}</small></li>`,
    )}
  </ul>`;
}
