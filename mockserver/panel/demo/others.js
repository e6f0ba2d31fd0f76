/** Somebody else: changes that do not come from this page. They go past the API and its faults: nothing stops them. */

import { ask } from "../lib/control.js";
import { signal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { documents, view } from "./documents.js";
import { ambush, writes } from "./outbox.js";
import { pace } from "./pace.js";

/** Whether somebody else changes something every second. */
export const hasTraffic = signal(false);
/** Whether somebody else is to be faster the next time that something is changed here. */
export const isAmbushed = signal(false);

let timer;

/** Somebody else changes a document, any that nobody here is about to change. Throws `Refused`. */
export async function changeSomething() {
  const mine = new Set(writes.peek().map((one) => one.key));
  const free = [...documents.peek().keys()].filter((key) => !mine.has(key));
  if (free.length > 0) await changeOne(free[Math.floor(Math.random() * free.length)]);
}

/** Somebody else changes this one. Throws `Refused`. */
async function changeOne(key, changes = inventChange(documents.peek().get(key) ?? {})) {
  const { shape } = view.peek();
  const path = `/api/data/${encodeURIComponent(shape.name)}/${encodeURIComponent(key)}`;
  await ask("PATCH", path, { query: { sandbox: sandbox.peek() }, body: changes });
}

/** Another column, or else another title. */
function inventChange(document) {
  const { shape, column } = view.peek();
  if (column) {
    const others = column.values.filter((value) => value !== document[column.name]);
    return { [column.name]: others[Math.floor(Math.random() * others.length)] };
  }
  const title = shape.title?.name;
  return title ? { [title]: `${String(document[title] ?? "").replace(/ \(\d+\)$/, "")} (${Date.now() % 1_000})` } : {};
}

/** Begins or ends the traffic. */
export function setTraffic(isOn) {
  clearInterval(timer);
  hasTraffic.value = isOn;
  // One that a rule refuses is left out: somebody else's mistakes are not shown here.
  if (isOn) timer = setInterval(() => changeSomething().catch(() => {}), pace.trafficMs);
}

/** Has somebody else be faster than the next change that is made here. */
export function setAmbush(isOn) {
  isAmbushed.value = isOn;
  ambush.value = isOn ? spring : null;
}

async function spring({ key, changes }) {
  setAmbush(false);
  const title = view.peek().shape.title?.name;
  // Both change the same member where that can be: then there is something to decide.
  const theirs = title in changes ? { [title]: `${changes[title]}, says somebody else` } : undefined;
  await changeOne(key, theirs).catch(() => {});
}
