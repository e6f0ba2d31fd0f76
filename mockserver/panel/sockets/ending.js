/** The ends that can be put to a socket: a close code, or what networks and half-dead servers do. */

import { ask } from "../lib/control.js";
import { html, useSignal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { Action, Field, Form } from "../lib/ui.js";

/** The usual ones, with what they tell a client about coming back. */
const CODES = [
  [1012, "service restart: come back"],
  [1000, "normal: done, stay away"],
  [1001, "going away: come back"],
  [1005, "no code at all"],
  [1008, "policy violation: stay away"],
  [1011, "the server failed: come back later"],
  [1013, "try again later: come back, slowly"],
  [4000, "the application's own: come back"],
  [4401, "not logged in: log in first"],
  [4403, "not permitted: stay away"],
  [4500, "the application's own: stay away"],
];
const OTHER = "other";
const HOWS = [
  ["drop", "Drop", "TCP ends without a Close frame: a browser sees 1006"],
  ["reset", "Reset", "TCP is reset (RST): a browser sees 1006, and an error"],
  ["stall", "Stall", "It stays open and is silent, as behind a dead network: only a heartbeat finds out"],
];

/** The controls for one socket, or for all where `socket` is null. */
export function Ends({ socket }) {
  const path = socket ? `/api/sockets/${encodeURIComponent(socket.id)}/close` : "/api/sockets/close";
  const end = (body) => ask("POST", path, { body, query: { sandbox: sandbox.peek() } });
  const isStream = socket?.transport === "sse";
  return html`<div class="ends stack">
    ${isStream
      ? html`<p class="soft">An event stream has no close codes. However it ends, an EventSource comes back.</p>`
      : html`<${CloseForm} end=${end} />`}
    <div class="row hows">
      ${isStream && html`<${Action} act=${() => end({ code: 1000 })} kind="danger">End in order<//>`}
      ${HOWS.map(
        ([how, title, meaning]) =>
          html`<${Action} key=${how} act=${() => end({ how })} kind="danger" title=${meaning}>${title}<//>`,
      )}
    </div>
    <dl class="meanings soft">
      ${HOWS.map(([how, title, meaning]) => html`<div key=${how}><dt>${title}</dt><dd>${meaning}</dd></div>`)}
    </dl>
  </div>`;
}

function CloseForm({ end }) {
  const picked = useSignal(String(CODES[0][0]));
  const close = ({ code, number, reason }) => {
    const wanted = code === OTHER ? (number.trim() === "" ? null : Number(number)) : Number(code);
    return end({ code: wanted, ...(reason ? { reason } : {}) });
  };
  return html`<${Form} act=${close} label="Close with a code" kind="closing">
    <${Field}
      label="Close code"
      control=${(id) =>
        html`<select id=${id} name="code" value=${picked.value} onChange=${(event) => (picked.value = event.currentTarget.value)}>
          ${CODES.map(([code, meaning]) => html`<option key=${code} value=${code}>${code} ${meaning}</option>`)}
          <option value=${OTHER}>another number …</option>
        </select>`}
    />
    ${picked.value === OTHER &&
    html`<${Field}
      label="Number"
      hint="4000 to 4499 say come back, 4500 to 4999 stay away"
      control=${(id, hint) =>
        html`<input id=${id} name="number" type="number" min="1000" max="4999" aria-describedby=${hint} />`}
    />`}
    <${Field} label="Reason" control=${(id) => html`<input id=${id} name="reason" autocomplete="off" placeholder="none" />`} />
    <button class="danger">Close</button>
  <//>`;
}
