/** The faults of the demo: ordinary ones in the page's sandbox, which the panel and the command show and end too. */

import { ask } from "../lib/control.js";
import { sandbox } from "../lib/route.js";
import { faults, status } from "../lib/state.js";
import { feedPath } from "./line.js";

export const LOST_ANSWER = "lost-answer";

/** What those are made of that are not shipped; `feed` is the path of the feed below the prefix. */
const RULES = {
  "ws-cut": () => ({ describe: "Sockets that are open end without a word.", match: "WS *", drop: true }),
  "sse-refuse": (feed) => ({ describe: "No event stream opens.", match: `GET ${feed}/sse`, status: 503 }),
  "sse-cut": (feed) => ({ describe: "Event streams that are open end.", match: `GET ${feed}/sse`, drop: true }),
  "longpoll-refuse": (feed) => ({
    describe: "Long polls are refused.",
    match: `GET ${feed}`,
    query: { wait: true },
    status: 503,
  }),
  [LOST_ANSWER]: () => ({
    describe: "The next write is carried out, and its answer is lost.",
    match: ["POST *", "PUT *", "PATCH *", "DELETE *"],
    times: 1,
    commit: true,
    reset: "connect",
  }),
};

/** What is taken away, with the faults that do so: one refuses what is new, one ends what is open. */
export const TAKEN = [
  ["WebSocket off", ["ws-refuse", "ws-cut"]],
  ["Server-sent events off", ["sse-refuse", "sse-cut"]],
  ["Long poll off", ["longpoll-refuse"]],
  ["Everything off", ["offline"]],
];
export const TROUBLES = [
  ["Slow", ["slow"], "Every answer takes about a second."],
  ["Refuse changes (409)", ["conflict"], "Every change is answered 409."],
  ["Lossy socket", ["ws-lossy"], "One message in ten is lost: what is missed is counted."],
];

/** Switches a fault; one that the definition does not have is set. */
export async function switchFault(name, enabled) {
  const path = `/api/faults/${name}`;
  const query = { sandbox: sandbox.peek() };
  const isThere = (faults.value.peek() ?? []).some((one) => one.name === name);
  if (!isThere && !enabled) return;
  if (isThere || !(name in RULES)) await ask("PATCH", path, { query, body: { enabled } });
  else await setFault(name);
}

/** Sets one of the demo's own, to begin anew. */
export function setFault(name) {
  const query = { sandbox: sandbox.peek() };
  return ask("PUT", `/api/faults/${name}`, { query, body: RULES[name](feedBelow()) });
}

/** The feed's path as faults name it: without the API's prefix. */
function feedBelow() {
  const path = feedPath.peek();
  const prefix = (status.value.peek()?.prefixes ?? []).find((one) => one && path.startsWith(`${one}/`)) ?? "";
  return path.slice(prefix.length);
}

/** Has exactly these of the switches' faults on. */
export async function haveOn(names) {
  const known = [...TAKEN, ...TROUBLES].flatMap(([, its]) => its);
  for (const name of known.filter((one) => !names.includes(one))) await switchFault(name, false);
  for (const name of names) await switchFault(name, true);
  await faults.reload();
}

