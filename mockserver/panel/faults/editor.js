/**
 * A dialog that makes or changes a fault. What is sent is the JSON at its end; the fields above write into that, and
 * are made of what the server says of its kinds of faults. Two who change the same fault don't undo one another.
 */

import { send } from "../lib/control.js";
import { html, useEffect, useSignal } from "../lib/html.js";
import { useAction, useLoad } from "../lib/load.js";
import { sandbox } from "../lib/route.js";
import { faults } from "../lib/state.js";
import { Dialog, Field, Refusal } from "../lib/ui.js";
import { Key } from "./key.js";
import { Kinds } from "./kinds.js";
import { parse, pretty, withKey } from "./rule.js";

const TAKEN = 412;
const FIRST = {
  name: "match",
  label: "What it is for",
  hint: "GET /animals/:id, ANY * for all requests, WS * for all sockets; several with commas between",
};
/** The other keys that any fault may have. */
const MORE = {
  "How often and how long": [
    { name: "probability", hint: "a share: 0.3 is three in ten" },
    { name: "every", hint: "3 is each third match" },
    { name: "times", hint: "so often at most" },
    { name: "ttl", hint: "how long it is on: 30s, 5m; 15m unless said, 24h at most" },
  ],
  "More about when": [
    { name: "skip", hint: "the first so many pass" },
    { name: "pattern", hint: "FFS fails two and lets one pass" },
    { name: "after", hint: '5s after it is switched on, or ["3s", "8s"]' },
    { name: "for", hint: "for so long: 5s" },
    { name: "repeat", hint: "and again each 30s" },
    { name: "ramp", hint: "the share grows from nothing for 30s" },
    { name: "commit", hint: "true: it is carried out first" },
    { name: "priority", hint: "where two decide the end the smaller one does; 100 unless said" },
  ],
  "More about what for": [
    { name: "resource", hint: "a name, or a list of them" },
    { name: "header", hint: '{"X-Shop": "7"}; true where any text will do' },
    { name: "query", hint: '{"page": "2"}' },
    { name: "user", hint: "who asks, by name" },
    { name: "event", hint: "messages: a topic or a method; * is any characters" },
    { name: "direction", hint: "messages to the client, or from it", choices: ["in", "out"] },
  ],
};

/** Changes the fault of a name; where there are `settings`, makes one of them. `close` is called at the end. */
export function Editor({ name, settings, close }) {
  const isNew = settings !== undefined;
  const kinds = useLoad(() => "/api/fault-kinds");
  const text = useSignal(isNew ? pretty(settings) : "");
  const tag = useSignal("");
  const fetch = useAction(async () => {
    const { value, response } = await send("GET", pathOf(name), { query: { sandbox: sandbox.peek() } });
    text.value = pretty(value.settings);
    tag.value = response.headers.get("ETag");
    save.refusal.value = null;
  });
  const save = useAction(async (called) => {
    const { rule, flaw } = parse(text.peek());
    if (flaw) throw new Error(flaw);
    const headers = isNew ? { "If-None-Match": "*" } : { "If-Match": tag.peek() };
    await send("PUT", pathOf(called), { query: { sandbox: sandbox.peek() }, body: rule, headers });
    await faults.reload();
    close();
  });
  useEffect(() => {
    if (!isNew) fetch.run();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    save.run(isNew ? event.currentTarget.elements.name.value.trim() : name);
  };
  return html`<${Dialog} title=${isNew ? "New fault" : `Fault ${name}`} close=${close} kind="wide">
    <form class="editor" onSubmit=${submit} aria-busy=${save.isBusy.value} noValidate>
      ${isNew && html`<${Name} usual=${name} />`}
      <${Refusal} of=${fetch.refusal.value} />
      <${Rule} text=${text} kinds=${kinds} errors=${save.refusal.value?.errors ?? []} />
      <div class="foot row">
        <button class="primary">${isNew ? "Switch it on" : "Save"}</button>
        <${Refused} of=${save.refusal.value} isNew=${isNew} again=${fetch.run} />
      </div>
    </form>
  <//>`;
}

const pathOf = (name) => `/api/faults/${encodeURIComponent(name)}`;

const Name = ({ usual }) =>
  html`<${Field}
    label="Name"
    hint="Letters, digits, dots, underscores and hyphens"
    control=${(id, hint) =>
      html`<input id=${id} name="name" defaultValue=${usual} aria-describedby=${hint} autocomplete="off" />`}
  />`;

/** The fields and the JSON that they write into. */
function Rule({ text, kinds, errors }) {
  const { rule, flaw } = parse(text.value);
  const put = (changed) => (text.value = pretty(changed));
  const form = { rule, errors, change: (name, value) => put(withKey(rule, name, value)) };
  const isPreset = rule?.preset !== undefined;
  return html`${isPreset &&
    html`<p>This is the preset <b>${String(rule.preset)}</b>: only how long and how often it acts can be changed.</p>`}
    <${Key} name="describe" label="In your words" hint="What it is for; shown with it" form=${form} />
    ${!isPreset &&
    html`<${Key} ...${FIRST} form=${form} />
      <${Refusal} of=${kinds.refusal.value} />
      <${Kinds} kinds=${kinds.value.value ?? []} form=${form} put=${put} />`}
    ${Object.entries(MORE).map(([title, keys], place) => {
      const isSet = keys.some(({ name }) => rule?.[name] !== undefined);
      return html`<details key=${title} open=${place === 0 || isSet}>
        <summary>${title}</summary>
        <div class="keys">${keys.map((key) => html`<${Key} key=${key.name} ...${key} form=${form} />`)}</div>
      </details>`;
    })}
    <${Field}
      label="All of it, as JSON"
      hint=${flaw}
      control=${(id, hint) =>
        html`<textarea
          id=${id}
          rows="8"
          spellcheck=${false}
          aria-describedby=${hint}
          aria-invalid=${flaw ? "true" : undefined}
          value=${text.value}
          onInput=${(event) => (text.value = event.currentTarget.value)}
        />`}
    />`;
}

/** What the server refused; where somebody else was faster, with the way out. */
function Refused({ of, isNew, again }) {
  if (of?.status !== TAKEN) return html`<${Refusal} of=${of} />`;
  if (isNew) return html`<${Refusal} of=${{ message: "There is a fault of this name already. Take another name." }} />`;
  return html`<div class="row">
    <${Refusal} of=${{ message: "Somebody has changed it meanwhile, and nothing was saved." }} />
    <button type="button" onClick=${again}>Show what it is now</button>
  </div>`;
}
