/** What is looked at, kept in the address: `#/requests?status=5xx&number=12` shows those that broke, and one of them. */

import { useEffect, useRef, useSignal, useSignalEffect } from "../lib/html.js";
import { address, go, route } from "../lib/route.js";
import { readFilter } from "./filter.js";

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
    if (location.hash === written.current || !isOurs(now)) return;
    written.current = location.hash;
    filter.value = readFilter(now.query);
    opened.value = readNumber(now);
  });

  useSignalEffect(() => {
    const query = { ...filter.value, number: opened.value };
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const target = address(VIEW, [], query);
      if (!isOurs(route.peek()) || target === location.hash) return;
      written.current = target;
      go(target, { replace: true });
    }, WRITE_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);

  return { filter, opened };
}

const isOurs = ({ view }) => view === VIEW || view === "";

function readNumber({ query }) {
  const given = query.get("number") ?? "";
  return /^[1-9]\d{0,14}$/.test(given) ? Number(given) : null;
}
