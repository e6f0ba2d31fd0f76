/** The line to the feed: the reference client, followed and put into words. */

import { connect } from "../client.js";
import { computed, signal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { listen } from "../lib/stream.js";
import { tick } from "../lib/ui.js";
import { addressOf, callApi, identity, renew } from "./api.js";
import { apply, documents, load, recall, remember, view } from "./documents.js";
import {
  beginAt, noteDelivered, noteFrame, noteGap, noteHappening, notePublished, noteStretch, settle,
} from "./ledger.js";
import { recognise, sendNow } from "./outbox.js";
import { pace, pauseBefore } from "./pace.js";
import { nameOf } from "./shape.js";
import { watchWire } from "./wire.js";

/** `{state, transport, code, reason, retryAt}` */
export const line = signal({ state: "loading", transport: null });
/** When the server was last heard: until then, what is shown was all there is. */
export const upToDateAt = signal(null);
/** Why the board could not be loaded. */
export const trouble = signal("");

export const WINDOWS = { ws: "WebSocket", sse: "server-sent events", longpoll: "long poll", poll: "poll" };
const LIVE = {
  ws: ["live", "Live"],
  sse: ["sse", "Server-sent"],
  longpoll: ["longpoll", "Long poll"],
  poll: ["poll", "Polling"],
};

/** The path of the feed. */
export const feedPath = signal("");

let feed;
let turn = 0; // grows with every board that is followed: what an earlier one still tells is not heard
let beatMs = 10_000; // how often the server says that it is there
let lostAt = null;
let isLadderDown = false; // since the line was lost, the last rung was tried in vain too
let hasRenewed = false; // since the line was lost, the login was renewed

const isNow = (mine) => mine === turn;

/** Loads the board and follows its feed; in place of what was followed before. */
export async function follow() {
  turn += 1;
  feed?.close();
  const mine = turn;
  line.value = { state: "loading", transport: null };
  upToDateAt.value = recall(view.peek().shape);
  const at = await loadUntilThere(mine);
  if (!isNow(mine)) return;
  beginAt(at);
  open(at);
}

/** Loads, again and again, until there is a board; gives its place in the feed. */
async function loadUntilThere(mine) {
  for (let tries = 0; isNow(mine); tries += 1) {
    try {
      const at = await load(view.peek().shape);
      trouble.value = "";
      upToDateAt.value = Date.now();
      return at;
    } catch (error) {
      trouble.value = error.message;
    }
    await new Promise((done) => setTimeout(done, pauseBefore(tries)));
  }
  return "now";
}

function open(since) {
  const mine = turn;
  const heard = (act) => (word) => isNow(mine) && act(word);
  feed = connect(addressOf(feedPath.peek()), {
    ...pace.feed,
    ...watchWire(heard(hearWire)),
    headers: identity.value.headers,
    credentials: identity.value.credentials,
    topics: [view.peek().shape.name],
    since,
    onEvent: heard(hearEvent),
    onGap: heard(hearGap),
    onState: heard(hearState),
  });
}

/** Tries at once, instead of waiting for the next attempt. */
export function reconnect() {
  hasRenewed = false;
  reopen();
}

function reopen() {
  const since = feed.at;
  turn += 1;
  feed.close();
  open(since);
}

function hearEvent(event) {
  const window = feed.transport;
  recognise(event);
  apply(event);
  noteDelivered(event, tell(event), window);
}

function hearGap({ at, reason }) {
  const why = reason === "epoch" ? "The feed began anew" : `Gap (${reason}): what was missed can't be had any more`;
  noteGap(at);
  noteHappening("warn", `${why}, so all is loaded again`);
  return loadUntilThere(turn);
}

/** A login has ended: one more, once. */
async function logInAgain() {
  const mine = turn;
  hasRenewed = true;
  if ((await renew()) && isNow(mine)) reopen();
}

function hearState({ state, transport, code, reason, retryMs }) {
  const retryAt = retryMs === undefined ? null : Date.now() + retryMs;
  const was = line.peek();
  line.value = { state, transport, code, reason, retryAt };
  if (state === "live") {
    lostAt = null;
    isLadderDown = hasRenewed = false;
    if (was.state !== "live" || was.transport !== transport) noteHappening("ok", `Connected by ${WINDOWS[transport]}`);
    sendNow();
  } else {
    lostAt ??= Date.now();
    // The wire says nothing of that: the client itself gives up what is open and silent.
    if (reason === "silent") noteHappening("bad", "Silent for too long: given up as dead", "losses");
    if ([401, 4401].includes(code) && state === "stopped" && !hasRenewed) logInAgain();
  }
  noteStretch(wording.peek().tone);
}

function hearWire({ what, window, code, reason, frame }) {
  if (what === "frame" || what === "word") {
    upToDateAt.value = Date.now();
    if (frame.method === "/sys/hello") beatMs = frame.data.heartbeat_ms;
    if (what === "frame") noteFrame(frame);
  } else if (what === "attempt") {
    const isLive = line.peek().state === "live";
    noteHappening("off", `${isLive ? "Looks for" : "Tries"} ${WINDOWS[window]}`, "attempts");
  } else if (what === "damaged") {
    noteHappening("bad", `A damaged message by ${WINDOWS[window]}`);
  } else {
    if (window === "poll") isLadderDown = true;
    noteHappening("bad", `${WINDOWS[window]}: ${[code, reason].filter(Boolean).join(" ") || "lost"}`, "losses");
    // The client may have decided already; what it decided is to be worded anew.
    line.value = { ...line.peek() };
  }
}

/** What has become of a document, in one line. */
function tell({ action, key, data, message }) {
  if (!action) return message ?? "something was said";
  const { shape, column } = view.peek();
  const name = data && typeof data === "object" ? nameOf(data, shape) : String(key);
  const place = column && action !== "deleted" ? ` (${data[column.name]})` : "";
  return `${name}${place} ${action}`;
}

/** How it stands in words: `{tone, word, more}`. */
export const wording = computed(() => {
  tick.value; // counts down
  const { state, transport, code, reason, retryAt } = line.value;
  if (state === "loading" && trouble.value) {
    const since = upToDateAt.value ? `data from ${clock(upToDateAt.value)}` : "nothing loaded yet";
    return { tone: "offline", word: `Offline, ${since}`, more: trouble.value };
  }
  if (state === "loading") return { tone: "wait", word: "Loading …", more: "" };
  if (state === "stopped") return { tone: "offline", word: "Stopped", more: [code, reason].filter(Boolean).join(" ") };
  if (state === "live") return { tone: LIVE[transport][0], word: LIVE[transport][1], more: wordSilence(transport) };
  const left = retryAt === null ? 0 : Math.ceil((retryAt - Date.now()) / 1_000);
  const isLong = lostAt !== null && Date.now() - lostAt >= pace.offlineMs;
  if (upToDateAt.value && (isLadderDown || isLong || !navigator.onLine)) {
    const more = left > 0 ? `trying again in ${left} s` : "trying again …";
    return { tone: "offline", word: `Offline, data from ${clock(upToDateAt.value)}`, more };
  }
  if (lostAt === null || !upToDateAt.value) return { tone: "wait", word: "Connecting …", more: "" };
  return { tone: "wait", word: left > 0 ? `Reconnecting in ${left} s` : "Reconnecting …", more: "" };
});

/** How long nothing was heard where something should have been: what is open may be dead. */
function wordSilence(transport) {
  if (trouble.value) return `loading again: ${trouble.value}`;
  const silentMs = Date.now() - upToDateAt.value;
  const isTooLong = ["ws", "sse"].includes(transport) && silentMs > beatMs * 1.3;
  return isTooLong ? `silent for ${Math.round(silentMs / 1_000)} s` : "";
}

const clock = (at) => new Date(at).toTimeString().slice(0, 5);

/** Whether an event of a document was for the user of this page. Throws `NoAnswer`. */
async function isForUs(key) {
  if (key === null || !identity.peek().name || documents.peek().has(String(key))) return true;
  const { isRefused } = await callApi("GET", `${view.peek().shape.path}/${encodeURIComponent(key)}`);
  return !isRefused;
}

/** Listens to what the server says of itself: what it has published, whoever hears it. */
export function watchServer() {
  listen("event", (events) => {
    const ours = events.filter((one) => one.sandbox === sandbox.peek() && one.topic === view.peek().shape?.name);
    const isHeard = line.peek().state === "live";
    for (const event of ours) notePublished({ id: event.cursor, key: event.key }, tell(event), isHeard);
  });
  setInterval(() => {
    settle(feed?.at ?? "now", isForUs);
    noteStretch(wording.peek().tone);
  }, 250);
  addEventListener("pagehide", () => upToDateAt.peek() && remember(view.peek().shape, upToDateAt.peek()));
  addEventListener("online", () => line.peek().state === "connecting" && reconnect());
}
