/** The last minute as a drawing, and the same in words: what was published, what arrived, how the connection fared. */

import { html, signal, useEffect, useRef, useSignal } from "../lib/html.js";
import { lastEntries, clear, counts, happenings, latest, stretches } from "./ledger.js";
import { WINDOWS } from "./line.js";

const SPAN_MS = 60_000;
const STEP_MS = 400;
const MOST_DRAWN = 400;
const LANES = { line: 4, published: 42, delivered: 80 };
const HEIGHT = 96;
const DRAWN = "The last minute; the lists below say the same";
const COUNTERS = [
  ["published", "Published", "by the server", ""],
  ["delivered", "Delivered", "to the board", "ok"],
  ["replayed", "Replayed", "told after a loss", "info"],
  ["duplicate", "Duplicate", "came twice, told once", "warn"],
  ["waiting", "On the way", "not here yet", "warn"],
  ["missed", "Missed", "never told", "bad"],
];

const now = signal(Date.now());
const times = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const timeOf = (at) => new Date(at).toTimeString().slice(0, 8);

export function Timeline() {
  return html`<section class="card timeline" aria-labelledby="timeline">
    <div class="head">
      <h2 id="timeline">What happened</h2>
      <button type="button" class="quiet small push" onClick=${clear}>Count anew</button>
    </div>
    <${Counters} />
    <${Drawing} />
    <div class="lists">
      <${Events} />
      <${Happenings} />
    </div>
  </section>`;
}

function Counters() {
  const { attempts, losses, gaps, reloaded, others } = counts.value;
  return html`<dl class="counters">
      ${COUNTERS.map(
        ([name, title, what, tone]) =>
          html`<div key=${name} class=${counts.value[name] > 0 ? tone : ""}>
            <dt>${title} <small>${what}</small></dt>
            <dd data-count=${name}>${counts.value[name]}</dd>
          </div>`,
      )}
    </dl>
    <p class="soft">
      ${times(attempts, "attempt")} to connect, ${times(losses, "loss", "losses")},
      ${` ${times(gaps, "gap")} after which all was loaded again`}
      ${reloaded > 0 && html`, ${times(reloaded, "change")} with it`}
      ${others > 0 && html`; ${times(others, "change was", "changes were")} not for you to see`}
    </p>`;
}

function Drawing() {
  const box = useRef(null);
  const width = useSignal(600);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => (width.value = Math.max(240, entry.contentRect.width)));
    observer.observe(box.current);
    const timer = setInterval(() => document.hidden || (now.value = Date.now()), STEP_MS);
    return () => {
      observer.disconnect();
      clearInterval(timer);
    };
  }, []);
  const end = now.value;
  const x = (at) => Math.round(((at - end + SPAN_MS) / SPAN_MS) * width.value * 10) / 10;
  return html`<div class="drawing" ref=${box}>
    <svg viewBox=${`0 0 ${width.value} ${HEIGHT}`} height=${HEIGHT} role="img" aria-label=${DRAWN}>
      ${bands(end).map((band) => drawBand(band, x))}
      <text class="lane" x="0" y=${LANES.published - 12}>published</text>
      <line class="rail" x1="0" x2=${width.value} y1=${LANES.published} y2=${LANES.published} />
      <text class="lane" x="0" y=${LANES.delivered - 12}>delivered</text>
      <line class="rail" x1="0" x2=${width.value} y1=${LANES.delivered} y2=${LANES.delivered} />
      ${lastEntries(MOST_DRAWN).map((entry) => mark(entry, end, x))}
    </svg>
    <p class="span soft" aria-hidden="true"><span>a minute ago</span><span>now</span></p>
  </div>`;
}

function drawBand({ from, to, tone }, x) {
  const wide = Math.max(1, x(to) - x(from));
  const kind = `band ${tone}`;
  return html`<rect key=${from} class=${kind} x=${x(from)} y=${LANES.line} width=${wide} height="14" rx="3" />`;
}

/** The stretches of the last minute: `{from, to, tone}`. */
function bands(end) {
  const cut = stretches.map(({ at, tone }, place) => ({ from: at, to: stretches[place + 1]?.at ?? end, tone }));
  return cut.filter(({ to }) => to > end - SPAN_MS).map((one) => ({ ...one, from: Math.max(one.from, end - SPAN_MS) }));
}

function mark({ id, publishedAt, deliveredAt, isReplayed, isReloaded, copies, isMissed }, end, x) {
  const from = publishedAt ?? deliveredAt;
  if (from === null || (deliveredAt ?? from) < end - SPAN_MS) return null;
  const isLate = isReplayed || isReloaded;
  const kind = isMissed ? "missed" : isLate ? "replayed" : deliveredAt ? "told" : "waiting";
  return html`<g key=${id} class=${`event ${kind}`}>
    ${deliveredAt && html`<line x1=${x(from)} y1=${LANES.published} x2=${x(deliveredAt)} y2=${LANES.delivered} />`}
    <circle cx=${x(from)} cy=${LANES.published} r="3.5" />
    ${deliveredAt && html`<circle cx=${x(deliveredAt)} cy=${LANES.delivered} r="4.5" />`}
    ${copies > 1 && html`<circle class="twice" cx=${x(deliveredAt ?? from)} cy=${LANES.delivered} r="8" />`}
  </g>`;
}

function fateOf({ deliveredAt, publishedAt, window, isReplayed, isReloaded, copies, isMissed }) {
  if (isMissed) return ["bad", "missed"];
  if (isReloaded) return ["info", "loaded again"];
  if (!deliveredAt) return ["warn", "on the way"];
  const after = publishedAt === null ? 0 : Math.max(0, deliveredAt - publishedAt);
  const late = after >= 1_000 ? ` after ${(after / 1_000).toFixed(1)} s` : "";
  const words = `${isReplayed ? "replayed" : "delivered"} by ${WINDOWS[window] ?? "the line"}${late}`;
  return [isReplayed ? "info" : "ok", copies > 1 ? `${words}, came ${copies} times` : words];
}

function Events() {
  return html`<div>
    <h3 id="events">Events</h3>
    <ol class="log" tabindex="0" aria-labelledby="events">
      ${latest.value.map((entry) => {
        const [tone, words] = fateOf(entry);
        return html`<li key=${entry.id}>
          <time>${timeOf(entry.publishedAt ?? entry.deliveredAt ?? Date.now())}</time>
          <span class="what">${entry.text || entry.id}</span>
          <span class=${`fate-of ${tone}`}>${words}</span>
        </li>`;
      })}
    </ol>
    ${latest.value.length === 0 &&
    html`<p class="empty">Nothing was published yet. Move a ticket, or have somebody else do it.</p>`}
  </div>`;
}

function Happenings() {
  return html`<div>
    <h3 id="happenings">Connection</h3>
    <ol class="log" tabindex="0" aria-labelledby="happenings">
      ${happenings.value.map(
        ({ number, at, tone, text }) => html`<li key=${number}>
          <time>${timeOf(at)}</time> <span class=${`fate-of ${tone}`}>${text}</span>
        </li>`,
      )}
    </ol>
  </div>`;
}
