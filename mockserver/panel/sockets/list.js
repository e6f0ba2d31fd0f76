/** The list of what is open, and of what has ended lately: one is chosen, by its link. */

import { html } from "../lib/html.js";
import { address } from "../lib/route.js";
import { Badge, Empty, inWords, tick, timeOf } from "../lib/ui.js";
import { describeEnding } from "./open.js";

const TONES = { open: "ok", stalled: "warn", closing: "warn", ended: "off" };

export const transportOf = ({ transport }) => (transport === "sse" ? "SSE" : "WS");

export function OpenList({ rows, chosen }) {
  if (rows === null) return null;
  if (rows.length === 0) {
    return html`<${Empty}>Nothing is open. Whoever opens a WebSocket or an event stream in this sandbox is shown here.<//>`;
  }
  return html`<ul class="sockets" aria-label="Open sockets">
    ${rows.map((one) => html`<${OpenRow} key=${one.id} socket=${one} isChosen=${one.id === chosen} />`)}
  </ul>`;
}

function OpenRow({ socket, isChosen }) {
  tick.value; // grows older
  const age = (Date.now() - Date.parse(socket.since)) / 1000;
  return html`<li>
    <a href=${address("sockets", [socket.id])} aria-current=${isChosen ? "true" : undefined}>
      <span class="what">
        <${Badge} tone="info">${transportOf(socket)}<//>
        <strong class="mono">${socket.path}</strong>
        <${Badge} tone=${TONES[socket.state]}>${socket.state}<//>
      </span>
      <span class="facts soft">
        <span>#${socket.id}</span>
        <span>${socket.user || "nobody"}</span>
        <span>${inWords(age)}</span>
        <span>${socket.messages_in.toLocaleString()} in</span>
        <span>${socket.messages_out.toLocaleString()} out</span>
        ${socket.queue > 0 && html`<${Badge} tone="warn">${socket.queue.toLocaleString()} waiting<//>`}
      </span>
    </a>
  </li>`;
}

export function EndedList({ rows, chosen }) {
  if (rows.length === 0) return null;
  return html`<section class="stack" aria-labelledby="ended">
    <h2 id="ended">Ended lately</h2>
    <ul class="sockets ended">
      ${rows.map(
        (one) =>
          html`<li key=${one.id}>
            <a href=${address("sockets", [one.id])} aria-current=${one.id === chosen ? "true" : undefined}>
              <span class="what">
                <${Badge}>${transportOf(one)}<//>
                <strong class="mono">${one.path}</strong>
              </span>
              <span class="facts soft">
                <span>#${one.id}</span>
                <span>${timeOf(one.at)}</span>
                <span>after ${inWords(one.age_s)}</span>
                <span>${describeEnding(one.ending)}</span>
              </span>
            </a>
          </li>`,
      )}
    </ul>
  </section>`;
}
