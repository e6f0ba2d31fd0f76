/**
 * The list of exchanges: a grid of which only the rows that can be seen are there, so that its length costs nothing.
 *
 * One element has the focus, and says which row is meant: rows come and go without taking it along. What keeps the list
 * from going on (`isReading`) is for the view to say to whoever fills it.
 */

import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { Badge, timeOf, toneOf } from "../lib/ui.js";
import { firedIn, inBytes, inStatus, inTime, pathOf } from "./words.js";

/** Rows beyond what is seen, so that scrolling shows no gaps. */
const SPARE = 6;
/** How the list is laid out by its width, the widest first; the height of a row in rem. */
const LAYOUTS = [
  { name: "roomy", from: 860, rem: 2.3 },
  { name: "snug", from: 520, rem: 2.3 },
  { name: "narrow", from: 0, rem: 3.9 },
];
/** For how long a list under a pointer that moves stands still: nobody hits a row that goes away. */
const POINTING_MS = 1_500;
const COLUMNS = ["Time", "Method", "Path", "Status", "Took", "Size", "Decided by", "Faults"];

export const rowId = (number) => `request-${number}`;

/**
 * Signals: `rows`, the newest first; `cursor`, the number of the row that is meant, or null; `isAway`, whether the
 * newest are scrolled out of sight; `isPointing`, whether somebody is about to hit one; `opened`, the one in full.
 * `open(number, {isFocused})` shows one, and `leave` is what Escape does.
 */
export function List({ rows, cursor, isAway, isPointing, opened, open, leave }) {
  const scroller = useRef(null);
  const size = useSignal({ width: 900, height: 600 });
  const first = useSignal(0);

  const layout = LAYOUTS.find(({ from }) => size.value.width >= from);
  const rowHeight = Math.round(layout.rem * remInPixels());
  const count = rows.value.length;
  const seen = Math.ceil(size.value.height / rowHeight);
  const from = Math.max(0, Math.min(first.value, count - seen) - SPARE);
  const shown = rows.value.slice(from, from + seen + 2 * SPARE);

  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => {
      size.value = { width: contentRect.width, height: contentRect.height };
    });
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);

  const look = () => {
    const { scrollTop } = scroller.current;
    first.value = Math.floor(scrollTop / rowHeight);
    isAway.value = scrollTop > rowHeight / 2;
  };
  useEffect(look, [rowHeight]);

  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const point = () => {
    isPointing.value = true;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => (isPointing.value = false), POINTING_MS);
  };

  const mean = (index) => {
    const all = rows.peek();
    if (all.length === 0) return;
    const to = Math.max(0, Math.min(index, all.length - 1));
    cursor.value = all[to].number;
    bringIntoSight(scroller.current, to, rowHeight);
    look();
    if (opened.peek() !== null) open(all[to].number);
  };

  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = rows.peek().findIndex((entry) => entry.number === cursor.peek());
    const page = Math.max(1, seen - 2);
    const moves = {
      ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, PageDown: at + page, PageUp: at - page,
      Home: 0, End: Infinity,
    };
    if (event.key in moves) mean(at < 0 && event.key !== "End" ? first.peek() : moves[event.key]);
    else if (event.key === "Enter" && at >= 0) open(cursor.peek(), { isFocused: true });
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  };

  const pick = (event) => {
    const row = event.target.closest("[data-number]");
    if (!row) return;
    cursor.value = Number(row.dataset.number);
    open(cursor.value);
  };

  const isMeantHere = shown.some((entry) => entry.number === cursor.value);
  return html`<div
    ref=${scroller}
    class=${`list ${layout.name}`}
    role="grid"
    tabindex="0"
    aria-label="Requests, the newest first"
    aria-rowcount=${count + 1}
    aria-activedescendant=${isMeantHere ? rowId(cursor.value) : undefined}
    style=${{ "--row": `${rowHeight}px` }}
    onScroll=${look}
    onKeyDown=${press}
    onClick=${pick}
    onPointerMove=${point}
    onPointerDown=${point}
  >
    <div role="rowgroup" class="top">
      <div role="row" aria-rowindex="1" class="exchange">
        ${COLUMNS.map((title) => html`<span key=${title} role="columnheader" class=${classOf(title)}>${title}</span>`)}
      </div>
    </div>
    <div role="rowgroup" style=${{ height: `${count * rowHeight}px`, paddingTop: `${from * rowHeight}px` }}>
      ${shown.map(
        (entry, index) =>
          html`<${Row}
            key=${entry.number}
            entry=${entry}
            index=${from + index + 2}
            isMeant=${entry.number === cursor.value}
            isOpened=${entry.number === opened.value}
          />`,
      )}
    </div>
  </div>`;
}

const classOf = (title) => title.toLowerCase().replace(" ", "-");
const remInPixels = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 14;

/** Scrolls no more than it takes; the head of the list covers as much as a row. */
function bringIntoSight(scroller, index, rowHeight) {
  const top = index * rowHeight;
  const room = scroller.clientHeight - rowHeight * 2;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
}

function Row({ entry, index, isMeant, isOpened }) {
  const fired = firedIn(entry);
  const path = pathOf(entry);
  return html`<div
    role="row"
    id=${rowId(entry.number)}
    class=${`exchange${isMeant ? " meant" : ""}`}
    aria-rowindex=${index}
    aria-selected=${isOpened}
    data-number=${entry.number}
  >
    <span role="gridcell" class="time">${timeOf(entry.at)}</span>
    <span role="gridcell" class="method">${entry.method}</span>
    <span role="gridcell" class="path" title=${path}>${path}</span>
    <span role="gridcell" class="status"><${Badge} tone=${toneOf(entry.status)}>${inStatus(entry.status)}<//></span>
    <span role="gridcell" class="took">${inTime(entry.duration_ms)}</span>
    <span role="gridcell" class="size">${inBytes(entry.reply_bytes)}</span>
    <span role="gridcell" class="decided-by" title=${entry.decided_by}>${entry.decided_by}</span>
    <span role="gridcell" class="faults">
      ${fired.length > 0 &&
      html`<span class="badge warn" title=${fired.join(", ")}>
        <span class="name">${fired[0]}</span>${fired.length > 1 && ` +${fired.length - 1}`}
      </span>`}
    </span>
  </div>`;
}
