/** A page of rows, loaded when something else is asked for, and kept true while somebody reads it. */

import { ask } from "../lib/control.js";
import { useEffect, useRef, useSignal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { listen, rejoined } from "../lib/stream.js";

const TOGETHER_MS = 200;

/**
 * Calls `changed` shortly after anything has happened to a resource, and not oftener; it is told whether all may be
 * another since, as after a reset.
 */
export function useNews(resource, changed) {
  const latest = useRef(changed);
  latest.current = changed;
  useEffect(() => {
    let timer;
    let isAnother = false;
    const tell = () => {
      const told = isAnother;
      timer = undefined;
      isAnother = false;
      latest.current(told);
    };
    const hear = (isAll = true) => {
      isAnother ||= isAll;
      timer ??= setTimeout(tell, TOGETHER_MS);
    };
    const isHere = (event) => event.sandbox === null || event.sandbox === sandbox.peek();
    const isOurs = (event) => isHere(event) && (event.gap || event.resource === resource);
    const stops = [
      listen("event", (events) => events.some(isOurs) && hear(events.some((event) => isHere(event) && event.gap))),
      listen("scenario", (events) => events.some(isHere) && hear()),
      listen("definition", () => hear()),
    ];
    let isFirst = true;
    stops.push(rejoined.subscribe(() => (isFirst ? (isFirst = false) : hear())));
    return () => {
      clearTimeout(timer);
      stops.forEach((stop) => stop());
    };
  }, [resource]);
}

/**
 * `{page, refusal, newer, adopt}`. What changes in the rows shown is shown at once; where rows come, go or change their
 * places, nothing moves: those that left are `gone`, and `newer` is the page as it is now, for `adopt`.
 */
export function useRows(resource, query) {
  const page = useSignal(null);
  const refusal = useSignal(null);
  const newer = useSignal(null);
  const turn = useRef(0);
  const asked = JSON.stringify([resource, query]);

  async function load(take) {
    const mine = ++turn.current;
    try {
      const path = `/api/data/${encodeURIComponent(resource)}?${new URLSearchParams(query)}`;
      const found = await ask("GET", path, { query: { sandbox: sandbox.peek() } });
      if (mine !== turn.current) return;
      refusal.value = null;
      take(found);
    } catch (error) {
      if (mine === turn.current) refusal.value = error;
    }
  }
  const adopt = (found) => {
    page.value = found;
    newer.value = null;
  };
  const compare = (found) => {
    const shown = page.peek();
    if (!shown || !shown.rows.length || isInPlace(shown, found)) return adopt(found);
    const rows = new Map(found.rows.map((row) => [row.key, row]));
    page.value = { ...shown, rows: shown.rows.map((row) => rows.get(row.key) ?? { ...row, gone: true }) };
    newer.value = found;
  };
  useEffect(() => {
    load(adopt);
    return () => (turn.current += 1);
  }, [asked]);
  useNews(resource, (isAnother) => load(isAnother ? adopt : compare));
  return { page, refusal, newer, adopt: () => adopt(newer.peek()) };
}

const isInPlace = (shown, found) =>
  shown.rows.length === found.rows.length && shown.rows.every((row, place) => row.key === found.rows[place].key);
