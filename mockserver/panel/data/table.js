/** The rows of one resource: filtered, sorted, page by page, and the address where the API has just these. */

import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { go, route } from "../lib/route.js";
import { Empty, Refusal } from "../lib/ui.js";
import { filtersOf, isText, offered, readFilter } from "./filter.js";
import { NewDocument } from "./editing.js";
import { placeOf, singular } from "./plain.js";
import { useRows } from "./rows.js";
import { Seen } from "./seen.js";
import { Mark, Value } from "./value.js";

const SIZES = [10, 25, 50, 100];
const USUAL = 25;
const TYPING_MS = 250;

export function Table({ resource, resources }) {
  const given = [...route.value.query].filter(([name]) => name !== "sandbox");
  const size = Math.min(Number(route.value.query.get("limit")) || USUAL, resource.page_max ?? Infinity);
  const asked = [...given.filter(([name]) => name !== "limit"), ["limit", String(size)]];
  const rows = useRows(resource.name, asked);
  const isNaming = useSignal(false);
  const shown = rows.page.value;
  return html`<${Bar} resource=${resource} make=${() => (isNaming.value = true)} />
    <${Filters} resource=${resource} />
    <${Refusal} of=${rows.refusal.value} />
    ${rows.newer.value &&
    html`<p class="notice" role="status">
      Rows have come or gone meanwhile.
      <button type="button" class="small" onClick=${rows.adopt}>Show the page as it is now</button>
    </p>`}
    ${shown &&
    html`<${Grid} resource=${resource} page=${shown} />
      <${Pager} resource=${resource} page=${shown} size=${size} />
      <${Seen} url=${shown.url} />`}
    ${isNaming.value &&
    html`<${NewDocument}
      resource=${resource}
      resources=${resources}
      close=${() => (isNaming.value = false)}
      made=${(row) => go(placeOf([resource.name, row.key]))}
    />`}`;
}

/** Goes to the same rows asked for otherwise; a value of null is asked no more. */
function show(resource, changes, replace = true) {
  const kept = Object.fromEntries([...route.peek().query].filter(([name]) => name !== "sandbox"));
  const offset = "offset" in changes ? {} : { offset: null };
  go(placeOf([resource.name], { ...kept, ...offset, ...changes }), { replace });
}

function Bar({ resource, make }) {
  const isChanged = route.value.query.get("changed") === "1";
  const { created, updated } = resource.changed;
  const only = () => show(resource, { changed: isChanged ? null : "1" });
  const search = (text) => show(resource, { q: text || null });
  return html`<div class="row tools">
    <${Typed} label=${`Search ${resource.name}`} text=${route.value.query.get("q") ?? ""} say=${search} type="search" />
    <button type="button" aria-pressed=${String(isChanged)} onClick=${only}>
      Only changed <span class="soft">${created + updated}</span>
    </button>
    ${!resource.singleton &&
    html`<button type="button" class="primary push" onClick=${make}>New ${singular(resource.name)}</button>`}
  </div>`;
}

/** What is filtered by and has no place over a column, and the way back to all. */
function Filters({ resource }) {
  const filters = filtersOf(resource.fields, route.value.query);
  const over = [resource.key, ...columnsOf(resource).map((field) => field.name)];
  const others = filters.filter((filter) => filter.text === null || !over.includes(filter.field));
  const isNarrowed = filters.length > 0 || route.value.query.get("q") || route.value.query.get("changed");
  if (!isNarrowed) return null;
  const all = () => {
    const { query } = route.peek();
    go(placeOf([resource.name], { sort: query.get("sort"), limit: query.get("limit") }));
  };
  return html`<div class="row chips">
    ${others.map(
      ({ name, value }) =>
        html`<button type="button" class="small" key=${name} onClick=${() => show(resource, { [name]: null })}>
          <code>${name}=${value}</code><span aria-hidden="true"> ✕</span><span class="hidden">, take away</span>
        </button>`,
    )}
    <button type="button" class="quiet small" onClick=${all}>Show all</button>
  </div>`;
}

/** A text that is told when typing has paused; it follows what is asked otherwise, but never who is typing. */
function Typed({ label, text, say, type = "text", placeholder = label, kind = "" }) {
  const input = useRef(null);
  const timer = useRef(0);
  useEffect(() => {
    if (document.activeElement !== input.current) input.current.value = text;
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const wait = (event) => {
    const typed = event.currentTarget.value;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => say(typed), TYPING_MS);
  };
  return html`<input
    ref=${input}
    class=${kind}
    type=${type}
    defaultValue=${text}
    aria-label=${label}
    placeholder=${placeholder}
    autocomplete="off"
    spellcheck=${false}
    onInput=${wait}
  />`;
}

/** The fields that have a column. */
const columnsOf = (resource) => resource.fields.filter((field) => !field.write_only && field.name !== resource.key);

function Grid({ resource, page }) {
  const key = resource.fields.find((field) => field.name === resource.key);
  const columns = columnsOf(resource);
  const declared = [key, ...columns];
  const strangers = resource.open ? strangersIn(page, resource) : [];
  const all = [...columns, ...strangers];
  return html`<div class="scroll rows" tabindex="0" role="region" aria-label=${`Rows of ${resource.name}`}>
    <table>
      <caption class="hidden">
        ${`${page.total} ${resource.name}`}
      </caption>
      <thead>
        <tr>
          ${declared.map((field) => html`<${Heading} key=${field.name} resource=${resource} field=${field} />`)}
          ${strangers.map((field) => html`<th key=${field.name} scope="col">${field.name}</th>`)}
        </tr>
        ${!resource.singleton &&
        html`<tr class="filters">
          ${declared.map(
            (field) => html`<td key=${field.name}><${Filter} resource=${resource} field=${field} /></td>`,
          )}
          ${strangers.map((field) => html`<td key=${field.name}></td>`)}
        </tr>`}
      </thead>
      <tbody>
        ${page.rows.map((row) => html`<${Row} key=${row.key} resource=${resource} row=${row} columns=${all} />`)}
      </tbody>
    </table>
    ${page.rows.length === 0 && html`<${Nothing} resource=${resource} />`}
  </div>`;
}

/** Members of documents that may hold anything, and are not declared. */
function strangersIn(page, resource) {
  const known = new Set(resource.fields.map((field) => field.name));
  const names = new Set(page.rows.flatMap((row) => Object.keys(row.document)));
  return [...names].filter((name) => !known.has(name)).slice(0, 20).map((name) => ({ name, type: "any" }));
}

function Nothing({ resource }) {
  const { query } = route.value;
  if (query.get("changed") === "1") return html`<${Empty}>Nothing here has changed since the data was seeded.<//>`;
  const isNarrowed = query.get("q") || query.get("offset") || filtersOf(resource.fields, query).length > 0;
  if (isNarrowed && resource.count > 0) return html`<${Empty}>None of ${resource.count} is like this.<//>`;
  return html`<${Empty}>There are no ${resource.name} yet.<//>`;
}

const NUMBERS = ["integer", "number"];
const isNumber = (field) => NUMBERS.includes(field.type) && !field.ref;

function Heading({ resource, field }) {
  const sort = route.value.query.get("sort") ?? "";
  const order = sort === field.name ? "ascending" : sort === `-${field.name}` ? "descending" : "none";
  const next = { none: field.name, ascending: `-${field.name}`, descending: null }[order];
  const sign = { none: "", ascending: " ↑", descending: " ↓" }[order];
  const kind = isNumber(field) && field.name !== resource.key ? "number" : "";
  return html`<th scope="col" aria-sort=${order} class=${kind} title=${field.describe ?? ""}>
    <button type="button" class="sort" onClick=${() => show(resource, { sort: next })}>
      ${field.name}<span aria-hidden="true">${sign}</span>
    </button>
  </th>`;
}

function Filter({ resource, field }) {
  if (field.type === "object" || field.content) return null;
  const filters = filtersOf(resource.fields, route.value.query);
  const here = filters.filter((one) => one.field === field.name && one.text !== null);
  const text = here[0]?.text ?? "";
  const say = (typed) => {
    const gone = Object.fromEntries(here.map((one) => [one.name, null]));
    const [name, value] = readFilter(field, typed) ?? [];
    show(resource, name ? { ...gone, [name]: value } : gone);
  };
  const choices = offered(field);
  const label = `Filter by ${field.name}`;
  if (!choices) return html`<${Typed} label=${label} placeholder=${hintOf(field)} text=${text} say=${say} />`;
  return html`<select aria-label=${label} value=${text} onChange=${(event) => say(event.currentTarget.value)}>
    <option value="">any</option>
    ${choices.map((choice) => html`<option key=${choice} value=${String(choice)}>${String(choice)}</option>`)}
    ${field.nullable && html`<option value="null">null</option>`}
    ${text && ![...choices.map(String), "null"].includes(text) && html`<option value=${text}>${text}</option>`}
  </select>`;
}

const HINTS = { integer: ">= 3", number: ">= 3", date: ">= 2026-01-15", datetime: ">= 2026-01-15" };
const hintOf = (field) => (field.ref ? "id" : (HINTS[field.type] ?? (isText(field) ? "contains" : "equals")));

function Row({ resource, row, columns }) {
  const mark = row.gone ? "deleted" : row.changed;
  return html`<tr class=${mark ?? ""}>
    <th scope="row">
      <a href=${placeOf([resource.name, row.key])}>${row.key}</a> <${Mark} of=${mark} />
    </th>
    ${columns.map((field) => {
      const differs = row.differs.includes(field.name);
      return html`<td key=${field.name} class=${`${isNumber(field) ? "number" : ""}${differs ? " differs" : ""}`}>
        ${differs && html`<span class="hidden">changed: </span>`}
        <${Value} field=${field} value=${row.document[field.name]} />
      </td>`;
    })}
  </tr>`;
}

function Pager({ resource, page, size }) {
  const offset = Number(route.value.query.get("offset")) || 0;
  const end = offset + page.rows.length;
  const span = page.rows.length ? `${offset + 1}–${end}` : "0";
  const to = (place) => show(resource, { offset: place > 0 ? String(place) : null }, false);
  const last = Math.max(0, Math.floor((page.total - 1) / size) * size);
  const most = resource.page_max ?? Infinity;
  const sizes = [...new Set([...SIZES.filter((one) => one <= most), size])].sort((a, b) => a - b);
  return html`<nav class="row pager" aria-label="Pages">
    <span class="soft" role="status">${span} of ${page.total.toLocaleString()}</span>
    <button type="button" class="small" disabled=${offset === 0} onClick=${() => to(0)}>First</button>
    <button type="button" class="small" disabled=${offset === 0} onClick=${() => to(offset - size)}>Back</button>
    <button type="button" class="small" disabled=${end >= page.total} onClick=${() => to(end)}>Next</button>
    <button type="button" class="small" disabled=${end >= page.total} onClick=${() => to(last)}>Last</button>
    <label class="push">
      Rows
      <select value=${size} onChange=${(event) => show(resource, { limit: event.currentTarget.value })}>
        ${sizes.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
      </select>
    </label>
  </nav>`;
}
