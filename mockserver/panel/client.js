/**
 * Follows a feed of changes whatever the network allows: over a WebSocket, else server-sent events, else long polling,
 * else polling, and back up as soon as a better way works again. All of them give the same events with the same ids, so
 * the place reached (`at`) is all that has to be carried from one connection to the next.
 *
 * Runs unchanged in browsers and in Node.js from 22 on. It is written to be read, and to be copied.
 *
 *     import { connect } from "./client.js";
 *
 *     // Load first, then follow from where the data was: nothing falls between the two.
 *     const answer = await fetch("http://localhost:8000/v1/zoos");
 *     show(await answer.json());
 *     const feed = connect("http://localhost:8000/v1/events", {
 *       topics: ["zoos"],
 *       since: answer.headers.get("X-Mock-At"),
 *       onEvent: ({ action, key, data }) => apply(action, key, data),
 *       onGap: () => reload(), // what was missed can't be had any more: load again what is shown
 *       onState: ({ state, transport }) => showConnection(state, transport),
 *     });
 *     const { status, data } = await feed.send("PATCH /v1/zoos/1", { city: "Oslo" });
 */

/** The rungs of the ladder, the best first; after so many losses within `lossWindowMs` the next one is taken. */
const LADDER = [
  { name: "ws", losses: 2, open: openSocket, needs: "WebSocket" },
  { name: "sse", losses: 2, open: openEventStream, needs: "EventSource" },
  { name: "longpoll", losses: 3, open: (link, options) => openPolling(link, options, options.holdMs), needs: "fetch" },
  { name: "poll", losses: Infinity, open: (link, options) => openPolling(link, options, 0), needs: "fetch" },
];

/** What `connect` does unless told otherwise; times in milliseconds. */
export const DEFAULTS = {
  topics: [], // all
  since: "now",
  helloMs: 2_500, // a rung without a first word by then does not work here
  deadAfterMs: 18_000, // the silence after which a connection is dead; unless given, the server's hello says it
  holdMs: 20_000, // how long the server may hold a long poll
  lossWindowMs: 30_000,
  probeMs: 30_000, // how often the better rungs are tried again
  healthyMs: 5_000, // a connection that stood for so long starts the backoff anew
  backoffMs: [500, 30_000], // the first and the longest pause before coming back, of which a random share is taken
};

/** Whether a close code, or the status of a poll, says that coming back is no use. 1006 and all others don't. */
const isFinal = (code) => [401, 403, 1000, 1008, 4401, 4403].includes(code) || code >= 4500;

/** What the status of an answer by REST is in a frame; of other errors it is 1. */
const STATUS = { 401: -1, 403: 3, 412: 2, 422: 2, 428: 2 };

/**
 * Follows the feed at `url` until `close()`.
 *
 * @param {string} url the feed's own address, like `http://localhost:8000/v1/events`
 * @param {object} [given] any of `DEFAULTS`, and:
 * @param {string[]} [given.topics] the topics wanted
 * @param {string} [given.since] an event's id or an answer's `X-Mock-At`; `"now"` or `"start"`
 * @param {(event: object) => void} [given.onEvent] each event once, in order: `{id, topic, action, resource, key, …}`
 * @param {(gap: object) => void} [given.onGap] events are lost, load again: `{reason, asked, at, refetch}`
 * @param {(now: object) => void} [given.onState] `{state: "connecting" | "live" | "stopped", transport, code, reason}`;
 *   while connecting `retryMs` is the pause until the next attempt
 * @param {object} [given.headers] for requests by `fetch`; in browsers, sockets and event streams can't have any
 * @param {string} [given.credentials] as `fetch` has it: `"include"` sends cookies to another origin too
 * @param {Function} [given.WebSocket] in place of the global one, as `EventSource` and `fetch`; where there is none,
 *   like `EventSource` in Node.js, its rung is left out
 * @returns {{send: (method: string, data?: any) => Promise<object>, close: () => void, at: string, transport: ?string}}
 */
export function connect(url, given = {}) {
  const { WebSocket, EventSource, fetch } = globalThis;
  const options = { WebSocket, EventSource, fetch, ...DEFAULTS, ...given };
  const base = new URL(url, globalThis.location?.href);
  const ladder = LADDER.filter(({ needs }) => options[needs]);
  const commands = new Map(); // those without an answer yet, by tag
  let at = options.since ?? "now"; // the last event told, or where the feed was
  let rung = 0;
  let link; // the connection whose events are told
  let probe; // one to a better rung, until it speaks
  let losses = []; // when connections of this rung were lost
  let attempts = 0; // since a connection was healthy
  let tags = 0;
  let isStopped = false;
  let retryTimer, probeTimer;

  function open(on) {
    const one = { ...ladder[on], on, deadAfterMs: options.deadAfterMs, isLive: false, isOver: false, close() {} };
    one.address = (path, more) => addressOf(base, path, { topics: options.topics.join(), since: at, ...more });
    one.hear = (frame) => one.isOver || hear(one, frame);
    one.lose = (why) => one.isOver || lose(one, why);
    one.wait = (ms, then) => {
      clearTimeout(one.timer);
      if (!one.isOver) one.timer = setTimeout(then, ms);
    };
    // A rung that never says a word, or an event stream that some proxy keeps to itself, is not tried a second time.
    const isHopeless = () => !one.isLive || one.name === "sse";
    one.expect = (ms) => one.wait(ms, () => one.lose({ reason: "silent", isHopeless: isHopeless() }));
    one.expect(options.helloMs);
    try {
      one.close = one.open(one, options);
    } catch (error) {
      one.wait(0, () => one.lose({ reason: error.message, isHopeless: true }));
    }
    return one;
  }

  function end(one) {
    if (!one || one.isOver) return;
    one.isOver = true; // from now on nothing it says is heard
    clearTimeout(one.timer);
    one.close();
  }

  function hear(one, frame) {
    const { method, id, data, websocketTag } = frame;
    if (method === "/sys/hello") {
      one.deadAfterMs = given.deadAfterMs ?? data.dead_after_ms ?? options.deadAfterMs;
      if (at === "now") at = data.at;
      rise(one);
    } else if (method === "/sys/ping") {
      if (isAfter(data.at, at)) at = data.at; // what there was for us up to here has all been told
    } else if (method === "/sys/gap") {
      at = data.at;
      tell(options.onGap, data);
    } else if (method === "/sys/bye") {
      one.retryMs = data.retry_ms;
      if (!data.reconnect) stop({ reason: frame.message });
    } else if (commands.has(websocketTag)) {
      commands.get(websocketTag).resolve(frame);
      commands.delete(websocketTag);
    } else if (id && isAfter(id, at)) {
      at = id;
      tell(options.onEvent, frame);
    }
    one.expect(one.deadAfterMs);
  }

  /** A connection says its first word. A probe goes on where the other connection was, which is let go. */
  function rise(one) {
    one.isLive = true;
    one.bornAt = Date.now();
    if (one === probe) {
      end(link);
      clearTimeout(retryTimer);
      [link, probe, rung, losses] = [one, null, one.on, []];
      climb(rung);
    }
    show({ state: "live" });
  }

  /** A connection is lost, or could not be made: it is made anew after a while, or the next rung is taken at once. */
  function lose(one, { code, reason, isHopeless = false, retryMs = one.retryMs ?? 0 }) {
    end(one);
    if (one === probe) {
      probe = null;
      return climb(one.on + 1);
    }
    failCommands();
    if (isFinal(code)) return stop({ code, reason });
    const now = Date.now();
    if (one.isLive && now - one.bornAt >= options.healthyMs) attempts = 0;
    losses = [...losses.filter((then) => now - then < options.lossWindowMs), now];
    if ((isHopeless || losses.length >= one.losses) && rung < ladder.length - 1) {
      rung += 1;
      losses = [];
      if (!probe) climb(rung);
    } else {
      const [first, longest] = options.backoffMs;
      retryMs += Math.random() * Math.min(longest, first * 2 ** attempts++);
    }
    show({ state: "connecting", code, reason, retryMs });
    retryTimer = setTimeout(() => (link = open(rung)), retryMs);
  }

  /** Tries the rungs above ours, beginning with `on`; when all was in vain, again after a while. */
  function climb(on) {
    clearTimeout(probeTimer);
    if (on < rung) probe = open(on);
    else if (rung > 0) probeTimer = setTimeout(climb, options.probeMs, 0);
  }

  function stop(why) {
    if (isStopped) return;
    isStopped = true;
    [retryTimer, probeTimer].forEach(clearTimeout);
    [link, probe].forEach(end);
    failCommands();
    show({ state: "stopped", ...why });
  }

  function failCommands() {
    const error = new Error("The connection was lost before the answer; whether it was done is not known.");
    for (const { reject } of commands.values()) reject(error);
    commands.clear();
  }

  const transport = () => (link?.isLive && !link.isOver ? link.name : null);
  const show = (now) => tell(options.onState, { transport: transport(), ...now });
  show({ state: "connecting" });
  link = open(rung);

  return {
    /** Sends a request, as a command over the socket or else by REST: `{status, message, data}`, where 0 is success. */
    send(method, data) {
      if (transport() !== "ws") return askByRest(base, options, method, data);
      const websocketTag = String(++tags);
      return new Promise((resolve, reject) => {
        commands.set(websocketTag, { resolve, reject });
        link.post({ method, data, websocketTag });
      });
    },
    close: () => stop({ code: 1000, reason: "closed by the application" }),
    get at() {
      return at;
    },
    get transport() {
      return transport();
    },
  };
}

/** Whether an event comes after a place in the feed. Ids are `<epoch>.<offset>`; another epoch is another feed. */
function isAfter(id, place) {
  const [[epoch, offset], [placeEpoch, placeOffset]] = [id.split("."), place.split(".")];
  return epoch !== placeEpoch || Number(offset) > Number(placeOffset);
}

/** An error of the application's callback surfaces as one of its own; the feed goes on. */
function tell(callback, word) {
  try {
    callback?.(word);
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

function addressOf(base, path, query) {
  const address = new URL(base.pathname + path + base.search, base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value != null) address.searchParams.set(name, value);
  }
  return address.href;
}

// How each rung opens a connection and tells the link what it hears; each gives back how to let the connection go.

function openSocket(link, { WebSocket }) {
  const socket = new WebSocket(link.address("/ws").replace("http", "ws"));
  socket.onmessage = ({ data }) => read(link, data);
  socket.onclose = ({ code, reason }) => link.lose({ code, reason });
  socket.onerror = () => {}; // onclose follows
  link.post = (frame) => socket.send(JSON.stringify(frame));
  return () => socket.close(1000); // of a dead connection a browser tells the end after a minute: nobody waits for it
}

function openEventStream(link, { EventSource, credentials }) {
  const source = new EventSource(link.address("/sse"), { withCredentials: credentials === "include" });
  source.onmessage = ({ data }) => read(link, data);
  source.addEventListener("sys", source.onmessage);
  // It would come back by itself, though always after the same time; closed (2) means that it does not.
  source.onerror = () => link.lose({ reason: "error", isHopeless: source.readyState === 2 });
  return () => source.close();
}

/** A message that is no JSON was damaged on its way: over the next connection it comes again. */
function read(link, text) {
  let frame;
  try {
    frame = JSON.parse(text);
  } catch (error) {
    return link.lose({ reason: error.message });
  }
  link.hear(frame);
}

/** The first long poll is a short one: it says soon that this way works, on a feed where nothing happens too. */
const FIRST_HOLD_MS = 1_000;

function openPolling(link, { fetch, headers, credentials, helloMs }, longestMs) {
  const abort = new AbortController();
  async function ask() {
    const holdMs = link.isLive ? longestMs : Math.min(longestMs, FIRST_HOLD_MS);
    link.expect(holdMs + helloMs);
    try {
      const target = link.address("", { wait: holdMs / 1000 || null });
      const answer = await fetch(target, { headers, credentials, cache: "no-store", signal: abort.signal });
      if (answer.ok) return link.isOver || answered(await answer.json());
      const retryMs = Number(answer.headers.get("Retry-After")) * 1000 || 0;
      link.lose({ code: answer.status, reason: answer.statusText, retryMs });
    } catch (error) {
      link.lose({ reason: error.message });
    }
  }
  /** Tells an answer as a socket would have told it. */
  function answered({ events, gap, at, next_ms }) {
    if (!link.isLive) link.hear({ method: "/sys/hello", data: { at } });
    if (gap) link.hear({ method: "/sys/gap", data: { ...gap, at } });
    events.forEach(link.hear);
    link.hear({ method: "/sys/ping", data: { at } });
    link.wait(next_ms || (events.length ? 0 : 100), ask); // to ask for nothing is not done without a breath between
  }
  ask();
  return () => abort.abort();
}

/** A command's `method` is a URL, with a verb before it unless that goes without saying: REST can take it too. */
async function askByRest(base, { fetch, headers, credentials }, method, data) {
  const [, verb = data === undefined ? "GET" : "POST", path] = /^(?:(\w+) +)?(.+)$/.exec(method);
  const [sandbox] = /^\/~[^/]+/.exec(base.pathname) ?? [""];
  const isRead = ["GET", "HEAD"].includes(verb);
  const address = addressOf(new URL(sandbox + path, base), "", isRead ? { ...data } : {});
  const body = isRead || data === undefined ? undefined : JSON.stringify(data);
  const type = body && { "Content-Type": "application/json" };
  const answer = await fetch(address, { method: verb, headers: { ...type, ...headers }, credentials, body });
  const said = JSON.parse((await answer.text()) || "null");
  if (said?.method && "message" in said) return said; // a frame already, in some families of back ends
  const status = answer.ok ? 0 : (STATUS[answer.status] ?? 1);
  return { method, status, message: answer.statusText, data: said };
}
