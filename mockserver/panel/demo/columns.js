/** The board: a column for each value, tickets to drag between them, and a form for new ones. */

import { html, signal, useSignal } from "../lib/html.js";
import { Dialog, Field, Form } from "../lib/ui.js";
import { Card, move } from "./card.js";
import { cards, columns } from "./cards.js";
import { documents, total, view } from "./documents.js";
import { createDocument } from "./outbox.js";
import { wordOf } from "./shape.js";

const isCreating = signal(false);

function Column({ value, its, place }) {
  const { column, shape } = view.value;
  const isOver = useSignal(false);
  const word = column?.type === "boolean" ? `${column.name}: ${wordOf(value)}` : wordOf(value);
  const heading = column ? word : shape.name;
  const canTake = column?.values.includes(value);
  const drop = (event) => {
    event.preventDefault();
    isOver.value = false;
    const key = event.dataTransfer.getData("text/plain");
    const card = cards.peek().find((one) => one.key === key);
    if (card && canTake) move(card, value);
  };
  const over = (event) => {
    if (!canTake) return;
    event.preventDefault();
    isOver.value = true;
  };
  return html`<section
    class=${`column tint-${place % 5} ${its.length === 0 ? "none" : ""} ${isOver.value ? "over" : ""}`}
    aria-label=${heading}
    onDragOver=${over}
    onDragLeave=${(event) => event.currentTarget.contains(event.relatedTarget) || (isOver.value = false)}
    onDrop=${drop}
  >
    <h3>${heading} <span class="count">${its.length}</span></h3>
    <ul>
      ${its.map((card) => html`<${Card} key=${card.key} card=${card} />`)}
    </ul>
    ${its.length === 0 && html`<p class="empty">Nothing here</p>`}
  </section>`;
}

/** A control for a field that a new document must have. */
function control(field, value) {
  return (id) => {
    if (field.values) {
      return html`<select id=${id} name=${field.name}>
        ${field.values.map(
          (one) => html`<option value=${JSON.stringify(one)} selected=${one === value}>${wordOf(one)}</option>`,
        )}
      </select>`;
    }
    const isNumber = ["integer", "number"].includes(field.type);
    const type = isNumber ? "number" : ({ date: "date", email: "email" }[field.format] ?? "text");
    const step = field.type === "number" ? "any" : undefined;
    return html`<input id=${id} name=${field.name} type=${type} step=${step} autocomplete="off" />`;
  };
}

function NewTicket() {
  const { shape, column } = view.value;
  const named = [shape.title?.name, column?.name];
  const wanted = shape.create.filter((one) => one.isRequired || named.includes(one.name));
  const close = () => (isCreating.value = false);
  const create = (given) => {
    const filled = wanted.filter(({ name }) => given[name]);
    createDocument(Object.fromEntries(filled.map((field) => [field.name, read(field, given[field.name])])));
    close();
  };
  return html`<${Dialog} title=${`New in ${shape.name}`} close=${close}>
    <${Form} act=${create} label=${`New in ${shape.name}`}>
      ${wanted.map((field) => {
        const made = control(field, column?.values?.[0]);
        return html`<${Field} key=${field.name} label=${field.name} control=${made} />`;
      })}
      <p class="soft">What the API refuses is shown at the card.</p>
      <button class="primary">Create</button>
    <//>
  <//>`;
}

function read(field, text) {
  if (field.values) return JSON.parse(text);
  const number = Number(text);
  return ["integer", "number"].includes(field.type) && Number.isFinite(number) ? number : text;
}

/** The pickers of what the board is made of; `show` is told the shape and the column that were picked. */
function Pickers({ shapes, show }) {
  const { shape, column } = view.value;
  return html`<label class="picker">
      <span>Board of</span>
      <select onChange=${(event) => show(shapes[event.currentTarget.selectedIndex])}>
        ${shapes.map((one) => html`<option key=${one.name} selected=${one === shape}>${one.name}</option>`)}
      </select>
    </label>
    ${shape.columns.length > 1 &&
    html`<label class="picker">
      <span>by</span>
      <select onChange=${(event) => show(shape, shape.columns[event.currentTarget.selectedIndex])}>
        ${shape.columns.map((one) => html`<option key=${one.name} selected=${one === column}>${one.name}</option>`)}
      </select>
    </label>`}`;
}

export function Board({ shapes, show }) {
  const { shape } = view.value;
  const shown = documents.value.size;
  return html`<section class="board" aria-labelledby="board">
    <div class="head">
      <h2 id="board">${shape.name}</h2>
      <span class="soft">${total.value > shown ? `${shown} of ${total.value}` : `${shown} in all`}</span>
      <${Pickers} shapes=${shapes} show=${show} />
      ${shape.create &&
      html`<button type="button" class="push" onClick=${() => (isCreating.value = true)}>New …</button>`}
    </div>
    <p id="how-to-move" class="hidden">
      Enter writes its title; left and right arrows move it to another column, up and down go to the next.
    </p>
    <div class="columns" tabindex="0" role="group" aria-label="Columns">
      ${columns.value.map(
        ({ value, cards: its }, place) =>
          html`<${Column} key=${wordOf(value)} value=${value} its=${its} place=${place} />`,
      )}
    </div>
    ${isCreating.value && html`<${NewTicket} />`}
  </section>`;
}
