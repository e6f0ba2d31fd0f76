/** What can be done to a socket: to say something as if the server had, and to end it as servers and networks do. */

import { ask, Refused } from "../lib/control.js";
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
  ["", "another number …"],
];
const HOWS = [
  ["drop", "Drop", "TCP ends without a Close frame: a browser sees 1006"],
  ["reset", "Reset", "TCP is reset (RST): a browser sees 1006, and an error"],
  ["stall", "Stall", "It stays open and is silent, as behind a dead network: only a heartbeat finds out"],
];

/** The controls for one socket, or for all where `socket` is null. */
export function Ends({ socket }) {
  const end = (body) => order(socket, "close", body);
  const isStream = socket?.transport === "sse";
  return html`<div class="stack">
    ${isStream
      ? html`<p class="soft">An event stream has no close codes. However it ends, an EventSource comes back.</p>`
      : html`<${CloseForm} end=${end} />`}
    <div class="row">
      ${isStream && html`<${Action} act=${() => end({ code: 1000 })} kind="danger">End in order<//>`}
      ${HOWS.map(([how, title]) => html`<${Action} key=${how} act=${() => end({ how })} kind="danger">${title}<//>`)}
    </div>
    <dl class="meanings soft">
      ${HOWS.map(([how, title, meaning]) => html`<div key=${how}><dt>${title}</dt><dd>${meaning}</dd></div>`)}
    </dl>
  </div>`;
}

function CloseForm({ end }) {
  const picked = useSignal(String(CODES[0][0]));
  const close = ({ code, number, reason }) => {
    const wanted = code || number.trim();
    return end({ code: wanted ? Number(wanted) : null, ...(reason && { reason }) });
  };
  return html`<${Form} act=${close} label="Close with a code" kind="closing">
    <${Field}
      label="Close code"
      control=${(id) =>
        html`<select id=${id} name="code" value=${picked.value} onChange=${(event) => (picked.value = event.currentTarget.value)}>
          ${CODES.map(([code, meaning]) => html`<option value=${code}>${code} ${meaning}</option>`)}
        </select>`}
    />
    ${picked.value === "" &&
    html`<${Field}
      label="Number"
      hint="4000 to 4499 say come back, 4500 to 4999 stay away"
      control=${(id, hint) =>
        html`<input id=${id} name="number" type="number" min="1000" max="4999" aria-describedby=${hint} />`}
    />`}
    <${Field} label="Reason" control=${(id) => html`<input id=${id} name="reason" autocomplete="off" />`} />
    <button class="danger">Close</button>
  <//>`;
}

const TEMPLATES = {
  "": ["Empty", ""],
  event: [
    "A change on the feed",
    {
      method: "/animals/1", status: 0, message: "updated", data: { id: 1, name: "Leo" }, id: "e1.1", topic: "animals",
      action: "updated", resource: "animals", key: 1,
    },
  ],
  bye: ["/sys/bye: come back", { method: "/sys/bye", status: 0, message: "OK", data: { reconnect: true, retry_ms: 1000 } }],
  gap: [
    "/sys/gap: history lost",
    { method: "/sys/gap", status: 1, message: "history lost", data: { reason: "trimmed", asked: "e1.1", refetch: [], at: "e1.9" } },
  ],
  error: ["An error frame", { method: "", status: 1, message: "Something went wrong.", data: null, websocketTag: null }],
  broken: ["Broken JSON", '{"method": "/animals/1", "data": {"id": 1, "na'],
};

/** A message, out of a template or one's own. */
export function Say({ socket }) {
  const text = useSignal("");
  const kind = useSignal("text");
  const send = () => order(socket, "send", kind.value === "json" ? { json: parse(text.value) } : { text: text.value });
  const fill = (event) => {
    const [, template] = TEMPLATES[event.currentTarget.value];
    const isJson = typeof template !== "string";
    kind.value = isJson ? "json" : "text";
    text.value = isJson ? JSON.stringify(template, null, 2) : template;
  };
  return html`<${Form} act=${send} label="Send a message" kind="stack">
    <div class="row">
      <${Field}
        label="Template"
        control=${(id) =>
          html`<select id=${id} onChange=${fill}>
            ${Object.entries(TEMPLATES).map(([name, [title]]) => html`<option value=${name}>${title}</option>`)}
          </select>`}
      />
      <${Field}
        label="As"
        control=${(id) =>
          html`<select id=${id} value=${kind.value} onChange=${(event) => (kind.value = event.currentTarget.value)}>
            <option value="text">text, as it is</option>
            <option value="json">JSON</option>
          </select>`}
      />
    </div>
    <${Field}
      label="Message"
      control=${(id) =>
        html`<textarea
          id=${id}
          rows="4"
          spellcheck="false"
          value=${text.value}
          onInput=${(event) => (text.value = event.currentTarget.value)}
        ></textarea>`}
    />
    <div><button class="primary">Send</button></div>
  <//>`;
}

/** Has something done to one socket, or to all where there is none. */
const order = (socket, act, body) =>
  ask("POST", `/api/sockets/${socket ? `${socket.id}/` : ""}${act}`, { body, query: { sandbox: sandbox.peek() } });

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused({ detail: `The message is not JSON: ${error.message}` });
  }
}
