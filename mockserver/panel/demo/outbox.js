/**
 * What was written here and is not done yet. It is sent in order, and again until there is an answer, always with the
 * same `Idempotency-Key`: done once, however often it has to be sent. It outlives a reload of the page.
 *
 * A change goes with the tag of the version that it was made on (`If-Match`). Where that is another by now, nobody's
 * change is lost: it waits for a person to decide.
 */

import { signal } from "../lib/html.js";
import { NoAnswer, callApi } from "./api.js";
import { accept, now, view } from "./documents.js";
import { findDocument, readRefusal } from "./envelope.js";
import { keep, readKept } from "./kept.js";
import { pauseBefore } from "./pace.js";

/** `{id, kind: "patch" | "create", path, key, changes, base, tag, state, tries, retryAt, words, theirs, madeAt}` */
export const writes = signal([]);
/** What to do with a change before it is sent, once: for showing what somebody else's change does to it. */
export const ambush = signal(null);

/** Whether a write is on its way, and does not wait for a person. */
export const isGoing = ({ state }) => !["refused", "conflict"].includes(state);

const MOST_DONE = 20;

const tags = new Map(); // by key: the tag of a version, and that version
let done = []; // the latest of our own changes: `{key, before, after}`
let isBusy = false;
let timer;
let keptAs = "";

/** Has what is left over from before a reload sent, for the board that is shown. */
export function openOutbox({ path }) {
  keptAs = `writes ${path}`;
  tags.clear();
  done = [];
  writes.value = (readKept(keptAs) ?? []).map((one) => (one.state === "sending" ? { ...one, state: "waiting" } : one));
  sendNow();
}

function set(changed) {
  writes.value = changed;
  keep(keptAs, changed);
}

const update = (id, change) => set(writes.peek().map((one) => (one.id === id ? { ...one, ...change } : one)));
const remove = (id) => set(writes.peek().filter((one) => one.id !== id));

/** A text that nobody has chosen before; `randomUUID` is not there for pages beyond this machine. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Changes some members of a document, as the person saw it. */
export function changeDocument(key, changes, seen) {
  const { path } = view.peek().shape;
  // What became of it since by our own doing alone is no surprise to anybody.
  const steps = done.filter((one) => one.key === key);
  const base = steps.reduce((version, { before, after }) => (isSameVersion(before, version) ? after : version), seen);
  add({ kind: "patch", path: `${path}/${encodeURIComponent(key)}`, key, changes, base });
}

export function createDocument(changes) {
  add({ kind: "create", path: view.peek().shape.path, key: null, changes, base: null });
}

function add(write) {
  const begun = { id: newKey(), state: "waiting", tries: 0, retryAt: 0, words: "", madeAt: Date.now() };
  set([...writes.peek(), { ...write, ...begun }]);
  pump();
}

/** Sends without waiting any longer: the connection is back, or a person wants it. */
export function sendNow() {
  set(writes.peek().map((one) => (one.state === "retrying" ? { ...one, retryAt: 0 } : one)));
  pump();
}

/** Forgets a write: the document is shown as the server has it. */
export function discard(id) {
  remove(id);
  pump();
}

/** Sends once more what was refused, as something new. */
export function tryAgain(id) {
  update(id, { id: newKey(), state: "waiting", tag: undefined, retryAt: 0, words: "" });
  pump();
}

/** Decides a conflict: these members are changed, of the version that the person has seen by now. */
export function decide(write, changes) {
  const { theirs } = write;
  if (Object.keys(changes).length === 0) return discard(write.id);
  const onTop = { base: theirs.document, tag: theirs.tag, theirs: undefined };
  update(write.id, { id: newKey(), changes, ...onTop, state: "waiting", words: "" });
  pump();
}

/** An event of the feed says that something was created: whether it is what is being sent. */
export function recognise({ action, data }) {
  if (action !== "created") return;
  const isIt = (one) => one.kind === "create" && one.tries > 0 && !one.isSeen && isWithin(one.changes, data);
  const found = writes.peek().find(isIt);
  if (found) update(found.id, { isSeen: true });
}

const isWithin = (changes, document) => Object.entries(changes).every(([name, value]) => isSame(document[name], value));
const isSame = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** The first that may be sent; what waits for a person holds up only what concerns the same document. */
function findNext() {
  const held = new Set();
  for (const write of writes.peek()) {
    if (!isGoing(write)) held.add(write.key);
    else if (!held.has(write.key) || write.key === null) return write;
  }
  return null;
}

async function pump() {
  clearTimeout(timer);
  const next = findNext();
  if (isBusy || !next) return;
  const wait = next.retryAt - Date.now();
  if (wait > 0) {
    timer = setTimeout(pump, wait);
    return;
  }
  isBusy = true;
  try {
    await send(next);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const retryAt = Date.now() + Math.max(error.retryMs, pauseBefore(next.tries));
    update(next.id, { state: "retrying", retryAt, words: error.message });
  } finally {
    isBusy = false;
  }
  pump();
}

async function send(write) {
  update(write.id, { state: "sending", tries: write.tries + 1 });
  const began = now();
  const headers = { "Idempotency-Key": write.id };
  if (write.kind === "patch") {
    const found = await tagFor(write);
    if (!found) return;
    // A weak tag says that versions are alike, not that they are the same: it is no ground to write on.
    if (found.tag && !found.tag.startsWith("W/")) headers["If-Match"] = found.tag;
    await ambush.peek()?.(write);
  }
  const method = write.kind === "patch" ? "PATCH" : "POST";
  const { status, isRefused, said, headers: got } = await callApi(method, write.path, { body: write.changes, headers });
  if (isRefused) await refuse(write, status, said);
  else settle(write, findDocument(said, view.peek().shape.key), got.get("ETag"), began);
}

function settle(write, answered, tag, began) {
  remove(write.id);
  const document = answered ?? { ...write.base, ...write.changes };
  const key = String(document[view.peek().shape.key] ?? write.key);
  if (tag) tags.set(key, { tag, document });
  else tags.delete(key);
  if (write.base) done = [...done, { key, before: write.base, after: document }].slice(-MOST_DONE);
  // What was changed on top of this is a change of what came of it.
  set(writes.peek().map((one) => (one.key === key && one.tries === 0 ? { ...one, base: document } : one)));
  if (answered || write.kind === "patch") accept(key, document, began);
}

/** The tag that goes along, `{tag}` (null where the API has none); nothing where the version is another by now. */
async function tagFor(write) {
  // What is sent again is what was sent, word for word: only then the server knows it again.
  if (write.tag !== undefined) return { tag: write.tag };
  const known = tags.get(write.key);
  if (known && isSameVersion(known.document, write.base)) return keepTag(write, known.tag);
  const current = await fetchCurrent(write);
  if (!current) return null;
  if (!isSameVersion(current.document, write.base)) return meet(write, current);
  return keepTag(write, current.tag);
}

function keepTag(write, tag) {
  update(write.id, { tag });
  return { tag };
}

/** The document as it is, with its tag; nothing, and the write refused, where there is none to be had. */
async function fetchCurrent(write) {
  const { isRefused, said, headers } = await callApi("GET", write.path);
  const document = isRefused ? null : findDocument(said, view.peek().shape.key);
  if (!document) {
    update(write.id, { state: "refused", words: readRefusal(said) || "It is not there any more." });
    return null;
  }
  const current = { document, tag: headers.get("ETag") };
  tags.set(write.key, current);
  return current;
}

/** Whether two versions agree in all that people can change. */
function isSameVersion(one, other) {
  const names = view.peek().shape.fields.filter((field) => field.isWritable).map((field) => field.name);
  return names.every((name) => !(name in one) || !(name in other) || isSame(one[name], other[name]));
}

async function refuse(write, status, said) {
  if (status === 412 && write.kind === "patch") {
    const current = await fetchCurrent(write);
    if (current) meet(write, current);
    return;
  }
  update(write.id, { state: "refused", words: `${status}: ${readRefusal(said) || "refused"}` });
}

/** Somebody else was faster: a person decides. */
function meet(write, theirs) {
  update(write.id, { state: "conflict", theirs, words: "Somebody else has changed this meanwhile." });
  accept(write.key, theirs.document, now());
  return null;
}
