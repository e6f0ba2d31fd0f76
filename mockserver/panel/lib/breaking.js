/** "Make this fail": a dialog that sets a fault for one route, from the few things that people want of one. */

import { send } from "./control.js";
import { html, useSignal } from "./html.js";
import { decode, sandbox } from "./route.js";
import { faults, status } from "./state.js";
import { Dialog, Field, Form } from "./ui.js";

/** Those that an answer mostly fails with. */
export const STATUSES = [500, 502, 503, 504, 400, 401, 403, 404, 409, 410, 412, 418, 422, 429];

/** What can happen to a request: its title, the keys of the fault that it makes, and the number that those take. */
const REQUESTS = {
  status: ["Answered with a status", (status) => ({ status }), { label: "Status", value: 503, least: 200, most: 599 }],
  slow: ["Answered late", (late) => ({ latency: `${Math.round(late * 1000)}ms` }), { label: "Seconds", value: 3, least: 0, most: 600 }],
  hang: ["Never answered", () => ({ hang: true })],
  reset: ["The connection is reset", () => ({ reset: "connect" })],
  empty: ["The connection ends without an answer", () => ({ empty: true })],
  half: ["Half of the body, then the connection ends", () => ({ truncate: 0.5 })],
  json: ["JSON that ends in the middle", () => ({ malformed: "cut" })],
  html: ["A proxy's page in place of JSON", () => ({ malformed: "html" })],
  lost: ["Carried out, and the answer is lost", () => ({ commit: true, reset: "connect" })],
};
/** What can happen to a socket. */
const SOCKETS = {
  refuse: ["Refused", (refuse) => ({ refuse }), { label: "Status", value: 503, least: 300, most: 599 }],
  close: ["Closed with a code", (close) => ({ close }), { label: "Close code", value: 1012, least: 1000, most: 4999 }],
  drop: ["Ends without a word", () => ({ drop: true })],
  reset: ["The connection is reset", () => ({ reset: true })],
  stall: ["Stays open, and says nothing more", () => ({ stall: true })],
};
/** How often: the same. */
const OFTEN = {
  always: ["Always", () => ({})],
  next: ["Only the next", (times) => ({ times }), { label: "Times", value: 3, least: 1 }],
  every: ["Every n-th time", (every) => ({ every }), { label: "n", value: 3, least: 1 }],
  share: ["A share of them", (share) => ({ probability: share / 100 }), { label: "Per cent", value: 30, most: 100 }],
};
/** How long a fault is on: the server switches off what was forgotten. */
export const LIVES = {
  "30s": "30 s",
  "5m": "5 min",
  "15m": "15 min",
  "1h": "1 h",
  "24h": "until switched off, 24 h at most",
};
const USUAL_LIFE = "5m";

/** Asks something of the fault of a name, and shows what came of it; `given` is what `send` takes. */
export async function tell(method, name, given = {}, step = "") {
  const query = { sandbox: sandbox.peek() };
  const answer = await send(method, `/api/faults/${encodeURIComponent(name)}${step}`, { query, ...given });
  await faults.reload();
  return answer;
}

/** A name that a fault may have, and that none has yet. */
export function freeName(wanted, taken) {
  const words = wanted.toLowerCase().match(/[a-z0-9]+/g) ?? ["fault"];
  const name = words.join("-").slice(0, 40);
  let free = name;
  for (let number = 2; taken.includes(free); number += 1) free = `${name}-${number}`;
  return free;
}

/** A route as faults name it: without its sandbox, the API's prefix, its query and escapes; odd steps may be any. */
function relative(match) {
  const [method, path = "*"] = match.trim().split(/\s+/, 2);
  const bare = path.replace(/[?#].*$/, "").replace(/^\/~[^/]*(?=\/)/, "");
  const prefix = (status.value.peek()?.prefixes ?? []).find((one) => `${bare}/`.startsWith(`${one}/`)) ?? "";
  const steps = bare.slice(prefix.length).split("/").map(decode);
  return `${method} ${steps.map((step) => (/[\s/]|^[:*]/.test(step) ? "*" : step)).join("/") || "/"}`;
}

/** What a choice makes; where its number is missing, that is left to the server to refuse. */
function keysOf(choices, given, name) {
  const [, make, number] = choices[given[name]];
  return number ? make(Number(given[`${name}-number`])) : make();
}

/** One of several things, and the number that it takes. Its fields are `name` and `name-number`. */
function Choice({ label, name, choices }) {
  const chosen = useSignal(Object.keys(choices)[0]);
  const number = choices[chosen.value][2];
  const choose = (event) => (chosen.value = event.currentTarget.value);
  return html`<div class="row">
    <${Field}
      label=${label}
      control=${(id) =>
        html`<select id=${id} name=${name} value=${chosen.value} onChange=${choose}>
          ${Object.entries(choices).map(([key, [title]]) => html`<option key=${key} value=${key}>${title}</option>`)}
        </select>`}
    />
    ${number && html`<${Amount} key=${chosen.value} name=${`${name}-number`} ...${number} />`}
  </div>`;
}

function Amount({ name, label, value, least, most }) {
  const list = label === "Status" ? "statuses" : undefined;
  return html`<${Field}
      label=${label}
      control=${(id) =>
        html`<input
          id=${id}
          name=${name}
          type="number"
          step="any"
          min=${least ?? 0}
          max=${most}
          defaultValue=${value}
          list=${list}
        />`}
    />
    ${list &&
    html`<datalist id=${list}>${STATUSES.map((one) => html`<option key=${one} value=${one} />`)}</datalist>`}`;
}

/**
 * Asks what is to happen to a route, how often and for how long, and sets that as a fault of the sandbox that is shown.
 *
 * @param {{match: string, describe?: string, close: () => void}} given `match` is a method and a path, as they were
 *   asked (`GET /animals/7`), or `WS` and that of a socket; `describe` says what it is; `close` is called at the end
 */
export function BreakDialog({ match, describe, close }) {
  const outcomes = /^WS\s/.test(match) ? SOCKETS : REQUESTS;
  const route = relative(match);
  const name = freeName(route, (faults.value.peek() ?? []).map((fault) => fault.name));
  const make = async (given) => {
    const rule = { match: given.match.trim(), ...keysOf(outcomes, given, "outcome"), ...keysOf(OFTEN, given, "often") };
    const headers = { "If-None-Match": "*" }; // one that is there is not overwritten
    await tell("PUT", given.name.trim(), { body: { ...rule, ttl: given.ttl }, headers });
    close();
  };
  return html`<${Dialog} title="Make this fail" close=${close}>
    <${Form} act=${make} label="Make this fail">
      ${describe && html`<p class="soft">${describe}</p>`}
      <${Field}
        label="What fails"
        hint="A method and a path: ANY is any method, * or :name any step, * alone any path"
        control=${(id, hint) =>
          html`<input
            id=${id}
            name="match"
            class="mono"
            defaultValue=${route}
            aria-describedby=${hint}
            autocomplete="off"
          />`}
      />
      <${Choice} label="What happens" name="outcome" choices=${outcomes} />
      <${Choice} label="How often" name="often" choices=${OFTEN} />
      <div class="row">
        <${Field}
          label="On for"
          control=${(id) =>
            html`<select id=${id} name="ttl">
              ${Object.entries(LIVES).map(
                ([ttl, words]) => html`<option key=${ttl} value=${ttl} selected=${ttl === USUAL_LIFE}>${words}</option>`,
              )}
            </select>`}
        />
        <${Field}
          label="Its name"
          control=${(id) => html`<input id=${id} name="name" defaultValue=${name} autocomplete="off" required />`}
        />
      </div>
      <div class="row"><button class="primary">Make it fail</button></div>
    <//>
  <//>`;
}
