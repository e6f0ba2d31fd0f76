/** One ticket: what it says, what can be done with it, and how what was done fares. */

import { html, signal, useLayoutEffect, useRef } from "../lib/html.js";
import { Badge, tick } from "../lib/ui.js";
import { conflictShown } from "./conflict.js";
import { documents, fresh, view } from "./documents.js";
import { changeDocument, discard, isGoing, sendNow, tryAgain } from "./outbox.js";
import { factsOf, nameOf, wordOf } from "./shape.js";

/** The ticket whose title is being written: `{key, text, base}`. */
export const editing = signal(null);
/** The ticket that has the focus, so that it keeps it when it goes to another column. */
const focused = signal(null);

/** Moves a ticket to another column. */
export function move(card, value) {
  const { column } = view.peek();
  if (card.isNew || card.document[column.name] === value) return;
  changeDocument(card.key, { [column.name]: value }, documents.peek().get(card.key));
}

/** What waits says how it stands; what was refused, why. */
function Fate({ write }) {
  tick.value; // counts down
  const left = Math.max(0, Math.ceil((write.retryAt - Date.now()) / 1_000));
  const again = {
    waiting: "Waits to be sent",
    sending: "Being sent …",
    retrying: left > 0 ? `Sent again in ${left} s` : "Sent again …",
  };
  if (again[write.state]) {
    const why = write.state === "retrying" ? `: ${write.words}` : "";
    return html`<p class="fate waiting">
      ${again[write.state]}${why}
      <span class="row">
        ${write.state === "retrying" && html`<button type="button" class="small" onClick=${sendNow}>Now</button>`}
        <button type="button" class="small" onClick=${() => discard(write.id)}>Discard</button>
      </span>
    </p>`;
  }
  const isConflict = write.state === "conflict";
  return html`<div class="fate refused" role="alert">
    <p>${write.words}</p>
    <span class="row">
      ${isConflict
        ? html`<button type="button" class="small" onClick=${() => (conflictShown.value = write.id)}>Decide …</button>`
        : html`<button type="button" class="small" onClick=${() => tryAgain(write.id)}>Try again</button>`}
      <button type="button" class="small" onClick=${() => discard(write.id)}>Discard</button>
    </span>
  </div>`;
}

function TitleForm({ card }) {
  const input = useRef(null);
  const { title } = view.value.shape;
  // Before the next key is pressed: nothing that is typed is lost.
  useLayoutEffect(() => {
    input.current.focus();
    input.current.select();
  }, []);
  const save = (event) => {
    event.preventDefault();
    const { text, base } = editing.peek();
    editing.value = null;
    focused.value = card.key;
    if (text !== base[title.name]) changeDocument(card.key, { [title.name]: text }, base);
  };
  const cancel = () => {
    editing.value = null;
    focused.value = card.key;
  };
  return html`<form class="retitle" onSubmit=${save} onKeyDown=${(event) => event.key === "Escape" && cancel()}>
    <textarea
      ref=${input}
      rows="3"
      aria-label=${wordOf(title.name)}
      value=${editing.value.text}
      onInput=${(event) => (editing.value = { ...editing.peek(), text: event.currentTarget.value })}
      onKeyDown=${(event) => event.key === "Enter" && !event.shiftKey && save(event)}
    ></textarea>
    <span class="row">
      <button class="small primary">Save</button>
      <button type="button" class="small" onClick=${cancel}>Cancel</button>
    </span>
  </form>`;
}

function Mover({ card }) {
  const { column } = view.value;
  const current = card.document[column.name] ?? null;
  const place = column.values.indexOf(current);
  const step = (by, word, sign) => {
    const value = column.values[place + by];
    return html`<button
      type="button"
      class="quiet icon"
      aria-label=${`${word}${value === undefined ? "" : ` to ${wordOf(value)}`}`}
      disabled=${place < 0 || value === undefined}
      onClick=${() => move(card, value)}
    >
      ${sign}
    </button>`;
  };
  return html`<span class="mover">
    ${step(-1, "Back", "←")}
    <select
      aria-label=${`${column.name} of ${nameOf(card.document, view.value.shape)}`}
      onChange=${(event) => move(card, column.values[event.currentTarget.selectedIndex - (place < 0 ? 1 : 0)])}
    >
      ${place < 0 && html`<option selected>${wordOf(current)}</option>`}
      ${column.values.map(
        (value) => html`<option key=${wordOf(value)} selected=${value === current}>${wordOf(value)}</option>`,
      )}
    </select>
    ${step(1, "On", "→")}
  </span>`;
}

/** Arrow keys on a title: to the sides it moves the ticket, up and down it goes to the ticket beside. */
function press(event, card) {
  const { column } = view.peek();
  const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const along = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
  if (sideways && column && !card.isNew) {
    const value = column.values[column.values.indexOf(card.document[column.name]) + sideways];
    if (value !== undefined) move(card, value);
  } else if (along) {
    event.currentTarget.closest("li")[along]?.querySelector(".title")?.focus();
  } else {
    return;
  }
  event.preventDefault();
}

export function Card({ card }) {
  const { shape, column } = view.value;
  const item = useRef(null);
  const isEdited = editing.value?.key === card.key;
  // In another column it is another element: whoever was at it stays at it.
  useLayoutEffect(() => {
    if (focused.peek() === card.key && document.activeElement === document.body) {
      item.current.querySelector(".title, textarea")?.focus({ preventScroll: true });
    }
  });
  const name = nameOf(card.document, shape);
  const canWrite = !card.isNew && shape.title?.isWritable;
  const begin = () => (editing.value = { key: card.key, text: name, base: documents.peek().get(card.key) });
  const isWaiting = card.writes.some(isGoing);
  return html`<li
    ref=${item}
    class=${`ticket ${fresh.value.has(card.key) ? "fresh" : ""} ${isWaiting ? "pending" : ""}`}
    draggable=${!card.isNew && !isEdited && Boolean(column)}
    onDragStart=${(event) => event.dataTransfer.setData("text/plain", card.key)}
    onFocusIn=${() => (focused.value = card.key)}
    onFocusOut=${(event) => event.relatedTarget && (focused.value = null)}
  >
    ${isEdited
      ? html`<${TitleForm} card=${card} />`
      : html`<button
          type="button"
          class="title"
          aria-describedby="how-to-move"
          aria-disabled=${String(!canWrite)}
          onClick=${() => canWrite && begin()}
          onKeyDown=${(event) => press(event, card)}
        >
          ${name}
        </button>`}
    <div class="facts">
      ${card.isNew ? html`<${Badge} tone="info">new<//>` : html`<span class="key">#${card.key}</span>`}
      ${factsOf(card.document, shape, column).map(
        ({ kind, name: field, text }) => html`<span key=${field + text} class=${kind}>${text}</span>`,
      )}
      ${column && !card.isNew && html`<${Mover} card=${card} />`}
    </div>
    ${card.writes.map((write) => html`<${Fate} key=${write.id} write=${write} />`)}
  </li>`;
}
