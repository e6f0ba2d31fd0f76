/** One document on a page of its own: its form, its links both ways, and what may be done to it. */

import { ask, send } from "../lib/control.js";
import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { go, sandbox } from "../lib/route.js";
import { Action, Dialog, Empty, Refusal } from "../lib/ui.js";
import { changeOf } from "./change.js";
import { DocumentForm, ReadOnly } from "./form.js";
import { pathOf, placeOf, singular, titleOf } from "./plain.js";
import { Seen } from "./seen.js";
import { useNews } from "./rows.js";
import { Mark } from "./value.js";

/** A dialog that makes a document; `like` is one that it begins as. `made` is given its row. */
export function NewDocument({ resource, resources, like = {}, close, made }) {
  const save = async (body) => {
    const row = await ask("POST", pathOf(resource.name), { query: { sandbox: sandbox.peek() }, body });
    close();
    made(row);
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

/** How to load a document: `{found, tag, refusal}`, or null where it has been asked for again meanwhile. */
function useLoading(resource, key) {
  const turn = useRef(0);
  return async () => {
    const mine = ++turn.current;
    try {
      const { value, response } = await send("GET", pathOf(resource, key), { query: { sandbox: sandbox.peek() } });
      const loaded = { found: value, tag: response.headers.get("ETag"), refusal: null };
      return mine === turn.current ? loaded : null;
    } catch (refusal) {
      return mine === turn.current ? { found: null, tag: "", refusal } : null;
    }
  };
}

export function Document({ resource, resources, name }) {
  const load = useLoading(resource.name, name);
  const state = useSignal({ found: null, tag: "", refusal: null });
  const newer = useSignal(null);
  const isDirty = useRef(false);
  const isCopying = useSignal(false);
  const adopt = (loaded) => {
    if (!loaded) return;
    state.value = loaded;
    newer.value = null;
  };
  const reload = async () => adopt(await load());
  /** What happened elsewhere is shown at once, unless somebody is at work here. */
  const compare = async () => {
    const loaded = await load();
    if (!loaded) return;
    const { found, tag } = state.peek();
    // The very same object: the form begins anew with another one.
    if (found && loaded.tag === tag) state.value = { ...loaded, found: { ...loaded.found, document: found.document } };
    else if (isDirty.current && found) newer.value = loaded;
    else adopt(loaded);
  };
  useEffect(() => {
    reload();
  }, []);
  useNews(resource.name, compare);

  const { found, tag, refusal } = state.value;
  const back = html`<a href=${placeOf([resource.name])}>${resource.name}</a>`;
  if (!found) {
    return html`<p class="crumbs">${back} / ${name}</p>
      ${refusal ? html`<${Refusal} of=${refusal} />` : html`<${Empty}>Loading …<//>`}`;
  }
  const save = async (document) => {
    const change = changeOf(found.document, document, resource.open);
    if (change) await write(resource, name, change, tag);
    isDirty.current = false;
    await reload();
  };
  const take = () => {
    isDirty.current = false;
    adopt(newer.peek());
  };
  const remove = async () => {
    await ask("DELETE", pathOf(resource.name, name), { query: { sandbox: sandbox.peek() } });
    go(placeOf([resource.name]), { replace: true });
  };
  return html`<p class="crumbs">${back} / <span>${name}</span></p>
    <div class="row about">
      <h2>${titleOf(resource, found.document) || name}</h2>
      <${Mark} of=${found.changed} />
      <span class="row push">
        ${!resource.singleton &&
        html`<button type="button" onClick=${() => (isCopying.value = true)}>Duplicate</button>`}
        ${!resource.singleton && html`<${Action} kind="danger" act=${remove} confirm=${`Delete ${name}?`}>Delete<//>`}
      </span>
    </div>
    <${Seen} url=${found.url} />
    ${newer.value &&
    html`<${Meanwhile} newer=${newer.value} mine=${found} take=${take} keep=${() => keep(state, newer)} />`}
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
    ${isCopying.value &&
    html`<${NewDocument}
      resource=${resource}
      resources=${resources}
      like=${copyOf(resource, found.document)}
      close=${() => (isCopying.value = false)}
      made=${(row) => go(placeOf([resource.name, row.key]))}
    />`}`;
}

/** Puts a change into force, as long as the document has the tag that it was read with. */
async function write(resource, key, { method, body }, tag) {
  const hidden = resource.fields.filter((field) => field.write_only && body[field.name] === undefined);
  if (method === "PUT" && hidden.length) {
    const detail = "would be lost, as this puts a whole document: give it";
    const errors = hidden.map(({ name }) => ({ pointer: `/${name}`, detail }));
    throw Object.assign(new Error("Nothing was sent: what is never shown would be lost."), { errors });
  }
  const headers = { "If-Match": tag };
  await ask(method, pathOf(resource.name, key), { query: { sandbox: sandbox.peek() }, headers, body });
}

/** Goes on with what was typed, over what somebody else has made of the document. */
function keep(state, newer) {
  state.value = { ...state.peek(), tag: newer.peek().tag };
  newer.value = null;
}

/** Said while somebody edits what somebody else has changed. */
function Meanwhile({ newer, mine, take, keep }) {
  if (!newer.found) {
    return html`<div class="notice" role="alert"><p>This document has been deleted meanwhile.</p></div>`;
  }
  const names = Object.keys({ ...newer.found.document, ...mine.document }).filter(
    (name) => JSON.stringify(newer.found.document[name]) !== JSON.stringify(mine.document[name]),
  );
  return html`<div class="notice" role="alert">
    <p>This document has changed meanwhile: ${names.join(", ")}. Nothing of yours was touched.</p>
    <div class="row">
      <button type="button" class="small" onClick=${take}>Show theirs, drop mine</button>
      <button type="button" class="small" onClick=${keep}>Go on with mine</button>
    </div>
  </div>`;
}

/** What it refers to, and what refers to it. */
function Links({ related, name }) {
  const { refers, referred } = related;
  if (!refers.length && !referred.length) return null;
  return html`<section class="card links">
    <h2>Links</h2>
    ${refers.length > 0 &&
    html`<ul>
      ${refers.map(
        (link) =>
          html`<li key=${`${link.field} ${link.key}`}>
            <span class="soft">${link.field} →</span>
            <a href=${placeOf([link.resource, link.key])}>${link.resource} ${link.key}</a>
            ${!link.found && html` <span class="badge bad">not there</span>`}
          </li>`,
      )}
    </ul>`}
    ${referred.map((link) => html`<${Referred} key=${`${link.resource} ${link.field}`} link=${link} name=${name} />`)}
  </section>`;
}

function Referred({ link, name }) {
  const all = placeOf([link.resource], { [link.field]: name });
  const called = link.total === 1 ? singular(link.resource) : link.resource;
  return html`<div>
    <h3>
      <a href=${all}>${link.total} ${called}</a> <span class="soft">by ${link.field}</span>
    </h3>
    <p class="references">
      ${link.rows.map((row) => html`<a key=${row.key} href=${placeOf([link.resource, row.key])}>${row.key}</a>`)}
      ${link.total > link.rows.length && html`<span class="soft">and ${link.total - link.rows.length} more</span>`}
    </p>
  </div>`;
}
