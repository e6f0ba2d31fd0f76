/**
 * The account of every event: what was published, by the control plane's word, and what arrived here, by the client's.
 *
 * The two are told over different connections, so nothing that breaks the one hides from the other. An event is missed
 * when the client has gone past its place without telling of it, no reload has made up for that, and it was for the user
 * of this page: the server's word is of all that happens, rows that only others may see included.
 */

import { batch, signal } from "../lib/html.js";

const MOST = 5_000; // more than a feed holds for those who come back
const LATEST = 60;
const NOTHING = {
  published: 0, delivered: 0, replayed: 0, duplicate: 0, missed: 0, waiting: 0, reloaded: 0, others: 0,
  attempts: 0, losses: 0, gaps: 0,
};

/**
 * `{published, delivered, replayed, duplicate, missed, waiting, reloaded, others, attempts, losses, gaps}`, where
 * `reloaded` came with a list and not by the feed, and `others` were not for the user of this page.
 */
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
let beganAt = 0; // the offset from which on is counted: what lies before it is not ours to be told
let latestAt = 0; // the last offset that was seen
let coveredTo = 0; // up to here, loading anew makes up for what was not told
let number = 0;
let isScheduled = false;

const offsetOf = (id) => Number(id.slice(id.indexOf(".") + 1));
const epochOf = (id) => id.slice(0, id.indexOf("."));

/** The last entries, the oldest first: for the drawing, which looks when it draws. */
export const lastEntries = (most) => [...entries.values()].slice(-most);

/** A list was loaded at a place of the feed. In another life of the feed everything is counted anew. */
export function beginAt(at) {
  if (epochOf(at) === epoch) return;
  epoch = epochOf(at);
  latestAt = coveredTo = offsetOf(at);
  clear();
}

/** Counts anew, from here on. */
export function clear() {
  beganAt = latestAt;
  entries = new Map();
  tally = { ...NOTHING };
  show();
}

/** The entry of an event; nothing where it is of another life of the feed, or was in the list already. */
function entryOf({ id, key = null }, text) {
  if (epochOf(id) !== epoch || offsetOf(id) <= beganAt) return null;
  let entry = entries.get(id);
  if (!entry) {
    entry = { id, key, text: "", publishedAt: null, deliveredAt: null, window: null, copies: 0 };
    Object.assign(entry, { wasUnheard: false, isReplayed: false, isJudged: false, isMissed: false, isReloaded: false });
    entries.set(id, entry);
    latestAt = Math.max(latestAt, offsetOf(id));
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

/** What was not told up to here can't be told any more, and is loaded anew. */
export function noteGap(at) {
  beginAt(at);
  tally.gaps += 1;
  coveredTo = Math.max(coveredTo, offsetOf(at));
  show();
}

/** The client is past this place: what lies before it and was not told is missed, if it `isForUs(key)`. */
export function settle(at, isForUs) {
  if (!at.includes(".") || epochOf(at) !== epoch) return;
  let waiting = 0;
  for (const entry of entries.values()) {
    const { deliveredAt, isMissed, isReloaded, isJudged } = entry;
    const offset = offsetOf(entry.id);
    if (deliveredAt || isReloaded) continue;
    if (offset <= coveredTo) cover(entry);
    else if (!isMissed) waiting += 1;
    if (!entry.isReloaded && !isJudged && offset <= offsetOf(at)) judge(entry, isForUs);
  }
  if (waiting !== tally.waiting) {
    tally.waiting = waiting;
    show();
  }
}

function cover(entry) {
  if (entry.isMissed) tally.missed -= 1;
  Object.assign(entry, { isMissed: false, isReloaded: true });
  tally.reloaded += 1;
  show();
}

/** Finds out whether an event was for us, and so missed; where there is no answer, another time. */
async function judge(entry, isForUs) {
  entry.isJudged = true;
  const isOurs = await isForUs(entry.key).catch(() => null);
  entry.isJudged = isOurs !== null;
  if (isOurs === null || entry.deliveredAt || entry.isReloaded || entries.get(entry.id) !== entry) return;
  tally.waiting -= 1; // as which it was counted until now
  if (isOurs) {
    entry.isMissed = true;
    tally.missed += 1;
  } else {
    entries.delete(entry.id);
    tally.published -= 1;
    tally.others += 1;
  }
  show();
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
      latest.value = lastEntries(LATEST).reverse().map((entry) => ({ ...entry }));
    });
  }, 60);
}
