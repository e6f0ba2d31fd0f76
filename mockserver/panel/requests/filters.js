/**
 * What is asked for: the bar above the list, and the address that keeps it. `#/requests?status=5xx&number=12` shows those
 * that broke, and one of them.
 */

import { html, useEffect, useRef, useSignal, useSignalEffect } from "../lib/html.js";
import { address, go, route } from "../lib/route.js";
import { faults } from "../lib/state.js";
import { ANY_FAULT, readFilter } from "./words.js";

const same = (name) => [name, name];
/** What may be picked, each with its title. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map(same);
const STATUSES = [...["2xx", "3xx", "4xx", "5xx", "1xx"].map(same), ["0", "none"]];

/** `filter` is a signal of what is asked for; `tail` tells how many there are. */
export function Filters({ filter, tail }) {
  const text = useRef(null);
  const asked = filter.value;
  const set = (name) => (event) => {
    const { [name]: _, ...others } = filter.peek();
    const { value } = event.currentTarget;
    filter.value = value ? { ...others, [name]: value } : others;
  };
  useSlash(text);
  const isAsked = Object.keys(asked).length > 0;
  const clear = () => {
    filter.value = {};
    text.current.focus();
  };
  const stay = (event) => event.preventDefault();
  return html`<form class="filters row" role="search" aria-label="Filter requests" onSubmit=${stay}>
    <${Pick} label="Method" value=${asked.method} set=${set("method")} choices=${METHODS} />
    <${Pick} label="Status" value=${asked.status} set=${set("status")} choices=${STATUSES} />
    <label>
      <span>Path</span>
      <input
        type="search"
        value=${asked.path ?? ""}
        onInput=${set("path")}
        placeholder="animals or /v1/*/7"
        autocomplete="off"
        spellcheck="false"
      />
    </label>
    <${Pick} label="Fault" value=${asked.fault} set=${set("fault")} choices=${faultChoices()} />
    <label>
      <span>Text</span>
      <input
        ref=${text}
        type="search"
        value=${asked.q ?? ""}
        onInput=${set("q")}
        placeholder="headers, bodies, … ( / )"
        aria-keyshortcuts="/"
        autocomplete="off"
        spellcheck="false"
      />
    </label>
    <span class="count"><${Count} tail=${tail} isAsked=${isAsked} /></span>
    ${isAsked && html`<button type="button" class="quiet small" onClick=${clear}>Clear filter</button>`}
    <${Said} filter=${filter} tail=${tail} />
  </form>`;
}

function Count({ tail, isAsked }) {
  const [shown, total] = [tail.rows.value.length, tail.total.value];
  return isAsked ? `${shown.toLocaleString()} of ${total.toLocaleString()}` : `${total.toLocaleString()} kept`;
}

/** Says how many there are as somebody asks for others, and not each time that one comes. */
function Said({ filter, tail }) {
  const said = useSignal("");
  useEffect(() => {
    if (Object.keys(filter.value).length === 0) return undefined;
    const timer = setTimeout(() => (said.value = `${tail.rows.peek().length} of ${tail.total.peek()} requests`), 600);
    return () => clearTimeout(timer);
  }, [filter.value]);
  return html`<span class="hidden" role="status">${said.value}</span>`;
}

function faultChoices() {
  return [[ANY_FAULT, "any that acted"], ...(faults.value.value ?? []).map((fault) => same(fault.name))];
}

/** One of several, or any; what an address asks for is one of them too. */
function Pick({ label, value = "", set, choices }) {
  const isKnown = !value || choices.some(([one]) => one === value);
  const all = isKnown ? choices : [...choices, same(value)];
  return html`<label>
    <span>${label}</span>
    <select value=${value} onChange=${set}>
      <option value="">any</option>
      ${all.map(([key, title]) => html`<option key=${key} value=${key} selected=${key === value}>${title}</option>`)}
    </select>
  </label>`;
}

/** `/` goes to a field, for who is in the view and writes nothing: a single key is nobody else's (WCAG 2.2, 2.1.4). */
function useSlash(field) {
  useEffect(() => {
    const press = (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!event.target.closest("main") || event.target.closest("input, select, textarea, dialog")) return;
      event.preventDefault();
      field.current.focus();
      field.current.select();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

/** A browser lets a page write its address so often, and no more. */
const WRITE_MS = 200;
const VIEW = "requests";

/** `{filter, opened}`: signals of what is asked for, and of the number of the exchange that is shown, or null. */
export function usePlace() {
  const filter = useSignal(readFilter(route.peek().query));
  const opened = useSignal(readNumber(route.peek()));
  const written = useRef(location.hash);
  const timer = useRef(0);

  useSignalEffect(() => {
    const now = route.value;
    // What was written here may be older than what is meant by now.
    if (location.hash === written.current || (now.view && now.view !== VIEW)) return;
    written.current = location.hash;
    filter.value = readFilter(now.query);
    opened.value = readNumber(now);
  });

  useSignalEffect(() => {
    const query = { ...filter.value, number: opened.value };
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const target = address(VIEW, [], query);
      // `route` hears late of it.
      if (location.hash !== written.current || target === location.hash) return;
      written.current = target;
      go(target, { replace: true });
    }, WRITE_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);

  return { filter, opened };
}

function readNumber({ query }) {
  const given = query.get("number") ?? "";
  return /^[1-9]\d{0,14}$/.test(given) ? Number(given) : null;
}
