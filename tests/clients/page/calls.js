// What the tests do with sockets, the same in a page and in Node.js: whatever is global there is what is tried.

import { connect } from "./client.js";

const MOMENT_MS = 50;

// How each of some sockets ended that say a word and wait, or close by themselves: every outcome, and how often it was.
export async function observeCloses(url, times, { say, close }) {
  const tally = {};
  for (let n = 0; n < times; n += 1) {
    const { code, reason, wasClean } = await observeClose(url, { say, close });
    const outcome = JSON.stringify([code, reason, wasClean]);
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  }
  return tally;
}

function observeClose(url, { say, close }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => (close ? socket.close(...close) : socket.send(say));
    socket.onerror = () => {};
    socket.onclose = resolve;
  });
}

// Sockets that are kept, by number.
const sockets = [];

export function openSocket(url, protocols = []) {
  const socket = new WebSocket(url, protocols);
  const kept = { socket, messages: [], closed: null, changed: () => {} };
  sockets.push(kept);
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(sockets.indexOf(kept));
    socket.onmessage = ({ data }) => {
      kept.messages.push(data);
      kept.changed();
    };
    socket.onerror = () => {};
    socket.onclose = ({ code, reason, wasClean }) => {
      kept.closed = { code, reason, wasClean };
      kept.changed();
      reject(new Error(`closed with ${code}`));
    };
  });
}

export const sendOn = (number, text) => sockets[number].socket.send(text);
export const closeOn = (number, ...how) => sockets[number].socket.close(...how);

export function stateOf(number) {
  const { socket, messages, closed } = sockets[number];
  return { readyState: socket.readyState, messages, closed };
}

// The message after so many others, when it has come.
export function messageOn(number, before) {
  const kept = sockets[number];
  return new Promise((resolve, reject) => {
    kept.changed = () => {
      if (kept.messages.length > before) resolve(kept.messages[before]);
      else if (kept.closed) reject(new Error(`closed with ${kept.closed.code}`));
    };
    kept.changed();
  });
}

// Event streams that are kept, by number, and what came on them: by a browser's EventSource, or the package of that name.
const streams = [];

export function openStream(url) {
  const source = new EventSource(url);
  const heard = { events: [], words: [] };
  const kept = { source, heard, changed: () => {} };
  source.onmessage = ({ data, lastEventId }) => {
    heard.events.push([lastEventId, JSON.parse(data).id]);
    kept.changed();
  };
  source.addEventListener("sys", ({ data }) => {
    heard.words.push(JSON.parse(data));
    kept.changed();
  });
  return streams.push(kept) - 1;
}

export const closeStream = (number) => streams[number].source.close();

// What was heard, as soon as it is something more, or has been nothing for a moment.
export const heardNext = (number) => next(streams[number], () => streams[number].heard);

function next(kept, look) {
  return new Promise((resolve) => {
    const told = () => {
      clearTimeout(timer);
      resolve(look());
    };
    const timer = setTimeout(told, MOMENT_MS);
    kept.changed = told;
  });
}

// The reference client, and what it told so far.
const feeds = [];

export function follow(url, options) {
  const said = { ids: [], gaps: [], states: [], last: null };
  const kept = { said, changed: () => {} };
  const note = (how) => (word) => {
    how(word);
    kept.changed();
  };
  kept.feed = connect(url, {
    ...options,
    onEvent: note((event) => {
      said.ids.push(event.id);
      said.last = event;
    }),
    onGap: note((gap) => said.gaps.push(gap)),
    onState: note((now) => said.states.push(now)),
  });
  return feeds.push(kept) - 1;
}

export function told(number) {
  const { feed, said } = feeds[number];
  return { ...said, at: feed.at, transport: feed.transport };
}

// The same as soon as it tells something more, or has told nothing for a moment.
export const toldNext = (number) => next(feeds[number], () => told(number));

export const command = (number, method, data) => feeds[number].feed.send(method, data);
export const leave = (number) => feeds[number].feed.close();
