/**
 * The account of every event: what was published, by the control plane's word, and what arrived here, by the client's.
 *
 * The two are told over different connections, so nothing that breaks the one hides from the other. An event is missed
 * when the client has gone past its place without telling of it, and no reload has made up for that.
 */

import { batch, signal } from "../lib/html.js";

const MOST = 1_000;
const LATEST = 60;
const NOTHING = {
  published: 0, delivered: 0, replayed: 0, duplicate: 0, missed: 0, waiting: 0, attempts: 0, losses: 0, gaps: 0,
};

/** `{published, delivered, replayed, duplicate, missed, waiting, attempts, losses, gaps}` */
export const counts = signal(NOTHING);
/** The latest events, the newest first: `{id, text, publishedAt, deliveredAt, window, isReplayed, copies, …}`. */
export const latest = signal([]);
/** What happened to the connection, the newest first: `{number, at, tone, text}`. */
export const happenings = signal([]);
/** Times of the connection for the drawing: `{at, tone}`, the oldest first. */
export const stretches = [];

let entries = new Map();
let tally = { ...NOTHING };
let epoch = "";
let beganAt = 0; // the offset that was loaded first: what lies before it is not ours to be told
let coveredTo = 0; // up to here, loading anew has made up for what was not told
let number = 0;
let isScheduled = false;

const offsetOf = (id) => Number(id.slice(id.indexOf(".") + 1));
const epochOf = (id) => id.slice(0, id.indexOf("."));

/** All entries, the oldest first: for the drawing, which looks when it draws. */
export const allEntries = () => [...entries.values()];

/** A list was loaded at a place of the feed. In another life of the feed everything is counted anew. */
export function beginAt(at) {
  if (epochOf(at) === epoch) return;
  epoch = epochOf(at);
  beganAt = coveredTo = offsetOf(at);
  clear();
}

/** Counts anew. */
export function clear() {
  entries = new Map();
  tally = { ...NOTHING };
  show();
}

/** The entry of an event; nothing where it is of another life of the feed, or was in the list already. */
function entryOf({ id }, text) {
  if (epochOf(id) !== epoch || offsetOf(id) <= beganAt) return null;
  let entry = entries.get(id);
  if (!entry) {
    entry = { id, text: "", publishedAt: null, deliveredAt: null, window: null, copies: 0 };
    Object.assign(entry, { wasUnheard: false, isReplayed: false, isMissed: false });
    entries.set(id, entry);
    tally.published += 1;
    if (entries.size > MOST) entries.delete(entries.keys().next().value);
  }
  entry.text ||= text;
  return entry;
}

/** The server has published an event; `isHeard` says whether anybody here was listening then. */
export function notePublished(event, text, isHeard) {
  const entry = entryOf(event, text);
  if (!entry || entry.publishedAt) return;
  entry.publishedAt = Date.now();
  entry.wasUnheard = !isHeard && !entry.deliveredAt;
  show();
}

/** An event came over the wire, whether the client tells it or not. */
export function noteFrame(frame) {
  const entry = entryOf(frame, "");
  if (!entry) return;
  entry.copies += 1;
  if (entry.copies > 1) tally.duplicate += 1;
  show();
}

/** The client has told an event. */
export function noteDelivered(event, text, window) {
  const entry = entryOf(event, text);
  if (!entry) return;
  Object.assign(entry, { deliveredAt: Date.now(), window, isReplayed: entry.wasUnheard });
  tally.delivered += 1;
  if (entry.isReplayed) tally.replayed += 1;
  if (entry.isMissed) tally.missed -= 1;
  entry.isMissed = false;
  show();
}

/** What was not told up to here was made up for by loading anew. */
export function noteReloaded(at) {
  tally.gaps += 1;
  if (epochOf(at) === epoch) coveredTo = Math.max(coveredTo, offsetOf(at));
  show();
}

/** The client is past this place: what lies before it and was not told is missed. */
export function settle(at) {
  if (!at.includes(".") || epochOf(at) !== epoch) return;
  let waiting = 0;
  for (const entry of entries.values()) {
    if (entry.deliveredAt || entry.isMissed || offsetOf(entry.id) <= coveredTo) continue;
    if (offsetOf(entry.id) > offsetOf(at)) waiting += 1;
    else {
      entry.isMissed = true;
      tally.missed += 1;
    }
  }
  if (waiting !== tally.waiting || counts.peek().missed !== tally.missed) {
    tally.waiting = waiting;
    show();
  }
}

/** Something happened to the connection. */
export function noteHappening(tone, text, counter) {
  if (counter) tally[counter] += 1;
  number += 1;
  happenings.value = [{ number, at: Date.now(), tone, text }, ...happenings.peek()].slice(0, LATEST);
  show();
}

/** From now on the connection is in a state with this tone. */
export function noteStretch(tone) {
  if (stretches.at(-1)?.tone === tone) return;
  stretches.push({ at: Date.now(), tone });
  if (stretches.length > LATEST * 4) stretches.shift();
}

/** However much happens, the page is told of it once a frame at most. */
function show() {
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    batch(() => {
      counts.value = { ...tally };
      latest.value = allEntries().slice(-LATEST).reverse().map((entry) => ({ ...entry }));
    });
  }, 60);
}
