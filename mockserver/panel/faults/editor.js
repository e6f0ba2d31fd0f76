/**
 * A dialog that makes or changes a fault. What is sent is the JSON at its end; the fields above write into that, and
 * are made of what the server says of its kinds of faults. Two who change the same fault don't undo one another.
 */

import { tell } from "../lib/breaking.js";
import { html, useEffect, useSignal } from "../lib/html.js";
import { useAction, useLoad } from "../lib/load.js";
import { Dialog, Field, Refusal } from "../lib/ui.js";

const CHANGED = 412;
const ROUTES = "GET /animals/:id, ANY * for all requests, WS * for all sockets; several with commas between";
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

const GROUPS = ["Decides the end (one at most)", "Changes an answer", "Happens to messages"];
const groupOf = (kind) => GROUPS[kind.is_terminal ? 0 : String(kind.scopes) === "frame" ? 2 : 1];
/** How keys are read and written that are no JSON: routes with commas between, and plain words. */
const SPELT = { match: [readRoutes, writeRoutes], describe: [(text) => text || undefined, (value) => value ?? ""] };

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
      ${isNew &&
      html`<${Field}
        label="Name"
        hint="Letters, digits, dots, underscores and hyphens"
        control=${(id, hint) =>
          html`<input id=${id} name="name" defaultValue=${name} aria-describedby=${hint} autocomplete="off" />`}
      />`}
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

/** The fields and the JSON that they write into. */
function Rule({ text, kinds, errors }) {
  const { rule, flaw } = parse(text.value);
  const form = { rule, errors, put: (changed) => (text.value = pretty(changed)) };
  const isPreset = rule?.preset !== undefined;
  return html`${isPreset &&
    html`<p>This is the preset <b>${String(rule.preset)}</b>: only how long and how often it acts can be changed.</p>`}
    <${Key} name="describe" label="In your words" hint="What it is for; shown with it" form=${form} />
    ${!isPreset &&
    html`<${Key} name="match" label="What it is for" hint=${ROUTES} form=${form} />
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
  const message = isNew
    ? "There is a fault of this name already. Take another name."
    : "It was changed or has ended meanwhile, and nothing was saved.";
  return html`<${Refusal} of=${{ message }} />
    ${!isNew &&
    html`<button type="button" onClick=${again}>Show what it is now</button>
      <button type="button" onClick=${insist}>Save mine all the same</button>`}`;
}

/** The same rule with another value of a key, in its place; none where it is undefined. */
function withKey(rule, key, value) {
  const changed = { ...rule, [key]: value };
  if (value === undefined) delete changed[key];
  return changed;
}

/** What somebody has written in a field: JSON where it is that, else the text itself; nothing where there is none. */
function readField(text) {
  const bare = text.trim();
  try {
    return bare ? JSON.parse(bare) : undefined;
  } catch {
    return bare;
  }
}

/** A value as it stands in a field, from which it is read again. */
function writeField(value) {
  if (value === undefined) return "";
  return typeof value === "string" && readField(value) === value ? value : JSON.stringify(value);
}

function readRoutes(text) {
  const routes = text.split(",").map((one) => one.trim()).filter(Boolean);
  return routes.length > 1 ? routes : routes[0];
}

function writeRoutes(value) {
  return Array.isArray(value) ? value.join(", ") : writeField(value);
}

/**
 * One key, with what the server said of it. `form` is `{rule, put, errors}`: the rule as it stands, what has another
 * in its place, and what was refused. What is being written stays as it is; what it means goes into the rule.
 */
function Key({ name, label = name, hint, choices, form }) {
  const written = useSignal(null);
  const [read, write] = SPELT[name] ?? [readField, writeField];
  const value = write(form.rule?.[name]);
  const kept = written.value !== null && write(read(written.value)) === value ? written.value : value;
  const wrong = form.errors.filter(({ pointer }) => `${pointer}/`.startsWith(`/${name}/`));
  const said = wrong.map(({ detail }) => detail).join("; ");
  const input = ({ currentTarget }) => {
    written.value = currentTarget.value;
    form.put(withKey(form.rule, name, read(currentTarget.value)));
  };
  const control = (id, described) => {
    const about = { id, value: kept, disabled: !form.rule, "aria-describedby": described };
    if (said) about["aria-invalid"] = "true";
    if (!choices) return html`<input ...${about} onInput=${input} autocomplete="off" spellcheck=${false} />`;
    return html`<select ...${about} onChange=${input}>
      ${[...new Set(["", ...choices, kept])].map(
        (one) => html`<option key=${one} value=${one} selected=${one === kept}>${one || "–"}</option>`,
      )}
    </select>`;
  };
  const shown = said ? html`<span class="wrong">${said}</span>` : hint;
  return html`<${Field} label=${label} hint=${shown} control=${control} />`;
}

/** What happens: the kinds of faults that a rule has, each with its keys, and others to add. */
function Kinds({ kinds, form }) {
  const rule = form.rule ?? {};
  const has = (kind) => kind.name in rule;
  const add = ({ currentTarget }) => {
    const kind = kinds.find((one) => one.name === currentTarget.value);
    currentTarget.value = "";
    form.put(begun(rule, kind));
  };
  const takeOut = (kind) => form.put(kind.keys.reduce((left, { name }) => withKey(left, name, undefined), rule));
  return html`${kinds.filter(has).map(
      (kind) =>
        html`<fieldset key=${kind.name} class="kind">
          <legend>${kind.name}</legend>
          <p class="soft">${plain(kind.describe)}</p>
          <div class="keys">
            ${kind.keys.map(({ name, describe }) => {
              const about = { name, hint: plain(describe), choices: choicesOf(kind, name) };
              return html`<${Key} key=${name} ...${about} form=${form} />`;
            })}
          </div>
          <button type="button" class="small" aria-label=${`Take out ${kind.name}`} onClick=${() => takeOut(kind)}>
            Take out
          </button>
        </fieldset>`,
    )}
    <${Field}
      label="Something else that happens"
      control=${(id) =>
        html`<select id=${id} value="" onChange=${add} disabled=${!form.rule}>
          <option value="">Choose …</option>
          ${GROUPS.map(
            (group) =>
              html`<optgroup key=${group} label=${group}>
                ${kinds
                  .filter((kind) => groupOf(kind) === group && !has(kind))
                  .map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}
              </optgroup>`,
          )}
        </select>`}
    />`;
}

/** The rule with a kind as in the first of its examples. */
function begun(rule, kind) {
  const [example] = kind.examples;
  const own = kind.keys.filter(({ name }) => name in example);
  return own.reduce((left, { name }) => withKey(left, name, example[name]), { match: example.match, ...rule });
}

/** The texts of which a key may be one, where it may be nothing else. */
function choicesOf(kind, name) {
  return kind.schema.properties[name]?.enum?.filter((one) => typeof one === "string");
}

/** Words of the reference without their marks of code. */
const plain = (text) => text.replaceAll("`", "");
