/** The numbers of a fault, to be moved while it is on: each change goes to the server as it is made. */

import { STATUSES, tell } from "../lib/breaking.js";
import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { useAction } from "../lib/load.js";
import { Refusal } from "../lib/ui.js";

const PAUSE_MS = 150;
const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 };
const BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
/** Sliders on which each step makes a value larger by the same share have this many. */
const STEPS = 200;

/** Reads a number with a unit, of those a table has; null where it is none. */
const reading = (units) => (text) => {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?(\w+?)(?: ?\/s)?$/.exec(text) ?? [];
  return unit in units ? Number(digits) * units[unit] : null;
};
const number = (value) => (typeof value === "number" ? value : null);
/** Two digits are as fine as anybody moves a slider. */
const rounded = (value) => Number(value.toPrecision(2));
const inSeconds = (seconds) => (seconds < 1 ? `${rounded(seconds * 1000)}ms` : `${rounded(seconds)}s`);
const inBytes = (bytes) => (bytes < 1024 ? `${Math.round(bytes)}B/s` : `${Math.round(bytes / 1024)}KiB/s`);

/**
 * A scale: `least` and `most` place, the `place` of a value and back; `read` takes a setting, null where it is none of
 * this kind, `write` makes one of a value, `say` words.
 */
function growing(least, most, read, write) {
  const ratio = Math.log(most / least);
  return {
    least: 0,
    most: STEPS,
    place: (value) => (Math.log(Math.min(Math.max(value, least), most) / least) / ratio) * STEPS,
    value: (place) => least * Math.exp((place / STEPS) * ratio),
    read,
    write,
    say: (value) => write(value).replace(/\d(?=\D+$)/, "$& "),
  };
}

const same = (value) => value;
const COUNT = (least, most, say = String) =>
  ({ least, most, place: same, value: same, read: number, write: Math.round, say });
const DURATION = growing(0.01, 600, reading(UNITS), inSeconds);
const RATE = growing(64, 16 * 1024 ** 2, reading(BYTES), inBytes);
const SHARE = {
  least: 0,
  most: 100,
  place: (share) => Math.round(share * 100),
  value: (place) => place / 100,
  read: number,
  write: same,
  say: (share) => `${rounded(share * 100)} %`,
};

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
  ["In pieces", ["bandwidth", "chunks"], COUNT(2, 50)],
  ["Hangs for", ["hang"], DURATION],
  ["Down for", ["down"], DURATION],
  ["Down for", ["down", "for"], DURATION],
  ["Out of date by", ["stale"], DURATION],
  ["Sent of the body", ["truncate"], { ...SHARE, least: 1, most: 99 }],
  ["Requests allowed", ["rate_limit", "limit"], COUNT(0, 100)],
  ["In each", ["rate_limit", "window"], { ...DURATION, least: DURATION.place(1) }],
  ["Retry-After", ["retry_after"], COUNT(0, 120, (count) => `${count} s`)],
  ["One in", ["every"], COUNT(1, 20)],
  ["At most", ["times"], COUNT(1, 50, (count) => (count === 1 ? "once" : `${count} times`))],
];
/** What is one of several: the same with its choices. */
const CHOSEN = [
  ["Status", ["status"], STATUSES],
  ["Status", ["refuse"], STATUSES],
  ["Close code", ["close"], [1000, 1001, 1002, 1003, 1008, 1009, 1011, 1012, 1013, 4000, 4401, 4403]],
  ["What is wrong", ["malformed"], ["cut", "html", "nan", "bom", "trailing_comma", "chunk", "encoding", "garbage"]],
  ["Breaks off", ["reset"], ["connect", "head", "body"]],
];

const at = (settings, path) => path.reduce((value, step) => value?.[step], settings);

/** A merge patch (RFC 7396) of settings: lists are whole in it. */
function patchOf(settings, [key, inner], value) {
  if (inner === undefined) return { [key]: value };
  if (!Array.isArray(settings[key])) return { [key]: { [inner]: value } };
  return { [key]: settings[key].with(inner, value) };
}

const change = (fault, path, value) => tell("PATCH", fault.name, { body: patchOf(fault.settings, path, value) });

/** All that can be moved of a fault; a preset is whole, and has nothing. */
export function Sliders({ fault }) {
  const { settings } = fault;
  if (settings.preset !== undefined) return null;
  const chosen = CHOSEN.filter(([, path, choices]) => typeof at(settings, path) === typeof choices[0]);
  const moved = MOVABLE.map(([label, path, scale, usual]) => {
    const value = at(settings, path) ?? usual;
    return { label, path, scale, value: value === undefined ? null : scale.read(value) };
  });
  return html`<div class="sliders">
    ${chosen.map(
      ([label, path, choices]) =>
        html`<${Choice} key=${path.join(".")} fault=${fault} label=${label} path=${path} choices=${choices} />`,
    )}
    ${moved
      .filter(({ value }) => value !== null)
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
    await change(latest.current, path, scale.write(scale.value(sent)));
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
  const words = scale.say(place.value === null ? value : scale.value(place.value));
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
  const action = useAction((value) => change(fault, path, value));
  const all = choices.includes(now) ? choices : [now, ...choices];
  const choose = async ({ currentTarget }) => {
    const chosen = all.find((one) => String(one) === currentTarget.value);
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
