/** How clients have come back: one card each, with what they tried, how long they waited, and what they missed. */

import { ask } from "../lib/control.js";
import { html, useEffect } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { sandbox } from "../lib/route.js";
import { Action, Badge, Refusal, inWords, timeOf } from "../lib/ui.js";

const AGAIN_MS = 2_000;
const BARS = 40;
const HEIGHT = 32;

export function Clients() {
  const records = useLatest("/api/reconnects");
  const forget = async () => {
    await ask("DELETE", "/api/reconnects", { query: { sandbox: sandbox.peek() } });
    await records.reload();
  };
  const all = records.value.value ?? [];
  return html`<section class="clients stack" aria-labelledby="clients">
    <div class="row">
      <h2 id="clients">How clients came back</h2>
      ${all.length > 0 && html`<span class="push"><${Action} act=${forget} kind="small">Forget<//></span>`}
    </div>
    <${Refusal} of=${records.refusal.value} />
    ${all.length === 0
      ? html`<p class="soft">
          Nobody has come yet. A client names itself by <code>?client=NAME</code> on any window of the feed.
        </p>`
      : html`<ul class="records">
          ${all.map((one) => html`<${Client} key=${one.client} record=${one} />`)}
        </ul>`}
  </section>`;
}

function Client({ record }) {
  const last = record.losses.at(-1);
  const failed = record.attempts.filter(({ outcome }) => outcome === "refused").length;
  return html`<li class="card">
    <div class="row">
      <h3>${record.client}</h3>
      <span class="push">
        ${record.connected
          ? html`<${Badge} tone="ok">on ${record.window}<//>`
          : html`<${Badge} tone="bad">away<//>`}
      </span>
    </div>
    <dl class="numbers">
      <${Figure} name="lost" value=${record.losses.length} />
      <${Figure} name="attempts" value=${record.attempts.length} more=${failed ? `${failed} refused` : ""} />
      <${Figure} name="events" value=${record.delivered} />
      <${Figure} name="missed" value=${record.missed} isBad=${record.missed > 0} />
      <${Figure} name="doubled" value=${record.doubled} isBad=${record.doubled > 0} />
      <${Figure} name="gaps" value=${record.gaps} more=${record.gaps ? (record.refetched ? "read anew" : "not read anew") : ""} />
    </dl>
    ${last &&
    html`<p class="soft">
      Last lost ${timeOf(last.at)} on ${last.window}: ${describeEnd(last)}${last.down_s === null
        ? ", still away"
        : `, back after ${shortly(last.down_s)}`}
    </p>`}
    <${Delays} record=${record} />
    ${record.missed_ids.length > 0 && html`<p class="soft">Missed <code>${record.missed_ids.join(", ")}</code></p>`}
  </li>`;
}

function Figure({ name, value, more = "", isBad = false }) {
  return html`<div class=${isBad ? "bad" : ""}>
    <dt>${name}</dt>
    <dd>${value.toLocaleString()}${more && html` <small>${more}</small>`}</dd>
  </div>`;
}

/** The pauses before attempts, the latest of them, as bars: whether they grow, and whether chance is in them. */
function Delays({ record }) {
  const delays = record.delays_s.slice(-BARS);
  if (delays.length === 0) return null;
  const longest = Math.max(...delays, 0.001);
  const said = `Pauses before attempts: ${delays.map(shortly).join(", ")}`;
  const chance = record.delays_s.length > 2 && `, jitter ${Math.round(record.jitter * 100)} %`;
  return html`<div class="row">
    <svg width=${delays.length * 8} height=${HEIGHT} role="img" aria-label=${said}>
      ${delays.map((seconds, index) => {
        const height = Math.max(2, (seconds / longest) * HEIGHT);
        return html`<rect key=${index} x=${index * 8} y=${HEIGHT - height} width="6" height=${height} rx="1" />`;
      })}
    </svg>
    <small>pauses up to ${shortly(longest)}${chance}</small>
  </div>`;
}

const shortly = (seconds) => (seconds < 10 ? `${seconds.toFixed(seconds < 1 ? 2 : 1)} s` : inWords(seconds));

/** How a connection ended, or a poll failed, in words. */
export function describeEnd({ by, how, code, reason }) {
  const alone = { lost: "connection lost", status: `answered with ${code}`, late: "no poll came in time" }[how];
  const words = { close: `closed with ${code}`, drop: "dropped", stall: "stalled" }[how] ?? how;
  return `${alone ?? `${words} by the ${by}`}${reason ? `: ${reason}` : ""}`;
}

/** What the server has at a path, asked for again and again: of what is counted, and of polls, no event tells. */
export function useLatest(path) {
  const loaded = useLoad(() => path, ["socket"]);
  useEffect(() => {
    let timer;
    const wait = () => (timer = setTimeout(() => loaded.reload().then(() => timer && wait()), AGAIN_MS));
    wait();
    return () => (timer = clearTimeout(timer));
  }, []);
  return loaded;
}
