/** All scenarios of the definition: what each is, and the way into it. */

import { html } from "../lib/html.js";
import { Action, Badge, Empty, inWords } from "../lib/ui.js";
import { FaultNames, Step } from "./step.js";

export function ScenarioList({ all, change }) {
  if (!all) return html`<${Empty}>Loading …<//>`;
  if (all.length === 0)
    return html`<${Empty}>
      The definition has no scenarios. A scenario is a whole state with a name (data, user, faults, script), under the key
      <code>scenarios</code>.
    <//>`;
  return html`<h2 class="hidden">All scenarios</h2>
    <ul class="scenarios">
    ${all.map((one) => html`<${Scenario} key=${one.name} one=${one} change=${change} />`)}
    </ul>`;
}

function Scenario({ one, change }) {
  return html`<li class=${`card scenario ${one.current ? "current" : ""}`}>
    <div class="row">
      <h3>${one.name}</h3>
      ${one.current && html`<${Badge} tone="info">current<//>`}
      ${!one.current &&
      html`<span class="push"><${Action} act=${() => change(one.name)} aria-label=${`Switch to ${one.name}`}>Switch<//></span>`}
    </div>
    ${one.describe && html`<p>${one.describe}</p>`}
    <dl class="facts">
      ${one.extends && html`<dt>Extends</dt><dd>${one.extends}</dd>`}
      ${Object.keys(one.data).length > 0 && html`<dt>Data</dt><dd>${Object.entries(one.data).map(tellData)}</dd>`}
      ${one.user !== null && html`<dt>User</dt><dd>${one.user}</dd>`}
      <dt>Faults</dt>
      <dd class="row"><${FaultNames} names=${one.faults} /></dd>
    </dl>
    ${one.script.length > 0 && html`<${Play} one=${one} />`}
  </li>`;
}

function Play({ one }) {
  const count = one.script.length;
  const length = inWords(one.loop_s ?? one.script.at(-1).at_s);
  return html`<details>
    <summary>Script of ${count} ${count === 1 ? "step" : "steps"}, ${length}${one.loop_s === null ? "" : ", again and again"}</summary>
    <ol class="steps">
      ${one.script.map((step, index) => html`<${Step} key=${index} step=${step} />`)}
    </ol>
  </details>`;
}

function tellData([resource, { count, rows, mix }]) {
  const said = [];
  if (count !== undefined) said.push(typeof count === "number" ? `${count.toLocaleString("en")} rows` : tellEach(count));
  if (rows !== undefined) said.push(`${rows} ${rows === 1 ? "row" : "rows"} of its own`);
  for (const [trait, share] of Object.entries(mix ?? {})) said.push(`${Math.round(share * 1000) / 10} % ${trait}`);
  return html`<span key=${resource} class="datum"><code>${resource}</code> ${said.join(", ")}</span>`;
}

const tellEach = ({ per, each }) => `${typeof each === "number" ? each : "as declared"} for each of ${per}`;
