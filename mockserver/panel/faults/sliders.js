/** The numbers of a fault, to be moved while it is on: each change goes to the server as it is made. */

import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { useAction } from "../lib/load.js";
import { Refusal } from "../lib/ui.js";
import { COUNT, DURATION, RATE, SHARE } from "./quantity.js";
import { tell } from "./switching.js";

const PAUSE_MS = 150;
const seconds = COUNT(0, 120, (count) => `${count} s`);
const plain = (least, most) => COUNT(least, most, String);

/** What can be moved: a label, the way to the setting, its scale; one that is `usual` can be, where it is not said. */
const MOVABLE = [
  ["How often", ["probability"], { ...SHARE, say: (share) => (share === 1 ? "always" : SHARE.say(share)) }, 1],
  ["Late by", ["latency"], DURATION],
  ["Late by at least", ["latency", 0], DURATION],
  ["Late by at most", ["latency", 1], DURATION],
  ["Half late by up to", ["latency", "p50"], DURATION],
  ["Most late by up to", ["latency", "p95"], DURATION],
  ["None later than", ["latency", "max"], DURATION],
  ["Messages late by", ["delay"], DURATION],
  ["Messages late by at least", ["delay", 0], DURATION],
  ["Messages late by at most", ["delay", 1], DURATION],
  ["Sent at", ["bandwidth"], RATE],
  ["Sent over", ["bandwidth", "over"], DURATION],
  ["In pieces", ["bandwidth", "chunks"], plain(2, 50)],
  ["Hangs for", ["hang"], DURATION],
  ["Down for", ["down"], DURATION],
  ["Down for", ["down", "for"], DURATION],
  ["Out of date by", ["stale"], DURATION],
  ["Sent of the body", ["truncate"], { ...SHARE, least: 1, most: 99 }],
  ["Requests allowed", ["rate_limit", "limit"], plain(0, 100)],
  ["In each", ["rate_limit", "window"], { ...DURATION, ...between(1) }],
  ["Retry-After", ["retry_after"], seconds],
  ["One in", ["every"], plain(1, 20)],
  ["At most", ["times"], COUNT(1, 50, (count) => (count === 1 ? "once" : `${count} times`))],
];
const STATUSES = [200, 204, 301, 400, 401, 403, 404, 409, 410, 412, 418, 422, 429, 500, 502, 503, 504];
const CODES = [1000, 1001, 1002, 1003, 1008, 1009, 1011, 1012, 1013, 4000, 4401, 4403];
/** What is one of several: the same with its choices. */
const CHOSEN = [
  ["Status", ["status"], STATUSES],
  ["Status", ["refuse"], STATUSES.filter((status) => status >= 300)],
  ["Close code", ["close"], CODES],
  ["What is wrong", ["malformed"], ["cut", "html", "nan", "bom", "trailing_comma", "chunk", "encoding", "garbage"]],
  ["Breaks off", ["reset"], ["connect", "head", "body"]],
];

/** A scale of durations that begins later. */
function between(least) {
  return { least: DURATION.place(least) };
}

const at = (settings, path) => path.reduce((value, step) => value?.[step], settings);

/** A merge patch (RFC 7396) of settings: lists are whole in it. */
function patchOf(settings, [key, inner], value) {
  if (inner === undefined) return { [key]: value };
  if (!Array.isArray(settings[key])) return { [key]: { [inner]: value } };
  return { [key]: settings[key].with(inner, value) };
}

/** All that can be moved of a fault; a preset is whole, and has nothing. */
export function Sliders({ fault }) {
  if (fault.settings.preset !== undefined) return null;
  const moved = MOVABLE.map(([label, path, scale, usual]) => {
    const value = at(fault.settings, path) ?? usual;
    const found = value === undefined ? null : scale.read(value);
    return found === null ? null : { label, path, scale, value: found };
  });
  const chosen = CHOSEN.filter(([, path, choices]) => typeof at(fault.settings, path) === typeof choices[0]);
  return html`<div class="sliders">
    ${chosen.map(
      ([label, path, choices]) =>
        html`<${Choice} key=${path.join(".")} fault=${fault} label=${label} path=${path} choices=${choices} />`,
    )}
    ${moved
      .filter((one) => one)
      .map((one) => html`<${Slider} key=${one.path.join(".")} fault=${fault} ...${one} />`)}
  </div>`;
}

function Slider({ fault, label, path, scale, value }) {
  const place = useSignal(null); // where it was moved to, until the server has that
  const timer = useRef(0);
  const latest = useRef(fault);
  latest.current = fault;
  const action = useAction(async () => {
    const sent = place.peek();
    await tell("PATCH", fault.name, patchOf(latest.current.settings, path, scale.write(scale.value(sent))));
    if (place.peek() === sent) place.value = null;
  });
  const send = async () => {
    if (action.isBusy.peek()) wait();
    else if (place.peek() !== null && !(await action.run())) place.value = null;
  };
  const wait = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(send, PAUSE_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const shown = place.value === null ? value : scale.value(place.value);
  const words = scale.say(shown);
  return html`<label class="slider">
      <span>${label}</span>
      <input
        type="range"
        min=${scale.least}
        max=${scale.most}
        step="1"
        value=${place.value ?? scale.place(value)}
        aria-valuetext=${words}
        aria-label=${`${label}, ${fault.name}`}
        onInput=${(event) => {
          place.value = event.currentTarget.valueAsNumber;
          wait();
        }}
      />
      <output>${words}</output>
    </label>
    <${Refusal} of=${action.refusal.value} />`;
}

function Choice({ fault, label, path, choices }) {
  const now = at(fault.settings, path);
  const action = useAction((value) => tell("PATCH", fault.name, patchOf(fault.settings, path, value)));
  const all = choices.includes(now) ? choices : [now, ...choices];
  const choose = async ({ currentTarget }) => {
    const [chosen] = all.filter((one) => String(one) === currentTarget.value);
    if (!(await action.run(chosen))) currentTarget.value = String(now);
  };
  return html`<label class="slider">
      <span>${label}</span>
      <select value=${String(now)} onChange=${choose} aria-label=${`${label}, ${fault.name}`}>
        ${all.map((one) => html`<option key=${one} value=${String(one)} selected=${one === now}>${one}</option>`)}
      </select>
    </label>
    <${Refusal} of=${action.refusal.value} />`;
}
