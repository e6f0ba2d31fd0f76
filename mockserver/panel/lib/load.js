/** Values that the server has and a view shows: loaded, loaded again when they may have changed, with their refusals. */

import { useEffect, useRef } from "preact/hooks";
import { effect, signal, useSignal } from "@preact/signals";
import { ask } from "./control.js";
import { sandbox } from "./route.js";
import { listen, rejoined } from "./stream.js";

/**
 * A value of the control plane for the sandbox that is shown: `{value, refusal, reload}`, signals but for the last.
 *
 * It is loaded when it is first asked for, and again when the stream begins anew, when another sandbox is shown or the
 * one that is shown begins or ends, and shortly after any event of `kinds`. The answer to the question asked last wins.
 *
 * @param {() => string | {path: string, query?: object}} asked reads signals, and is asked again as they change
 * @param {string[]} kinds events after which it may be another
 */
export function load(asked, kinds = []) {
  const value = signal(null);
  const refusal = signal(null);
  let turn = 0;
  let timer;

  async function reload() {
    clearTimeout(timer);
    timer = undefined;
    const mine = ++turn;
    const wanted = asked();
    const { path, query = {} } = typeof wanted === "string" ? { path: wanted } : wanted;
    try {
      const found = await ask("GET", path, { query: { sandbox: sandbox.peek(), ...query } });
      if (mine !== turn) return;
      value.value = found;
      refusal.value = null;
    } catch (error) {
      if (mine === turn) refusal.value = error;
    }
  }

  // What is asked of no sandbox may change with any of them; a sandbox that ends takes all that was of it along.
  const isConcerned = (kind, event) =>
    asked().query?.sandbox === null
      ? kinds.includes(kind)
      : event.sandbox === null || event.sandbox === sandbox.peek();
  const stops = [...kinds, "sandbox"].map((kind) =>
    listen(kind, (events) => {
      if (events.some((event) => isConcerned(kind, event))) timer ??= setTimeout(reload, 100);
    }),
  );
  stops.push(
    effect(() => {
      rejoined.value; // read, so that it is loaded again
      sandbox.value;
      reload();
    }),
  );
  stops.push(() => clearTimeout(timer));
  return { value, refusal, reload, stop: () => stops.forEach((stop) => stop()) };
}

/** The same for as long as a component is shown. */
export function useLoad(asked, kinds = []) {
  const kept = useRef(null);
  kept.current ??= load(asked, kinds);
  useEffect(() => () => kept.current.stop(), []);
  return kept.current;
}

/**
 * Something that a person does: `run` does it, once at a time, and gives true where it went well; `refusal` is what was
 * refused, to be shown beside what was pressed; `isBusy` is a signal too.
 */
export function useAction(act) {
  const refusal = useSignal(null);
  const isBusy = useSignal(false);
  const latest = useRef(act);
  latest.current = act;
  const run = useRef(async (...given) => {
    if (isBusy.peek()) return false;
    isBusy.value = true;
    try {
      await latest.current(...given);
      refusal.value = null;
      return true;
    } catch (error) {
      refusal.value = error;
      return false;
    } finally {
      isBusy.value = false;
    }
  });
  return { run: run.current, refusal, isBusy };
}
