/** Saying something to a client as if the server had said it. */

import { ask, Refused } from "../lib/control.js";
import { html, useSignal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { Field, Form } from "../lib/ui.js";

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

export function Say({ socket }) {
  const text = useSignal("");
  const kind = useSignal("text");
  const send = async () => {
    await ask("POST", `/api/sockets/${encodeURIComponent(socket.id)}/send`, {
      body: kind.value === "json" ? { json: parse(text.value) } : { text: text.value },
      query: { sandbox: sandbox.peek() },
    });
  };
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
            ${Object.entries(TEMPLATES).map(([name, [title]]) => html`<option key=${name} value=${name}>${title}</option>`)}
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

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused({ detail: `The message is not JSON: ${error.message}` });
  }
}
