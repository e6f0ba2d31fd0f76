/** What the board shows: the documents as the server has them, and over them what was written here and is not done. */

import { computed } from "../lib/html.js";
import { documents, view } from "./documents.js";
import { isGoing, writes } from "./outbox.js";

/** What is shown: `{key, document, writes, isNew}`, with what was written here and is not refused laid over it. */
export const cards = computed(() => {
  const waiting = writes.value;
  const mine = (key) => waiting.filter((one) => one.key === key);
  const all = [...documents.value].map(([key, document]) => lay(key, document, mine(key)));
  // One that the feed has told of is among them; unless it was refused, and so was another's.
  const made = waiting.filter((one) => one.kind === "create" && !(one.isSeen && isGoing(one)));
  const fresh = made.map((one) => ({ key: `new-${one.id}`, document: one.changes, writes: [one], isNew: true }));
  return [...fresh, ...all];
});

function lay(key, document, mine) {
  const over = mine.filter(isGoing).map((one) => one.changes);
  return { key, document: Object.assign({}, document, ...over), writes: mine, isNew: false };
}

/** The columns in order: `{value, cards}`; values that no column is declared for have one where there are any. */
export const columns = computed(() => {
  const { column } = view.value;
  if (!column) return [{ value: null, cards: cards.value }];
  const found = new Map(column.values.map((value) => [value, []]));
  for (const card of cards.value) {
    const value = card.document[column.name] ?? null;
    if (!found.has(value)) found.set(value, []);
    found.get(value).push(card);
  }
  // What was just done here is seen at once, at the top.
  for (const its of found.values()) its.sort((one, other) => other.writes.length - one.writes.length);
  return [...found].map(([value, its]) => ({ value, cards: its }));
});
