/** What the API was asked, as it is asked: a list that follows, or stands still for who reads, and one in full. */

import { ask } from "../lib/control.js";
import { computed, html, useEffect, useMemo, useRef, useSignal, useSignalEffect } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { apiBase, status } from "../lib/state.js";
import { Action, Copy, Dialog, Refusal } from "../lib/ui.js";
import { Detail } from "../requests/detail.js";
import { Filters, usePlace } from "../requests/filters.js";
import { List } from "../requests/list.js";
import { quoteShell } from "../requests/sending.js";
import { Tail } from "../requests/tail.js";

/** From this width on, the one that is shown stands beside the list. */
const WIDE = "(min-width: 1000px)";

export default function View() {
  const tail = useMemo(() => new Tail(), []);
  const { filter, opened } = usePlace();
  const cursor = useSignal(null);
  const isAway = useSignal(false);
  const isPointing = useSignal(false);
  const isPaused = useSignal(false);
  const isHeadWanted = useSignal(false);
  const place = useRef(null);
  const isReading = useMemo(
    () => computed(() => isPaused.value || isAway.value || isPointing.value || cursor.value !== null),
    [],
  );
  const entry = useShown(tail, opened);

  useEffect(() => tail.follow(), []);
  useSignalEffect(() => tail.filter(filter.value));
  useSignalEffect(() => tail.hold(isReading.value));
  useSignalEffect(() => {
    const meant = cursor.value;
    if (meant !== null && !tail.rows.value.some((entry) => entry.number === meant)) cursor.value = null;
  });

  const list = () => place.current.querySelector(".list");
  const open = (number, { isFocused = false } = {}) => {
    isHeadWanted.value = isFocused;
    opened.value = number;
  };
  /** Escape: what is shown is put away, then the list goes on. */
  const leave = () => {
    if (opened.peek() === null) cursor.value = null;
    opened.value = null;
  };
  const goOn = () => {
    cursor.value = null;
    isPaused.value = false;
    list().scrollTop = 0;
    isAway.value = false;
    isPointing.value = false;
    list().focus({ preventScroll: true });
  };
  const putAway = ({ isDone }) => {
    if (isDone) cursor.value = null;
    opened.value = null;
    list()?.focus({ preventScroll: true });
  };
  // The stream tells of it, here and in other tabs.
  const clear = () => ask("DELETE", "/api/requests", { query: { sandbox: sandbox.peek() } });

  return html`<div class="head">
      <h1>Requests</h1>
      <${Pause} isPaused=${isPaused} tail=${tail} />
      <${Action} act=${clear} kind="small">Clear<//>
    </div>
    <${Filters} filter=${filter} tail=${tail} />
    <${Refusal} of=${tail.refusal.value} />
    ${opened.value !== null && !entry && tail.isLoaded.value && html`<${Lost} number=${opened.value} leave=${leave} />`}
    <div class=${`panes${entry ? " open" : ""}`} ref=${place}>
      <div class="pane">
        <${Pill} tail=${tail} isPaused=${isPaused} goOn=${goOn} />
        <${List} rows=${tail.rows} ...${{ cursor, isAway, isPointing, opened, open, leave }} />
        <${Nothing} tail=${tail} filter=${filter} />
      </div>
      ${entry && html`<${Shown} key=${entry.number} entry=${entry} isHeadWanted=${isHeadWanted} putAway=${putAway} />`}
    </div>`;
}

/** The exchange that is opened, kept for as long as it is, though the list may have lost it. */
function useShown(tail, opened) {
  const kept = useRef(null);
  const number = opened.value;
  if (number === null) kept.current = null;
  else if (kept.current?.number !== number) kept.current = tail.find(number) ?? null;
  // A number may come before the list that it is in.
  if (number !== null && kept.current === null) tail.isLoaded.value;
  return kept.current;
}

function Lost({ number, leave }) {
  return html`<p class="row soft" role="status">
    Number ${number} is not kept any more. <button type="button" class="quiet small" onClick=${leave}>Close</button>
  </p>`;
}

function Pause({ isPaused, tail }) {
  const waiting = tail.waiting.value;
  const came = isPaused.value && waiting > 0 ? ` (${waiting.toLocaleString()} new)` : "";
  return html`<button
    type="button"
    class="small"
    aria-pressed=${isPaused.value}
    onClick=${() => (isPaused.value = !isPaused.value)}
  >
    ${isPaused.value ? `Paused${came}` : "Pause"}
  </button>`;
}

/** Over the list, so that nothing moves as it comes. */
function Pill({ tail, isPaused, goOn }) {
  const waiting = tail.waiting.value;
  if (waiting === 0 || isPaused.value) return null;
  return html`<button type="button" class="pill primary small" onClick=${goOn}>
    ↑ ${waiting.toLocaleString()} new
  </button>`;
}

/** In place of rows. */
function Nothing({ tail, filter }) {
  if (!tail.isLoaded.value || tail.rows.value.length > 0) return null;
  if (tail.total.value > 0) {
    return html`<div class="nothing">
      <p>None of the ${tail.total.value.toLocaleString()} that are kept is like this.</p>
      <button type="button" onClick=${() => (filter.value = {})}>Show all</button>
    </div>`;
  }
  const base = apiBase(sandbox.value);
  const path = status.value.value?.resources?.[0]?.path ?? "/";
  const line = `curl ${quoteShell(`${base}${path}`)}`;
  return html`<div class="nothing">
    <p>Nothing was asked yet. Whatever is, shows up here at once.</p>
    ${base &&
    html`<p>
        The API is at <a href=${`${base}${path}`} target="_blank" rel="noreferrer">${base}</a>. Try it in a terminal:
      </p>
      <p class="try row"><code>${line}</code><${Copy} text=${line} label="Copy the command">Copy<//></p>`}
  </div>`;
}

/** Beside the list where there is room, else over it. */
function Shown({ entry, isHeadWanted, putAway }) {
  const isWide = useMedia(WIDE);
  const head = useRef(null);
  useSignalEffect(() => {
    if (!isHeadWanted.value) return;
    isHeadWanted.value = false;
    head.current?.focus({ preventScroll: true });
  });
  if (!isWide) {
    return html`<${Dialog} title="Request" kind="wide requests" close=${() => putAway({ isDone: false })}>
      <${Detail} entry=${entry} head=${head} />
    <//>`;
  }
  const press = (event) => {
    if (event.key !== "Escape" || event.target.closest("dialog")) return;
    event.preventDefault();
    putAway({ isDone: false });
  };
  return html`<section class="pane shown" aria-label="Request" onKeyDown=${press}>
    <button
      type="button"
      class="quiet icon close"
      aria-label="Close"
      onClick=${() => putAway({ isDone: true })}
    >
      ✕
    </button>
    <${Detail} entry=${entry} head=${head} />
  </section>`;
}

function useMedia(query) {
  const media = useMemo(() => matchMedia(query), [query]);
  const isSo = useSignal(media.matches);
  useEffect(() => {
    const look = () => (isSo.value = media.matches);
    media.addEventListener("change", look);
    return () => media.removeEventListener("change", look);
  }, []);
  return isSo.value;
}
