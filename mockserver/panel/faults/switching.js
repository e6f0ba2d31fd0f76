/** Switching faults: for how long that is chosen once for all of them, and what is then asked of the server. */

import { ask } from "../lib/control.js";
import { signal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { faults } from "../lib/state.js";

/** A time as the server reads it, and in words; `times` is a number of matches in place of a time. */
export const SPANS = {
  "30s": "30 s",
  "5m": "5 min",
  "15m": "15 min",
  "24h": "until switched off",
  times: "the next",
};
export const span = signal("15m");
export const times = signal(3);

const pathOf = (name) => `/api/faults/${encodeURIComponent(name)}`;

/** Has the server do something to the fault of a name, and shows what came of it. */
export async function tell(method, name, body) {
  await ask(method, pathOf(name), { query: { sandbox: sandbox.peek() }, body });
  await faults.reload();
}

/** Whether a fault has acted as often as it may: it is on, and does nothing more. */
export function isSpent({ settings, fired, effects }) {
  return settings.times !== undefined && fired >= settings.times * effects.length;
}

/** Switches a fault on, or a preset, for as long as is chosen; a spent one begins anew. */
export async function switchOn(name) {
  const counts = span.peek() === "times";
  const fault = (faults.value.peek() ?? []).find((one) => one.name === name);
  if (fault && (counts || isSpent(fault))) await restart(name);
  await tell("PATCH", name, counts ? { enabled: true, times: times.peek() } : { enabled: true, ttl: span.peek() });
}

export const switchOff = (name) => tell("PATCH", name, { enabled: false });

export const remove = (name) => tell("DELETE", name);

/** Has it count from the beginning: its next match is its first. */
export async function restart(name) {
  await ask("POST", `${pathOf(name)}/restart`, { query: { sandbox: sandbox.peek() }, body: {} });
  await faults.reload();
}
