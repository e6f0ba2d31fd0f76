/** The clock of a sandbox: shown as it goes, stopped, moved and set. */

import { ask } from "../lib/control.js";
import { html, signal, useEffect, useRef } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { sandbox } from "../lib/route.js";
import { Action, Badge, Field, Form } from "../lib/ui.js";

const STEPS = [
  ["1s", "1 s"],
  ["1m", "1 min"],
  ["5m", "5 min"],
  ["1h", "1 h"],
];
const BEAT_MS = 200;

/**
 * What the clock shows, as long as a component is there: `now()` are milliseconds since the epoch, `isFrozen()`, and
 * `change(body)` moves it. `beat` grows while it goes: who reads it is shown again.
 */
export function useClock() {
  const { value, refusal, reload } = useLoad(() => "/api/clock", ["clock", "scenario"]);
  const kept = useRef(null);
  kept.current ??= { beat: signal(0), at: signal(performance.now()) };
  const { beat, at } = kept.current;
  useEffect(() => value.subscribe(() => (at.value = performance.now())), []);
  useEffect(() => {
    const timer = setInterval(() => value.peek() && !value.peek().frozen && (beat.value += 1), BEAT_MS);
    return () => clearInterval(timer);
  }, []);

  const isFrozen = () => Boolean(value.value?.frozen);
  /** Seconds that it has gone on for since a moment of `performance.now()`; frozen, none. */
  const since = (moment) => (isFrozen() ? 0 : (beat.value, Math.max(0, performance.now() - moment) / 1000));
  const now = () => (value.value ? Date.parse(value.value.now) + since(at.value) * 1000 : null);
  const change = async (body) => {
    value.value = await ask("PUT", "/api/clock", { query: { sandbox: sandbox.value }, body });
  };
  return { beat, refusal, reload, isFrozen, since, now, change };
}

export function ClockCard({ clock }) {
  const isFrozen = clock.isFrozen();
  return html`<section class="card clock" aria-labelledby="clock">
    <div class="row">
      <h2 id="clock">Clock</h2>
      <${Badge} tone=${isFrozen ? "warn" : "ok"}>${isFrozen ? "stands still" : "running"}<//>
    </div>
    <${Face} clock=${clock} />
    <div class="row">
      <${Action} act=${() => clock.change({ freeze: !isFrozen })}>${isFrozen ? "Let it go on" : "Freeze"}<//>
      <${Action} act=${() => clock.change({ real: true })}>Time of day<//>
    </div>
    <div class="row" role="group" aria-label="Advance the clock">
      <span class="soft">Advance by</span>
      ${STEPS.map(
        ([by, words]) => html`<${Action} key=${by} kind="small" act=${() => clock.change({ advance: by })}>${words}<//>`,
      )}
    </div>
    <${SetTime} clock=${clock} />
  </section>`;
}

/** The digits, apart from the rest: they alone change all the time. */
function Face({ clock }) {
  const now = clock.now();
  if (now === null) return html`<p class="face">…</p>`;
  const [day, time] = new Date(now).toISOString().split("T");
  return html`<p class="face"><span class="soft">${day}</span> <time>${time.slice(0, 8)}</time> <span class="soft">UTC</span></p>`;
}

function SetTime({ clock }) {
  const set = ({ moment }) => clock.change({ set: moment.trim() });
  return html`<${Form} act=${set} label="Set the clock" kind="stack">
    <${Field}
      label="Set to"
      hint="In UTC, such as 2026-01-15T09:00:00Z; it goes on from there unless it is frozen"
      control=${(id, hint) =>
        html`<span class="row">
          <input id=${id} name="moment" aria-describedby=${hint} placeholder="2026-01-15T09:00:00Z" autocomplete="off" size="24" />
          <button>Set</button>
        </span>`}
    />
  <//>`;
}
