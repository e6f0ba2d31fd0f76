/**
 * The view Scenarios: the state that a sandbox is in, with its script on a timeline and what moves that on; all that
 * there are; its clock, and ways back.
 */

import { ask } from "../lib/control.js";
import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { useAction, useLoad } from "../lib/load.js";
import { address, sandbox } from "../lib/route.js";
import { Action, Badge, Empty, Refusal, inWords } from "../lib/ui.js";
import { ClockCard, ResetCard, SnapshotsCard, useClock } from "../scenarios/sandbox.js";

const SPEEDS = [1, 2, 5, 10, 60];
const PUSH_MS = 500;
const LATE_S = 0.3;
/** More steps than these nobody reads at once: of a longer script it is so many with the next one among them. */
const MOST_STEPS = 100;

export default function Scenarios() {
  const all = useLoad(() => "/api/scenarios", ["scenario", "definition"]);
  const current = useLoad(() => "/api/scenario", ["scenario", "say", "fault", "clock"]);
  const clock = useClock();

  const change = async (name) => {
    await ask("PUT", "/api/scenario", { query: { sandbox: sandbox.value }, body: { name } });
    await Promise.all([all.reload(), current.reload()]);
  };

  return html`<div class="head"><h1>Scenarios</h1></div>
    <${Refusal} of=${all.refusal.value ?? current.refusal.value} />
    <div class="columns">
      <div class="stack">
        <${Now} all=${all.value.value ?? []} current=${current} clock=${clock} change=${change} />
        <${ScenarioList} all=${all.value.value} change=${change} />
      </div>
      <div class="stack">
        <${ClockCard} clock=${clock} />
        <${SnapshotsCard} />
        <${ResetCard} after=${() => Promise.all([all.reload(), current.reload(), clock.reload()])} />
      </div>
    </div>`;
}

function Now({ all, current, clock, change }) {
  const found = current.value.value;
  const scenario = found?.name && all.find((one) => one.name === found.name);
  if (!found) return null;
  if (!found.name || !scenario)
    return html`<section class="card now" aria-labelledby="now">
      <h2 id="now">${found.name ? html`In <em>${found.name}</em>` : "In the state of the file"}</h2>
      <p class="soft">${found.name ? "" : "Data, faults and users are as the definition has them."}</p>
    </section>`;
  return html`<section class="card now" aria-labelledby="now">
    <div class="row">
      <h2 id="now">In <em>${scenario.name}</em></h2>
      ${found.script && html`<${State} script=${found.script} clock=${clock} />`}
      <span class="push row">
        <${Action} kind="small" act=${() => change(scenario.name)}>Begin again<//>
        <${Action} kind="small" act=${() => change(null)}>Back to the file<//>
      </span>
    </div>
    ${scenario.describe && html`<p>${scenario.describe}</p>`}
    ${found.script && html`<${Script} scenario=${scenario} found=${found} current=${current} clock=${clock} />`}
  </section>`;
}

function State({ script, clock }) {
  if (script.ended) return html`<${Badge} tone="warn">script ended<//>`;
  if (!script.next) return html`<${Badge} tone="ok">script is over<//>`;
  return clock.isFrozen() ? html`<${Badge} tone="warn">paused<//>` : html`<${Badge} tone="info">playing<//>`;
}

function Script({ scenario, found, current, clock }) {
  const asked = useRef({ found: null, at: 0 });
  if (asked.current.found !== found) asked.current = { found, at: performance.now() };
  const { script, said } = found;
  /** Seconds since that was asked; who calls it is shown again all the time, so this component must not. */
  const gone = () => (script.ended ? 0 : clock.since(asked.current.at));
  const stateOf = (step, number) => {
    if (script.next?.step === number) return "next";
    const isPast = script.next ? number < script.next.step : !script.ended || step.at_s <= script.at_s;
    return isPast ? "past" : "coming";
  };
  const noteOf = (number, state) => {
    if (state === "next") return html`<${Left} script=${script} gone=${gone} />`;
    return said?.step === number ? "said last" : "";
  };
  return html`<p class="said" role="status">
      ${said ? html`<q>${said.text}</q>` : html`<span class="soft">Nothing has been said yet.</span>`}
    </p>
    <${Line} scenario=${scenario} script=${script} gone=${gone} current=${current}>
      ${scenario.script.length <= MOST_STEPS && html`<${Marks} scenario=${scenario} stateOf=${stateOf} />`}
    <//>
    ${script.ended && html`<p class="soft">Everything was switched off, and the script with it. Begin again to play it.</p>`}
    ${!script.ended && script.next && html`<${Controls} current=${current} clock=${clock} script=${script} />`}
    <${Steps}
      of=${scenario.script}
      next=${script.next?.step}
      label="Steps of the script"
      stateOf=${stateOf}
      noteOf=${noteOf}
    />`;
}

const Left = ({ script, gone }) => html`in ${clockOf(Math.max(0, script.next.in_s - gone()))}`;

/** The round as a line; the list below says it in words. Not every step is told of, so when one is due it is asked. */
function Line({ scenario, script, gone, current, children }) {
  const since = gone();
  const whole = wholeOf(scenario);
  const isDue = Boolean(script.next) && since > script.next.in_s + LATE_S;
  useEffect(() => {
    if (isDue) current.reload();
  }, [isDue, script]);
  return html`<div class="line">
    <div class="track" aria-hidden="true">
      <div class="fill" style=${{ width: share(script.at_s + since, whole) }}></div>
      ${children}
    </div>
    <p class="row soft">
      <span class="time">${clockOf(script.at_s + since)} of ${clockOf(whole)}</span>
      ${scenario.loop_s !== null && html`<span>round ${script.round}, again and again</span>`}
    </p>
  </div>`;
}

const wholeOf = (scenario) => scenario.loop_s ?? scenario.script.at(-1).at_s;
const share = (at, whole) => `${whole ? Math.min(100, (100 * at) / whole) : 100}%`;

function Marks({ scenario, stateOf }) {
  const whole = wholeOf(scenario);
  return scenario.script.map((step, index) => {
    const place = { insetInlineStart: share(step.at_s, whole) };
    return html`<span key=${index} class=${`mark ${stateOf(step, index + 1)}`} style=${place}></span>`;
  });
}

function Controls({ current, clock, script }) {
  const isFrozen = clock.isFrozen();
  const goOn = async () => {
    // Asked anew: it has gone on since it was shown.
    const { script: fresh } = await ask("GET", "/api/scenario", { query: { sandbox: sandbox.value } });
    if (!fresh?.next) return current.reload();
    await clock.change({ advance: `${Math.ceil(fresh.next.in_s * 1000)}ms` });
    await current.reload();
  };
  return html`<div class="row" role="group" aria-label="Play the script">
    <${Action} kind="primary" act=${() => clock.change({ freeze: !isFrozen })}>${isFrozen ? "Resume" : "Pause"}<//>
    <${Action} act=${goOn}>Next step (${script.next.step})<//>
    <${Speed} clock=${clock} />
  </div>`;
}

/** Faster than real time by advancing the clock again and again, as long as this is shown. */
function Speed({ clock }) {
  const speed = useSignal(1);
  const push = useAction(async () => {
    if (!clock.isFrozen()) await clock.change({ advance: `${(speed.value - 1) * PUSH_MS}ms` });
  });
  useEffect(() => {
    if (speed.value === 1) return undefined;
    const timer = setInterval(push.run, PUSH_MS);
    return () => clearInterval(timer);
  }, [speed.value]);
  return html`<label class="row">
      <span class="soft">Speed</span>
      <select value=${speed.value} onChange=${(event) => (speed.value = Number(event.currentTarget.value))}>
        ${SPEEDS.map((one) => html`<option key=${one} value=${one}>${one} ×</option>`)}
      </select>
    </label>
    <${Refusal} of=${push.refusal.value} />`;
}

/** What each scenario is, and the way into it. */
function ScenarioList({ all, change }) {
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
  const { name, script } = one;
  const length = inWords(script.length && wholeOf(one)) + (one.loop_s === null ? "" : ", again and again");
  return html`<li class=${`card scenario ${one.current ? "current" : ""}`}>
    <div class="row">
      <h3>${name}</h3>
      ${one.current
        ? html`<${Badge} tone="info">current<//>`
        : html`<span class="push"><${Action} act=${() => change(name)} aria-label=${`Switch to ${name}`}>Switch<//></span>`}
    </div>
    ${one.describe && html`<p>${one.describe}</p>`}
    <dl class="facts">
      ${one.extends && html`<dt>Extends</dt><dd>${one.extends}</dd>`}
      ${Object.keys(one.data).length > 0 && html`<dt>Data</dt><dd>${Object.entries(one.data).map(tellData)}</dd>`}
      ${one.user !== null && html`<dt>User</dt><dd>${one.user}</dd>`}
      <dt>Faults</dt>
      <dd class="row"><${FaultNames} names=${one.faults} /></dd>
    </dl>
    ${script.length > 0 &&
    html`<details>
      <summary>Script of ${script.length} ${script.length === 1 ? "step" : "steps"}, ${length}</summary>
      <${Steps} of=${script} />
    </details>`}
  </li>`;
}

function tellData([resource, { count, rows, mix }]) {
  const said = [];
  if (count !== undefined) said.push(typeof count === "number" ? `${count.toLocaleString("en")} rows` : tellEach(count));
  if (rows !== undefined) said.push(`${rows} ${rows === 1 ? "row" : "rows"} of its own`);
  for (const [trait, share] of Object.entries(mix ?? {})) said.push(`${Math.round(share * 1000) / 10} % ${trait}`);
  return html`<span key=${resource} class="datum"><code>${resource}</code> ${said.join(", ")}</span>`;
}

const tellEach = ({ per, each }) => `${typeof each === "number" ? each : "as declared"} for each of ${per}`;

const WORDS = { past: "done", next: "next", coming: "to come" };

/** Steps of a script; as it plays, `stateOf` says which of `past next coming` one is, `noteOf` what stands at its end. */
function Steps({ of, next = 1, label, stateOf = () => "", noteOf }) {
  const from = MOST_STEPS * Math.floor((next - 1) / MOST_STEPS); // stays while most of them pass
  const after = of.length - from - MOST_STEPS;
  return html`<ol class="steps" aria-label=${label}>
    ${from > 0 && html`<li class="step soft">${from} before these</li>`}
    ${of.slice(from, from + MOST_STEPS).map((step, index) => {
      const number = from + index + 1;
      const state = stateOf(step, number);
      return html`<li key=${number} class=${`step ${state}`}>
        <span class="time">${clockOf(step.at_s)}</span>
        <${What} step=${step} />
        ${state && html`<span class="note soft">${noteOf(number, state) || WORDS[state]}</span>`}
      </li>`;
    })}
    ${after > 0 && html`<li class="step soft">${after} more</li>`}
  </ol>`;
}

/** What a step says, and what it changes. */
function What({ step: { say, faults, user, publish } }) {
  return html`<span class="what">
    ${say && html`<span>${say}</span>`}
    ${faults && html`<${FaultNames} names=${faults} />`}
    ${user !== undefined && html`<span class="soft">${user === null ? "nobody is logged in" : `as ${user}`}</span>`}
    ${publish && html`<span class="soft">publishes <code>${publish.topic}</code></span>`}
  </span>`;
}

/** The faults that are on, each a link to where it is switched. */
function FaultNames({ names }) {
  if (names.length === 0) return html`<span class="badge ok">no faults</span>`;
  return names.map((name) => html`<a key=${name} class="badge bad" href=${address("faults", [name])}>${name}</a>`);
}

/** Seconds as on a stopwatch: `0:07`, `12:30`, `1:00:00`. */
function clockOf(seconds) {
  const whole = Math.floor(seconds + 1e-6);
  const pad = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${pad(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
}
