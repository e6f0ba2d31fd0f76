/** One fault of the sandbox: its switch, what it does in words, what it came to, and what can be done with it. */

import { html } from "../lib/html.js";
import { faultsAt, status } from "../lib/state.js";
import { sandbox } from "../lib/route.js";
import { Action, Badge, Switch, inWords, tick } from "../lib/ui.js";
import { Sliders } from "./sliders.js";
import { isSpent, remove, restart, switchOff, switchOn } from "./switching.js";

const SOURCES = { file: "definition", runtime: "set here", preset: "preset" };

/** `edit` is called to have it changed. */
export function Card({ fault, edit }) {
  const { name, enabled } = fault;
  return html`<article class=${`card fault ${enabled ? "is-on" : ""}`} aria-label=${`Fault ${name}`}>
    <div class="row">
      <${Switch} isOn=${enabled} act=${(on) => (on ? switchOn(name) : switchOff(name))} label=${`Fault ${name}`} />
      <h3>${name}</h3>
      <${Badge} tone=${fault.source === "file" ? "off" : "info"}>${SOURCES[fault.source]}<//>
      ${fault.priority !== 100 && html`<${Badge}>priority ${fault.priority}<//>`}
      ${enabled && isSpent(fault) && html`<${Badge} tone="warn">used up<//>`}
      <${End} fault=${fault} />
    </div>
    <${Effects} of=${fault} />
    <${Hits} fault=${fault} />
    <${Held} fault=${fault} />
    <${Sliders} fault=${fault} />
    <div class="row">
      <button type="button" class="small" onClick=${() => edit(fault)} aria-label=${`Edit ${name}`}>Edit</button>
      <${Action} act=${() => restart(name)} kind="small" aria-label=${`Count anew ${name}`}>Count anew<//>
      ${fault.source !== "file" &&
      html`<${Action} act=${() => remove(name)} kind="small danger" confirm="Yes, remove it" title=${`Remove ${name}`}>
        Remove
      <//>`}
    </div>
  </article>`;
}

/** What a fault or a preset does: in words of whoever made it, if they said some, and rule by rule. */
export function Effects({ of }) {
  return html`${of.describe && html`<p>${of.describe}</p>`}
    <ul class="effects">
      ${of.effects.map((effect, place) => html`<li key=${place}>${effect}</li>`)}
    </ul>`;
}

function End({ fault }) {
  tick.value; // counts down
  if (!fault.enabled) return html`<span class="soft push">off</span>`;
  if (fault.expires_in_s === null) return html`<span class="soft push">stays on</span>`;
  const left = fault.expires_in_s - (performance.now() - faultsAt.value) / 1000;
  return html`<span class="soft push countdown">ends in ${inWords(left)}</span>`;
}

function Hits({ fault }) {
  const { matched, fired, skipped, overflow } = fault;
  const said = [
    [matched, "matched"],
    [fired, "acted"],
    [skipped, "passed"],
    ...(overflow ? [[overflow, "had no room"]] : []),
  ];
  return html`<p class="hits" aria-label="Hits">
    ${said.map(([count, what]) => html`<span key=${what}><b>${count.toLocaleString("en")}</b> ${what}</span>`)}
  </p>`;
}

/** Who it keeps waiting right now. */
function Held({ fault }) {
  const held = status.value.value?.held?.now ?? [];
  const here = held.filter((one) => one.fault === fault.name && one.sandbox === sandbox.value);
  if (here.length === 0) return null;
  return html`<ul class="held" aria-label="Held right now">
    ${here.map(
      ({ method, target, seconds }, place) =>
        html`<li key=${place}>
          <code>${method} ${target}</code> <span class="soft">waits for ${inWords(seconds)}</span>
        </li>`,
    )}
  </ul>`;
}
