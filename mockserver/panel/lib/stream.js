/**
 * Everything that happens on the server, as it happens: one connection a page, however many listen.
 *
 * Nothing is kept for those who come back, so whoever shows a state loads it again when `rejoined` grows. Events that
 * come together are told together, once a frame at most, so that a busy server does not keep the page busy.
 */

import { effect, signal } from "@preact/signals";
import { headers, isLocked, token } from "./control.js";

/** `"connecting" | "live" | "lost"` */
export const connection = signal("connecting");
/** How often the stream has begun: what was loaded before is then to be loaded again. */
export const rejoined = signal(0);

const RETRY_MS = [500, 10_000];
const AT_ONCE = 500; // messages; of more only the last can be shown
const listeners = new Map();
let waiting = [];
let isScheduled = false;

/**
 * Has a function called with the events of a kind that came since it was last called, `[{sandbox, …}, …]`; the kinds are
 * `request fault socket event sandbox scenario say definition clock snapshot journal`. Gives back how to stop that.
 */
export function listen(kind, listener) {
  if (!listeners.has(kind)) listeners.set(kind, new Set());
  listeners.get(kind).add(listener);
  return () => listeners.get(kind).delete(listener);
}

function hear(kind, text) {
  if (kind === "hello" || kind === "dropped") {
    connection.value = "live";
    rejoined.value += 1; // what this page could not follow is loaded, too
  } else if (listeners.get(kind)?.size) {
    waiting.push([kind, text]);
    if (!isScheduled) {
      isScheduled = true;
      // A hidden tab has no frames, and is not to keep what nobody has shown for ever.
      if (document.hidden) setTimeout(tell, 250);
      else requestAnimationFrame(tell);
    }
  }
}

function tell() {
  isScheduled = false;
  const came = new Map();
  for (const [kind, text] of waiting) came.get(kind)?.push(text) ?? came.set(kind, [text]);
  waiting = [];
  for (const [kind, texts] of came) {
    const told = texts.map((text) => JSON.parse(text));
    for (const listener of listeners.get(kind) ?? []) listener(told);
  }
}

/**
 * Has a function called with what is said on one socket from now on, some messages at a time: `[{direction, kind, text,
 * bytes, at}, …]`. It has a connection of its own, so that nobody else is told of it; `note` is told of its state, and of
 * how many messages were left out. Gives back how to stop that.
 */
export function overhear(socket, listener, note = {}) {
  const stop = new AbortController();
  let came = [];
  let restMs = 50;
  const pass = () => {
    const told = came.slice(-AT_ONCE);
    if (came.length > AT_ONCE) note.dropped?.(came.length - AT_ONCE);
    came = [];
    restMs = Math.max(50, 2 * told.length); // showing them takes time, and a flood is not to take all of it
    listener(told.map((text) => JSON.parse(text)));
  };
  const hearFrame = (kind, text) => {
    if (kind === "hello") note.live?.();
    else if (kind === "dropped") note.dropped?.(JSON.parse(text).dropped);
    else if (kind === "frame" && came.push(text) === 1) setTimeout(pass, restMs);
  };
  const query = new URLSearchParams({ events: "frame", socket });
  attend(`/api/stream?${query}`, { hear: hearFrame, lost: () => note.lost?.() }, stop.signal);
  return () => stop.abort();
}

/** Follows a stream until it is to stop. A browser's own EventSource can't say a token. */
async function attend(path, { hear: told, lost }, stop) {
  let attempts = 0;
  const heard = (kind, text) => {
    if (kind === "hello") attempts = 0;
    if (!stop.aborted) told(kind, text);
  };
  while (!stop.aborted) {
    const abort = new AbortController();
    const end = () => abort.abort();
    stop.addEventListener("abort", end);
    let silence;
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(end, 25_000); // it beats every ten seconds
    };
    try {
      wait();
      const response = await fetch(path, { headers: headers(), signal: abort.signal, cache: "no-store" });
      if (response.status === 401) isLocked.value = true;
      if (response.ok) await read(response.body.getReader(), wait, heard);
    } catch {
      // It is lost, however that came.
    }
    clearTimeout(silence);
    stop.removeEventListener("abort", end);
    end();
    if (stop.aborted) return;
    lost();
    if (isLocked.value) await unlocked();
    await new Promise((done) => setTimeout(done, Math.min(RETRY_MS[1], RETRY_MS[0] * 2 ** attempts++)));
  }
}

async function read(reader, wait, heard) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    wait();
    const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      // Split at the one end of a line that the server writes: a text may hold what JavaScript takes for others.
      const { event, data } = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      if (event && data) heard(event, data);
    }
  }
}

function unlocked() {
  return new Promise((done) => {
    const stop = effect(() => {
      if (token.value && !isLocked.value) queueMicrotask(() => (stop(), done()));
    });
  });
}

attend("/api/stream", { hear, lost: () => (connection.value = "lost") }, new AbortController().signal);
