/** The documents of a sandbox: what there is, what has changed since it was seeded, and the rows of each resource. */

import { ask } from "../lib/control.js";
import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { go, route, sandbox } from "../lib/route.js";
import { scenario } from "../lib/state.js";
import { Action, Empty, Refusal } from "../lib/ui.js";
import { Document, NewDocument, useKept } from "../data/editing.js";
import { Mark, Marks, pathOf, placeOf, Seen, singular, Value } from "../data/value.js";

const SIZES = [10, 25, 50, 100];
const USUAL = 25;
const TYPING_MS = 250;
/** What a query may have beside filters. */
const OTHERS = ["limit", "offset", "sort", "q", "changed", "sandbox"];

export default function View() {
  const { value, refusal, reload } = useLoad(() => "/api/data", ["event", "scenario", "definition"]);
  const resources = value.value ?? [];
  const [name, key] = route.value.steps;
  const reset = async () => {
    await ask("POST", "/api/reset", { query: { sandbox: sandbox.peek() }, body: { what: ["data"] } });
    await reload();
  };
  return html`<div class="head">
      <h1>Data</h1>
      <p class="soft">${wordsOf(resources)}</p>
      <span class="push"><${Action} act=${reset} kind="small" confirm="Reset all of it?">Reset data<//></span>
    </div>
    <${Refusal} of=${refusal.value} />
    ${value.value &&
    (name === undefined
      ? html`<${Overview} resources=${resources} />`
      : html`<${Shown} resources=${resources} name=${name} of=${key} />`)}`;
}

/** How much of it is not as it began. */
function wordsOf(resources) {
  const sum = resources.flatMap(({ changed }) => Object.values(changed)).reduce((one, other) => one + other, 0);
  const began = scenario.value.value?.name ? `the scenario ${scenario.value.value.name} began` : "the file was loaded";
  if (!resources.length) return "";
  return sum === 0 ? `All as ${began}.` : `${sum.toLocaleString()} ${sum === 1 ? "change" : "changes"} since ${began}.`;
}

function Overview({ resources }) {
  if (!resources.length) return html`<${Empty}>The definition has no resources: there is nothing to show.<//>`;
  return html`<ul class="overview">
    ${resources.map(
      (resource) =>
        html`<li key=${resource.name} class="card">
          <div class="row">
            <h2><a href=${placeOf([resource.name])}>${resource.name}</a></h2>
            <span class="count push">${resource.singleton ? "one document" : resource.count.toLocaleString()}</span>
          </div>
          ${resource.describe && html`<p>${resource.describe}</p>`}
          <p class="row"><code>${resource.path}</code> <${Marks} of=${resource.changed} /></p>
          <${Relations} resource=${resource} />
        </li>`,
    )}
  </ul>`;
}

/** The resources that this one has to do with. */
function Relations({ resource }) {
  const list = (words, names) => {
    const links = [...new Set(names)].map((name) => html`<a href=${placeOf([name])}>${name}</a> `);
    return links.length > 0 && html`<span>${words} ${links}</span>`;
  };
  return html`<p class="row soft">
    ${list("refers to", resource.fields.map((field) => field.ref).filter(Boolean))}
    ${list("referred to by", resource.referring.map((one) => one.resource))}
  </p>`;
}

function Shown({ resources, name, of: key }) {
  const resource = resources.find((one) => one.name === name);
  if (!resource) {
    return html`<${Empty}>There is no resource ${name}. <a href=${placeOf([])}>Show all there are</a><//>`;
  }
  return html`<div class="beside">
    <nav class="resources" aria-label="Resources">
      ${resources.map(
        (one) =>
          html`<a key=${one.name} href=${placeOf([one.name])} aria-current=${one.name === name ? "page" : undefined}>
            <span>${one.name}</span> <span class="soft">${one.count.toLocaleString()}</span>
            <${Marks} of=${one.changed} />
          </a>`,
      )}
    </nav>
    <div class="stack content">
      ${key === undefined
        ? html`<${Table} key=${name} resource=${resource} resources=${resources} />`
        : html`<${Document} key=${`${name} ${key}`} resource=${resource} resources=${resources} name=${key} />`}
    </div>
  </div>`;
}

/** The rows of one resource: filtered, sorted, page by page, and the address where the API has just these. */
function Table({ resource, resources }) {
  const { query } = route.value;
  const size = Math.min(Number(query.get("limit")) || USUAL, resource.page_max ?? Infinity);
  const asked = [...query].filter(([name]) => name !== "sandbox" && name !== "limit");
  const { page, refusal, newer, adopt } = useRows(resource.name, [...asked, ["limit", String(size)]]);
  const isNaming = useSignal(false);
  const grid = useRef(null);
  const renew = () => {
    adopt(newer.value);
    grid.current.focus();
  };
  return html`<${Bar} resource=${resource} make=${() => (isNaming.value = true)} />
    <${Filters} resource=${resource} />
    <${Refusal} of=${refusal.value} />
    ${page.value &&
    html`<${Grid} resource=${resource} page=${page.value} grid=${grid} />
      <${Pager} resource=${resource} page=${page.value} size=${size} />
      <${Seen} url=${page.value.url} />`}
    ${newer.value &&
    html`<p class="notice" role="status">
      Rows have come or gone meanwhile.
      <button type="button" class="small" onClick=${renew}>Show the page as it is now</button>
    </p>`}
    ${isNaming.value &&
    html`<${NewDocument} resource=${resource} resources=${resources} close=${() => (isNaming.value = false)} />`}`;
}

/**
 * `{page, refusal, newer, adopt}`. What changes in the rows shown is shown at once; where rows come, go or change their
 * places, nothing moves: those that left are `gone`, and `newer` is the page as it is now, for `adopt`.
 */
function useRows(resource, query) {
  const page = useSignal(null);
  const newer = useSignal(null);
  const refusal = useSignal(null);
  const adopt = (found) => {
    page.value = found;
    newer.value = null;
  };
  const keys = (rows) => JSON.stringify(rows.map((row) => row.key));
  useKept(resource, `${pathOf(resource)}?${new URLSearchParams(query)}`, (answer, isAnew) => {
    const { value: found } = answer;
    const shown = page.peek();
    refusal.value = answer.refusal;
    if (!found) return;
    if (isAnew || !shown?.rows.length || keys(shown.rows) === keys(found.rows)) return adopt(found);
    const rows = new Map(found.rows.map((row) => [row.key, row]));
    page.value = { ...shown, rows: shown.rows.map((row) => rows.get(row.key) ?? { ...row, gone: true }) };
    newer.value = found;
  });
  return { page, refusal, newer, adopt };
}

/** Goes to the same rows asked for otherwise; a value of null is asked no more. */
function show(resource, changes, replace = true) {
  const kept = Object.fromEntries(route.peek().query);
  go(placeOf([resource.name], { ...kept, offset: null, ...changes }), { replace });
}

function Bar({ resource, make }) {
  const { query } = route.value;
  const isChanged = query.get("changed") === "1";
  const { created, updated } = resource.changed;
  const only = () => show(resource, { changed: isChanged ? null : "1" });
  const search = (text) => show(resource, { q: text || null });
  return html`<div class="row tools">
    <${Typed} label=${`Search ${resource.name}`} text=${query.get("q") ?? ""} say=${search} type="search" />
    <button type="button" aria-pressed=${String(isChanged)} onClick=${only}>
      Only changed <span class="soft">${created + updated}</span>
    </button>
    ${!resource.singleton &&
    html`<button type="button" class="primary push" onClick=${make}>New ${singular(resource.name)}</button>`}
  </div>`;
}

/** What is filtered by and has no place over a column, and the way back to all. */
function Filters({ resource }) {
  const { query } = route.value;
  const filters = filtersOf(resource, query);
  if (!filters.length && !query.get("q") && !query.get("changed")) return null;
  const all = () => go(placeOf([resource.name], { sort: query.get("sort"), limit: query.get("limit") }));
  return html`<div class="row chips">
    ${filters
      .filter((one) => one.text === null)
      .map(
        ({ name, value }) =>
          html`<button type="button" class="small" key=${name} onClick=${() => show(resource, { [name]: null })}>
            <code>${name}=${value}</code><span aria-hidden="true"> ✕</span><span class="hidden">, take away</span>
          </button>`,
      )}
    <button type="button" class="quiet small" onClick=${all}>Show all</button>
  </div>`;
}

/** A text that is told when typing has paused; it follows what is asked otherwise, but never who is typing. */
function Typed({ label, text, say, type = "text", placeholder = label }) {
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
    type=${type}
    defaultValue=${text}
    aria-label=${label}
    placeholder=${placeholder}
    autocomplete="off"
    spellcheck=${false}
    onInput=${wait}
  />`;
}

/** The fields that have a column, that of the key first. */
function columnsOf({ fields, key }) {
  const others = fields.filter((field) => !field.write_only && field.name !== key);
  return [fields.find((field) => field.name === key), ...others];
}

/** Members of documents that may hold anything, and are not declared. */
function strangersIn({ fields, open }, page) {
  const known = fields.map((field) => field.name);
  const names = open ? new Set(page.rows.flatMap((row) => Object.keys(row.document))) : [];
  return [...names].filter((name) => !known.includes(name)).slice(0, 20).map((name) => ({ name, isStranger: true }));
}

function Grid({ resource, page, grid }) {
  const columns = [...columnsOf(resource), ...strangersIn(resource, page)];
  return html`<div ref=${grid} class="scroll rows" tabindex="0" role="region" aria-label=${`Rows of ${resource.name}`}>
    <table>
      <caption class="hidden">
        ${`${page.total} ${resource.name}`}
      </caption>
      <thead>
        <tr>
          ${columns.map((field) => html`<${Heading} key=${field.name} resource=${resource} field=${field} />`)}
        </tr>
        ${!resource.singleton &&
        html`<tr class="filters">
          ${columns.map((field) => html`<td key=${field.name}><${Filter} resource=${resource} field=${field} /></td>`)}
        </tr>`}
      </thead>
      <tbody>
        ${page.rows.map((row) => html`<${Row} key=${row.key} resource=${resource} row=${row} columns=${columns} />`)}
      </tbody>
    </table>
    ${page.rows.length === 0 && html`<${Nothing} resource=${resource} />`}
  </div>`;
}

function Nothing({ resource }) {
  const { query } = route.value;
  if (query.get("changed")) return html`<${Empty}>Nothing here has changed since the data was seeded.<//>`;
  const isNarrowed = query.get("q") || query.get("offset") || filtersOf(resource, query).length > 0;
  if (isNarrowed && resource.count > 0) return html`<${Empty}>None of ${resource.count} is like this.<//>`;
  return html`<${Empty}>There are no ${resource.name} yet.<//>`;
}

const alignment = (resource, field) =>
  ["integer", "number"].includes(field.type) && !field.ref && field.name !== resource.key ? "number" : "";

function Heading({ resource, field }) {
  const { name } = field;
  const kind = alignment(resource, field);
  // One row has no order.
  if (resource.singleton || field.isStranger) return html`<th scope="col" class=${kind}>${name}</th>`;
  const steps = { [name]: ["ascending", " ↑", `-${name}`], [`-${name}`]: ["descending", " ↓", null] };
  const [order, sign, next] = steps[route.value.query.get("sort")] ?? ["none", "", name];
  return html`<th scope="col" aria-sort=${order} class=${kind} title=${field.describe ?? ""}>
    <button type="button" class="sort" onClick=${() => show(resource, { sort: next })}>
      ${name}<span aria-hidden="true">${sign}</span>
    </button>
  </th>`;
}

function Filter({ resource, field }) {
  if (!isFiltered(field)) return null;
  const here = filtersOf(resource, route.value.query).filter((one) => one.field === field.name && one.text !== null);
  const text = here[0]?.text ?? "";
  const say = (typed) => {
    const gone = here.map((one) => [one.name, null]);
    show(resource, Object.fromEntries([...gone, ...readFilter(field, typed)]));
  };
  const choices = typeOf(field) === "boolean" ? [true, false] : choicesOf(field);
  const label = `Filter by ${field.name}`;
  if (!choices) return html`<${Typed} label=${label} placeholder=${hintOf(field)} text=${text} say=${say} />`;
  const words = choices.map(String);
  const offered = new Set([...words, field.nullable ? "null" : "", text].filter(Boolean));
  // A choice is what it is, even where it begins like an operator.
  const choose = ({ currentTarget: { value } }) => say(words.includes(value) ? `=${value}` : value);
  return html`<select aria-label=${label} value=${text} onChange=${choose}>
    <option value="">any</option>
    ${[...offered].map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
  </select>`;
}

function Row({ resource, row, columns }) {
  const mark = row.gone ? "deleted" : row.changed;
  return html`<tr class=${mark ?? ""}>
    <th scope="row">
      <a href=${placeOf([resource.name, row.key])}>${row.key}</a> <${Mark} of=${mark} />
    </th>
    ${columns.slice(1).map((field) => {
      const differs = row.differs.includes(field.name);
      return html`<td key=${field.name} class=${`${alignment(resource, field)}${differs ? " differs" : ""}`}>
        ${differs && html`<span class="hidden">changed: </span>`}
        <${Value} field=${field} value=${row.document[field.name]} />
      </td>`;
    })}
  </tr>`;
}

function Pager({ resource, page, size }) {
  const offset = Number(route.value.query.get("offset")) || 0;
  const { total } = page;
  const end = offset + page.rows.length;
  const span = page.rows.length ? `${offset + 1}–${end}` : "0";
  const last = Math.max(0, Math.floor((total - 1) / size) * size);
  const most = resource.page_max ?? Infinity;
  const sizes = [...new Set([...SIZES.filter((one) => one <= most), size])].sort((a, b) => a - b);
  const button = (word, place, isThere) =>
    html`<button
      type="button"
      class="small"
      disabled=${!isThere}
      onClick=${() => show(resource, { offset: place > 0 ? place : null }, false)}
    >
      ${word}
    </button>`;
  return html`<nav class="row pager" aria-label="Pages">
    <span class="soft" role="status">${span} of ${total.toLocaleString()}</span>
    ${button("First", 0, offset > 0)} ${button("Back", offset - size, offset > 0)}
    ${button("Next", end, end < total)} ${button("Last", last, end < total)}
    <label class="push row">
      Rows
      <select value=${size} onChange=${(event) => show(resource, { limit: event.currentTarget.value })}>
        ${sizes.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
      </select>
    </label>
  </nav>`;
}

// What is typed over a column, and the filter of the API that it means: `lion`, `=Leo`, `>= 3`, `2..5`, `null`.

const SIGNS = { ">=": "gte", "<=": "lte", "!=": "ne", ">": "gt", "<": "lt", "=": "eq" };
const HINTS = { integer: ">= 3", number: ">= 3", date: ">= 2026-01-15", datetime: ">= 2026-01-15" };
const SIGNED = /^(>=|<=|!=|>|<|=)\s*([\s\S]*)$/;
const SPAN = /^(\S+)\s*\.\.\s*(\S+)$/;
const NAMED = /^(?:filter\[([^[\]]+)\]|([^[\]]+))(?:\[(\w+)\])?$/;

const isFiltered = (field) => field.type !== "object" && !field.content && !field.isStranger;
/** The type that a field is compared by: that of its items where it is a list. */
const typeOf = (field) => (field.type === "array" ? (field.item?.type ?? "any") : field.type);
const choicesOf = (field) => field.enum ?? field.item?.enum ?? null;
/** Whether a text is looked for anywhere in the values. */
const isText = (field) => ["string", "any"].includes(typeOf(field)) && !choicesOf(field) && !field.ref;
const hintOf = (field) => (field.ref ? "id" : (HINTS[field.type] ?? (isText(field) ? "contains" : "equals")));

/** The parameters and their values that a text means for a field; none for an empty one. */
function readFilter(field, text) {
  const typed = text.trim();
  const bare = OTHERS.includes(field.name) ? `filter[${field.name}]` : field.name;
  const filter = (operator, value) => [[operator === "eq" ? bare : `${bare}[${operator}]`, value]];
  if (typed === "") return [];
  if (typed === "null" || typed === "!null") return filter("isnull", String(typed === "null"));
  const [, sign, rest] = SIGNED.exec(typed) ?? [];
  if (sign) return filter(SIGNS[sign], rest);
  const [, least, most] = (typeOf(field) in HINTS && SPAN.exec(typed)) || [];
  if (most) return filter("between", `${least},${most}`);
  return filter(isText(field) ? "contains" : "eq", typed);
}

/** The filters of a query, `[{name, value, field, text}]`; what can't be typed over a column has no text. */
function filtersOf(resource, query) {
  const columns = columnsOf(resource).filter(isFiltered);
  return [...query]
    .filter(([name]) => !OTHERS.includes(name))
    .map(([name, value]) => {
      const [, bracketed, plain, operator = "eq"] = NAMED.exec(name) ?? [];
      const field = columns.find((one) => one.name === (bracketed ?? plain));
      return { name, value, field: field?.name, text: field ? typedOf(field, operator, value) : null };
    });
}

function typedOf(field, operator, value) {
  if (operator === "isnull") return value === "true" ? "null" : "!null";
  if (operator === "between") return value.split(",").join("..");
  if (operator === "contains") return isText(field) ? value : null;
  if (operator === "eq") return isText(field) ? `=${value}` : value;
  const sign = Object.keys(SIGNS).find((one) => SIGNS[one] === operator);
  return sign ? `${sign} ${value}` : null;
}
