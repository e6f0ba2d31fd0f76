/** The sockets that are open, as they come and go, and those that have ended while the page was there. */

import { ask } from "../lib/control.js";
import { signal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { listen, rejoined } from "../lib/stream.js";

const LATELY = 50;
const COUNTS_MS = 2_000; // how often what went to and fro is asked for again

/** Follows the sockets of the sandbox that is shown; `stop` must follow. */
export function followSockets() {
  const rows = signal(null);
  const ended = signal([]);
  const refusal = signal(null);
  let timer;
  let turn = 0;

  async function load() {
    clearTimeout(timer);
    const mine = ++turn;
    try {
      const found = await ask("GET", "/api/sockets", { query: { sandbox: sandbox.peek() } });
      if (mine !== turn) return;
      rows.value = found.reverse();
      refusal.value = null;
    } catch (error) {
      if (mine !== turn) return;
      refusal.value = error;
    }
    timer = setTimeout(load, COUNTS_MS);
  }

  const stops = [
    listen("socket", (events) => {
      const ours = events.filter((event) => event.sandbox === sandbox.peek());
      if (ours.length === 0) return;
      const gone = ours.filter(({ change }) => change === "closed");
      const at = Date.now() / 1000;
      if (gone.length) ended.value = [...gone.map((one) => ({ ...one, at })).reverse(), ...ended.value].slice(0, LATELY);
      load();
    }),
    rejoined.subscribe(load),
  ];
  const stop = () => {
    stops.forEach((one) => one());
    clearTimeout(timer);
    turn = Infinity;
  };
  const find = (id) => rows.value?.find((one) => one.id === id) ?? ended.value.find((one) => one.id === id);
  return { rows, ended, refusal, load, find, stop };
}

/** How one ended, in words. */
export function describeEnding({ by, how, code, reason }) {
  const words = { close: `closed with ${code}`, drop: "dropped", reset: "reset", lost: "connection lost" }[how] ?? how;
  const whom = how === "lost" ? "" : ` by the ${by}`;
  return `${words}${whom}${reason ? `: ${reason}` : ""}`;
}
