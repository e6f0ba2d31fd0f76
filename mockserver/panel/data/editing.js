/** One document on a page of its own: its form, its links both ways, and what may be done to it. */

import { ask, send } from "../lib/control.js";
import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { go, sandbox } from "../lib/route.js";
import { listen, rejoined } from "../lib/stream.js";
import { Action, Dialog, Empty, Refusal } from "../lib/ui.js";
import { changeOf, DocumentForm, isSame, ReadOnly } from "./form.js";
import { Mark, pathOf, placeOf, Seen, singular, titleOf } from "./value.js";

const TOGETHER_MS = 200;

/**
 * Loads what is at a path of a resource, and again shortly after anything has happened to that. `take` is given
 * `{value, response}` or `{refusal}`, and whether all may be another since, as after a reset. Gives back how to reload.
 * Nothing is loaded of the path null.
 */
export function useKept(resource, path, take) {
  const turn = useRef(0);
  const latest = useRef(take);
  latest.current = take;
  const reload = async (isAnew) => {
    const mine = ++turn.current;
    const answer = await send("GET", path, { query: { sandbox: sandbox.peek() } }).catch((refusal) => ({ refusal }));
    if (mine === turn.current) latest.current(answer, isAnew);
  };
  useEffect(() => {
    if (path === null) return undefined;
    let timer;
    let isAnew = false;
    const tell = () => {
      reload(isAnew);
      timer = undefined;
      isAnew = false;
    };
    const hear = (isAll) => {
      isAnew ||= isAll;
      timer ??= setTimeout(tell, TOGETHER_MS);
    };
    const hearSome = (kind) => (events) => {
      const here = events.filter((event) => event.sandbox === null || event.sandbox === sandbox.peek());
      const isAll = here.some((event) => (kind === "event" ? event.gap : event.change !== "began"));
      if (isAll || here.some((event) => event.resource === resource)) hear(isAll);
    };
    const stops = ["event", "scenario", "definition", "sandbox"].map((kind) => listen(kind, hearSome(kind)));
    let isFirst = true;
    stops.push(rejoined.subscribe(() => (isFirst ? (isFirst = false) : hear(true))));
    reload(true);
    return () => {
      turn.current += 1;
      clearTimeout(timer);
      stops.forEach((stop) => stop());
    };
  }, [path]);
  return reload;
}

/** A dialog that makes a document, and shows it; `like` is one that it begins as. */
export function NewDocument({ resource, resources, like = {}, close }) {
  const save = async (body) => {
    const row = await ask("POST", pathOf(resource.name), { query: { sandbox: sandbox.peek() }, body });
    close();
    go(placeOf([resource.name, row.key]));
  };
  return html`<${Dialog} title=${`New ${singular(resource.name)}`} kind="wide data" close=${close}>
    <${DocumentForm}
      resource=${resource}
      resources=${resources}
      document=${like}
      save=${save}
      isNew
      label=${`New ${resource.name}`}
      word="Create"
    />
  <//>`;
}

/** What of a document a new one may begin with. */
function copyOf(resource, document) {
  const own = (field) => field.name !== resource.key && !field.unique && !field.read_only && field.content === null;
  const names = resource.fields.filter(own).map((field) => field.name);
  return Object.fromEntries(names.filter((name) => name in document).map((name) => [name, document[name]]));
}

export function Document({ resource, resources, name }) {
  const state = useSignal({});
  const newer = useSignal(null);
  const isDirty = useRef(false);
  const isCopying = useSignal(false);
  const isLeaving = useSignal(false);
  const path = pathOf(resource.name, name);

  const adopt = (loaded) => {
    state.value = loaded;
    newer.value = null;
  };
  /** What happened elsewhere is shown at once, unless somebody is at work here. */
  const reload = useKept(resource.name, isLeaving.value ? null : path, ({ value, response, refusal }, isAnew) => {
    const loaded = { found: value, tag: response?.headers.get("ETag"), refusal };
    const { found, tag } = state.peek();
    const isAtWork = found && isDirty.current;
    // The very same object: the form begins anew with another one.
    const isStill = value && loaded.tag === tag && (isAtWork || !isAnew);
    if (isStill) adopt({ ...loaded, found: { ...value, document: found.document } });
    else if (isAtWork) newer.value = loaded;
    else adopt(loaded);
  });

  const { found, tag, refusal } = state.value;
  const back = html`<a href=${placeOf([resource.name])}>${resource.name}</a>`;
  if (!found) {
    return html`<p class="soft">${back} / ${name}</p>
      ${refusal ? html`<${Refusal} of=${refusal} />` : html`<${Empty}>Loading …<//>`}`;
  }
  const save = async (document) => {
    const change = changeOf(found.document, document, resource.open);
    if (change) await write(resource, path, change, tag);
    isDirty.current = false;
    await reload(true);
  };
  const take = () => {
    isDirty.current = false;
    adopt(newer.peek());
  };
  /** Goes on with what was typed, over what somebody else has made of the document. */
  const keep = () => adopt({ ...state.peek(), tag: newer.peek().tag });
  const remove = async () => {
    isLeaving.value = true; // what is gone is not asked for
    try {
      await ask("DELETE", path, { query: { sandbox: sandbox.peek() } });
    } catch (refusal) {
      isLeaving.value = false;
      throw refusal;
    }
    go(placeOf([resource.name]), { replace: true });
  };
  return html`<p class="soft">${back} / <span>${name}</span></p>
    <div class="row about">
      <h2>${titleOf(resource, found.document) || name}</h2>
      <${Mark} of=${found.changed} />
      ${!resource.singleton &&
      html`<span class="row push">
        <button type="button" onClick=${() => (isCopying.value = true)}>Duplicate</button>
        <${Action} kind="danger" act=${remove} confirm=${`Delete ${name}?`}>Delete<//>
      </span>`}
    </div>
    <${Seen} url=${found.url} />
    <div class="sides">
      <section class="card">
        <${DocumentForm}
          resource=${resource}
          resources=${resources}
          document=${found.document}
          seeded=${found.seeded}
          save=${save}
          watch=${(is) => (isDirty.current = is)}
          label=${`${resource.name} ${name}`}
          word="Save"
        />
      </section>
      <div class="stack">
        <${ReadOnly} resource=${resource} document=${found.document} seeded=${found.seeded} />
        <${Links} related=${found.related} name=${name} />
      </div>
    </div>
    ${newer.value && html`<${Meanwhile} newer=${newer.value} mine=${found} take=${take} keep=${keep} />`}
    ${isCopying.value &&
    html`<${NewDocument}
      resource=${resource}
      resources=${resources}
      like=${copyOf(resource, found.document)}
      close=${() => (isCopying.value = false)}
    />`}`;
}

/** Puts a change into force, as long as the document has the tag that it was read with. */
async function write({ fields, key }, path, { method, body }, tag) {
  const hidden = fields.filter(({ write_only, name }) => write_only && name !== key && body[name] === undefined);
  if (method === "PUT" && hidden.length) {
    const detail = "would be lost, as this puts a whole document: give it";
    const errors = hidden.map(({ name }) => ({ pointer: `/${name}`, detail }));
    throw Object.assign(new Error("Nothing was sent: what is never shown would be lost."), { errors });
  }
  await ask(method, path, { query: { sandbox: sandbox.peek() }, headers: { "If-Match": tag }, body });
}

/** Said while somebody edits what somebody else has changed. */
function Meanwhile({ newer, mine, take, keep }) {
  if (!newer.found) {
    const isGone = [404, 410].includes(newer.refusal.status);
    const words = isGone ? "This document has been deleted meanwhile." : newer.refusal.message;
    return html`<p class="notice" role="alert">${words}</p>`;
  }
  const [theirs, ours] = [newer.found.document, mine.document];
  const names = Object.keys({ ...theirs, ...ours }).filter((name) => !isSame(theirs[name], ours[name]));
  return html`<div class="notice" role="alert">
    <p>This document has changed meanwhile: ${names.join(", ")}. Nothing of yours was touched.</p>
    <button type="button" class="small" onClick=${take}>Show theirs, drop mine</button>
    <button type="button" class="small" onClick=${keep}>Go on with mine</button>
  </div>`;
}

/** What it refers to, and what refers to it. */
function Links({ related: { refers, referred }, name }) {
  if (!refers.length && !referred.length) return null;
  return html`<section class="card links">
    <h2>Links</h2>
    ${refers.map(
      (link) =>
        html`<p key=${`${link.field} ${link.key}`} class="row">
          <span class="soft">${link.field} →</span>
          <a href=${placeOf([link.resource, link.key])}>${link.resource} ${link.key}</a>
          ${!link.found && html`<span class="badge bad">not there</span>`}
        </p>`,
    )}
    ${referred.map((link) => html`<${Referred} key=${`${link.resource} ${link.field}`} link=${link} name=${name} />`)}
  </section>`;
}

function Referred({ link: { resource, field, total, rows }, name }) {
  return html`<div>
    <h3>
      <a href=${placeOf([resource], { [field]: name })}>${total} ${total === 1 ? singular(resource) : resource}</a>
      <span class="soft"> by ${field}</span>
    </h3>
    <p class="references">
      ${rows.map((row) => html`<a key=${row.key} href=${placeOf([resource, row.key])}>${row.key}</a>`)}
      ${total > rows.length && html`<span class="soft">and ${total - rows.length} more</span>`}
    </p>
  </div>`;
}
