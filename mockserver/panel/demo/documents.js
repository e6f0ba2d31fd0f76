/** The documents of the board: read from the API, then kept as the feed tells. */

import { signal } from "../lib/html.js";
import { callApi } from "./api.js";
import { findList, findTotal, readRefusal } from "./envelope.js";
import { keep, readKept } from "./kept.js";

const MOST = 60;
const FRESH_MS = 1_600;

/** The resource and the field of the columns: `{shape, column}`. */
export const view = signal({ shape: null, column: null });
/** As the server has them, by their keys as texts; those changed last come first. */
export const documents = signal(new Map());
/** How many there are on the server; the board has at most 60 of them. */
export const total = signal(null);
/** Keys of those that have just been changed. */
export const fresh = signal(new Set());

let applied = []; // events since a loading began
let touches = new Map(); // when an event last came for a key
let turn = 0;
let loading = 0; // of two that are read at once, the later one is shown

/**
 * Shows the documents as they were before a reload of the page, until they can be read; gives when that was, null where
 * nothing was kept.
 */
export function recall({ path }) {
  const kept = readKept(`documents ${path}`);
  documents.value = new Map(kept?.documents);
  total.value = kept?.total ?? null;
  return kept?.at ?? null;
}

/** Has what is shown outlive a reload; `at` is when it was up to date. */
export function remember({ path }, at) {
  keep(`documents ${path}`, { documents: [...documents.peek()], total: total.peek(), at });
}

/** Reads the list; gives the place of the feed that it stands for. Throws `NoAnswer`, and `Error` for a refusal. */
export async function load({ path, key }) {
  applied = [];
  loading += 1;
  const mine = loading;
  const { isRefused, said, headers } = await callApi("GET", `${path}?limit=${MOST}`);
  if (isRefused) throw new Error(readRefusal(said) || "The list was refused.");
  const at = headers.get("X-Mock-At") ?? "now";
  if (mine !== loading) return at;
  documents.value = new Map(findList(said).slice(0, MOST).map((one) => [String(one[key]), one]));
  total.value = findTotal(said, headers);
  // What the feed told meanwhile may be newer than the list.
  const [epoch, offset] = at.split(".");
  for (const event of applied) {
    const [itsEpoch, itsOffset] = event.id.split(".");
    if (itsEpoch === epoch && Number(itsOffset) > Number(offset)) apply(event);
  }
  return at;
}

/** Applies an event of the feed; what is only said there changes nothing. */
export function apply(event) {
  const { action, key, data } = event;
  if (!action) return;
  applied.push(event);
  if (applied.length > 2_000) applied.shift();
  touch(key);
  put(key, action === "deleted" ? null : data);
}

/** Takes over what a write was answered, unless the feed has told of the document since. */
export function accept(key, document, since) {
  if ((touches.get(String(key)) ?? 0) > since) return;
  put(key, document);
}

/** A moment, to be compared with what comes after it. */
export const now = () => turn;

function put(key, document) {
  const name = String(key);
  const rest = new Map(documents.peek());
  const isHere = rest.delete(name);
  if (document === null) {
    documents.value = rest;
    if (isHere && total.peek() !== null) total.value -= 1;
    return;
  }
  if (!isHere && total.peek() !== null) total.value += 1;
  // One that keeps its column keeps its place: nothing jumps while it is read.
  const { column } = view.peek();
  const before = documents.peek().get(name);
  const stays = before && column && before[column.name] === document[column.name];
  documents.value = stays ? new Map(documents.peek()).set(name, document) : new Map([[name, document], ...rest]);
  if (!before || JSON.stringify(before) !== JSON.stringify(document)) shine(name);
}

function touch(key) {
  turn += 1;
  touches.set(String(key), turn);
}

function shine(name) {
  fresh.value = new Set(fresh.peek()).add(name);
  setTimeout(() => {
    const rest = new Set(fresh.peek());
    rest.delete(name);
    fresh.value = rest;
  }, FRESH_MS);
}
