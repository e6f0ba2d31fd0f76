/** One step of a script: when, what it says, and what it changes. */

import { html } from "../lib/html.js";
import { address } from "../lib/route.js";

/** Seconds as on a stopwatch: `0:07`, `12:30`, `1:00:00`. */
export function clockOf(seconds) {
  const whole = Math.floor(seconds + 1e-6);
  const pad = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${pad(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
}

const WORDS = { past: "done", next: "next", coming: "to come" };

/** `state` is one of `past next coming`, or nothing where no script plays; `note` stands at its end. */
export function Step({ step, state = "", note = "" }) {
  return html`<li class=${`step ${state}`}>
    <span class="time">${clockOf(step.at_s)}</span>
    <span class="what">
      ${step.say && html`<span class="say">${step.say}</span>`}
      ${step.faults && html`<${FaultNames} names=${step.faults} />`}
      ${"user" in step && html`<span class="soft">${step.user === null ? "nobody is logged in" : `as ${step.user}`}</span>`}
      ${step.publish && html`<span class="soft">publishes <code>${step.publish.topic}</code></span>`}
    </span>
    ${state && html`<span class="note soft">${note || WORDS[state]}</span>`}
  </li>`;
}

/** The faults that are on, each a link to where they are switched. */
export function FaultNames({ names }) {
  if (names.length === 0) return html`<span class="badge ok">no faults</span>`;
  return names.map((name) => html`<a key=${name} class="badge bad" href=${address("faults")}>${name}</a>`);
}
