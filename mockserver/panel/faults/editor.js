/**
 * A dialog that makes or changes a fault. What is sent is the JSON at its end; the fields above write into that, and
 * are made of what the server says of its kinds of faults. Two who change the same fault don't undo one another.
 */

import { tell } from "../lib/breaking.js";
import { html, useEffect, useSignal } from "../lib/html.js";
import { useAction, useLoad } from "../lib/load.js";
import { Dialog, Field, Refusal } from "../lib/ui.js";
import { Key, Kinds } from "./form.js";

const CHANGED = 412;
const FIRST = {
  name: "match",
  label: "What it is for",
  hint: "GET /animals/:id, ANY * for all requests, WS * for all sockets; several with commas between",
};
/** The other keys that any fault may have, each with a hint. */
const MORE = {
  "How often and how long": {
    probability: "a share: 0.3 is three in ten",
    every: "3 is each third match",
    times: "so often at most",
    ttl: "how long it is on: 30s, 5m; 15m unless said, 24h at most",
  },
  "More about when": {
    skip: "the first so many pass",
    pattern: "FFS fails two and lets one pass",
    after: '5s after it is switched on, or ["3s", "8s"]',
    for: "for so long: 5s",
    repeat: "and again each 30s",
    ramp: "the share grows from nothing for 30s",
    commit: "true: it is carried out first",
    priority: "where two decide the end the smaller one does; 100 unless said",
  },
  "More about what for": {
    resource: "a name, or a list of them",
    header: '{"X-Shop": "7"}; true where any text will do',
    query: '{"page": "2"}',
    user: "who asks, by name",
    event: "messages: a topic or a method; * is any characters",
    direction: "messages to the client, or from it",
  },
};
const CHOICES = { direction: ["in", "out"] };

const pretty = (rule) => JSON.stringify(rule, null, 2);

/** The rule that a text is, or in words why it is none: `{rule, flaw}`. */
function parse(text) {
  try {
    const rule = JSON.parse(text);
    const isObject = typeof rule === "object" && rule !== null && !Array.isArray(rule);
    return isObject ? { rule } : { flaw: "It should be an object: { … }" };
  } catch (error) {
    return { flaw: `It is no JSON: ${error.message}` };
  }
}

/** Changes the fault of a name; where there are `settings`, makes one of them. `close` is called at the end. */
export function Editor({ name, settings, close }) {
  const isNew = settings !== undefined;
  const kinds = useLoad(() => "/api/fault-kinds");
  const text = useSignal(isNew ? pretty(settings) : null);
  const tag = useSignal("");
  const fetch = useAction(async () => {
    const { value, response } = await tell("GET", name);
    text.value = pretty(value.settings);
    tag.value = response.headers.get("ETag");
    save.refusal.value = null;
  });
  const save = useAction(async (called, headers) => {
    const { rule, flaw } = parse(text.peek());
    if (flaw) throw new Error(flaw);
    await tell("PUT", called, { body: rule, headers });
    close();
  });
  useEffect(() => {
    if (!isNew) fetch.run();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    if (isNew) save.run(event.currentTarget.elements.name.value.trim(), { "If-None-Match": "*" });
    else save.run(name, { "If-Match": tag.peek() });
  };
  return html`<${Dialog} title=${isNew ? "New fault" : `Fault ${name}`} close=${close} kind="wide">
    <form class="editor" onSubmit=${submit} aria-busy=${save.isBusy.value} noValidate>
      ${isNew && html`<${Name} usual=${name} />`}
      <${Refusal} of=${fetch.refusal.value} />
      ${text.value !== null &&
      html`<${Rule} text=${text} kinds=${kinds} errors=${save.refusal.value?.errors ?? []} />
        <div class="foot row">
          <button class="primary">${isNew ? "Switch it on" : "Save"}</button>
          <${Refused} of=${save.refusal.value} isNew=${isNew} again=${fetch.run} insist=${() => save.run(name)} />
        </div>`}
    </form>
  <//>`;
}

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
  const form = { rule, errors, put: (changed) => (text.value = pretty(changed)) };
  const isPreset = rule?.preset !== undefined;
  return html`${isPreset &&
    html`<p>This is the preset <b>${String(rule.preset)}</b>: only how long and how often it acts can be changed.</p>`}
    <${Key} name="describe" label="In your words" hint="What it is for; shown with it" form=${form} />
    ${!isPreset &&
    html`<${Key} ...${FIRST} form=${form} />
      <${Refusal} of=${kinds.refusal.value} />
      <${Kinds} kinds=${kinds.value.value ?? []} form=${form} />`}
    ${Object.entries(MORE).map(([title, keys], place) => {
      const isSet = Object.keys(keys).some((name) => rule?.[name] !== undefined);
      return html`<details key=${title} open=${place === 0 || isSet}>
        <summary>${title}</summary>
        <div class="keys">
          ${Object.entries(keys).map(
            ([name, hint]) =>
              html`<${Key} key=${name} name=${name} hint=${hint} choices=${CHOICES[name]} form=${form} />`,
          )}
        </div>
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

/** What the server refused; where it is another fault by now, with the ways out. */
function Refused({ of, isNew, again, insist }) {
  if (of?.status !== CHANGED) return html`<${Refusal} of=${of} />`;
  if (isNew) return html`<${Refusal} of=${{ message: "There is a fault of this name already. Take another name." }} />`;
  return html`<${Refusal} of=${{ message: "It was changed or has ended meanwhile, and nothing was saved." }} />
    <button type="button" onClick=${again}>Show what it is now</button>
    <button type="button" onClick=${insist}>Save mine all the same</button>`;
}
