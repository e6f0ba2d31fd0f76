/** The scenario that a sandbox is in: its script on a timeline, where it stands, and what moves it on. */

import { ask } from "../lib/control.js";
import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { useAction } from "../lib/load.js";
import { sandbox } from "../lib/route.js";
import { Action, Badge, Refusal } from "../lib/ui.js";
import { Step, clockOf } from "./step.js";

const SPEEDS = [1, 2, 5, 10, 60];
const PUSH_MS = 500;
const LATE_S = 0.3;

export function Now({ all, current, clock, change }) {
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
  const position = usePosition(found, current, clock);
  const { script, said } = found;
  return html`<p class="said" role="status">
      ${said ? html`<q>${said.text}</q>` : html`<span class="soft">Nothing has been said yet.</span>`}
    </p>
    <${Line} scenario=${scenario} script=${script} position=${position} />
    ${script.ended && html`<p class="soft">Everything was switched off, and the script with it. Begin again to play it.</p>`}
    ${!script.ended && script.next && html`<${Controls} current=${current} clock=${clock} script=${script} />`}
    <ol class="steps" aria-label="Steps of the script">
      ${scenario.script.map((step, index) => {
        const number = index + 1;
        const isNext = script.next?.step === number;
        const isLast = said?.step === number && !isNext;
        const isPast = script.next ? number < script.next.step : !script.ended || step.at_s <= position.at;
        return html`<${Step}
          key=${number}
          step=${step}
          state=${isNext ? "next" : isPast ? "past" : "coming"}
          note=${isNext ? html`<${Left} script=${script} position=${position} />` : isLast ? "said last" : ""}
        />`;
      })}
    </ol>`;
}

const Left = ({ script, position }) => html`in ${clockOf(Math.max(0, script.next.in_s - position.gone))}`;

/**
 * Where it stands: `at` seconds into the round, `gone` since that was asked. It is asked again when a step is due: not
 * every step is told of by an event.
 */
function usePosition(found, current, clock) {
  const asked = useRef({ found: null, at: 0 });
  if (asked.current.found !== found) asked.current = { found, at: performance.now() };
  const { script } = found;
  const gone = script.ended ? 0 : clock.since(asked.current.at);
  const isDue = Boolean(script.next) && !script.ended && gone > script.next.in_s + LATE_S;
  useEffect(() => {
    if (isDue) current.reload();
  }, [isDue, found]);
  return { at: script.at_s + gone, gone };
}

/** The round as a line with a mark at each step; the list below says the same in words. */
function Line({ scenario, script, position }) {
  const last = scenario.script.at(-1).at_s;
  const whole = scenario.loop_s ?? last;
  const share = (at) => `${whole ? Math.min(100, (100 * at) / whole) : 100}%`;
  const at = Math.min(position.at, whole);
  return html`<div class="line">
    <div class="track" aria-hidden="true">
      <div class="fill" style=${{ width: share(at) }}></div>
      ${scenario.script.map(
        (step, index) =>
          html`<span key=${index} class=${`mark ${step.at_s <= at ? "past" : ""}`} style=${{ insetInlineStart: share(step.at_s) }}></span>`,
      )}
    </div>
    <p class="row soft">
      <span class="time">${clockOf(position.at)} of ${clockOf(whole)}</span>
      ${scenario.loop_s !== null && html`<span>round ${script.round}, again and again</span>`}
    </p>
  </div>`;
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
