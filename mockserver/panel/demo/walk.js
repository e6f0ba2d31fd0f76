/**
 * The presenter's walk down the ladder and up again: the script of the definition's scenario `fallback`, which the
 * server plays on the sandbox's clock; for definitions without one, the same steps by this page's own timer.
 */

import { ask } from "../lib/control.js";
import { computed, effect, html, signal } from "../lib/html.js";
import { load } from "../lib/load.js";
import { sandbox } from "../lib/route.js";
import { scenario } from "../lib/state.js";
import { Action, tick } from "../lib/ui.js";
import { haveOn } from "./fault.js";
import { keep, readKept } from "./kept.js";
import { noteHappening } from "./ledger.js";
import { setTraffic } from "./others.js";

const SCENARIO = "fallback";
const LOOKED_AT_S = 8;

const WS_OFF = ["ws-refuse", "ws-cut"];
const SSE_OFF = ["sse-refuse", "sse-cut"];
const LONGPOLL_OFF = ["longpoll-refuse"];
/** The same as in `seeds/tickets.yaml`, for all other definitions. */
export const STEPS = [
  { at_s: 0, faults: [], say: "All is well: each change comes over a WebSocket, the moment it is made." },
  { at_s: 8, faults: WS_OFF, say: "A proxy bars WebSockets. The board goes on by server-sent events." },
  { at_s: 17, faults: [...WS_OFF, ...SSE_OFF], say: "Event streams are held up too. Long polls take over." },
  {
    at_s: 26,
    faults: [...WS_OFF, ...SSE_OFF, ...LONGPOLL_OFF],
    say: "Nothing may stay open for long. The board asks again and again.",
  },
  {
    at_s: 35,
    faults: ["offline"],
    say: "The network is gone. The board shows what it knew; what you change now waits at its card.",
  },
  {
    at_s: 45,
    faults: [...WS_OFF, ...SSE_OFF],
    say: "It is back, a little: what waited is sent once, what was missed is told.",
  },
  { at_s: 54, faults: WS_OFF, say: "Event streams get through again." },
  { at_s: 62, faults: [], say: "And the WebSocket. Nothing was missed, nothing was told twice." },
];

/** `GET /api/scenarios` */
const scenarios = load(() => "/api/scenarios", ["definition"]);
const isOurs = (one) => one.name === SCENARIO && one.script.length > 0;
const declared = computed(() => (scenarios.value.value ?? []).find(isOurs));

/** That of the page's own: `{step, startedAt}`; null where none is going on. */
const own = signal(null);
let timer;
/** Whether this page has begun the walk: then the traffic is the walk's. */
let isWalking = false;
const KEPT = "walk";

/** When the server's script was last asked how far it is. */
const askedAt = signal(Date.now());
scenario.value.subscribe(() => (askedAt.value = Date.now()));

/** How far the walk is, `{at_s, step, text}` with steps from 0; null where none goes on. */
export const progress = computed(() => {
  tick.value;
  if (own.value) {
    const { step, startedAt } = own.value;
    return { at_s: (Date.now() - startedAt) / 1_000, step, text: STEPS[step].say };
  }
  const { name, said, script } = scenario.value.value ?? {};
  if (!said || !script || script.ended) return null;
  const at_s = script.at_s + (Date.now() - askedAt.value) / 1_000;
  return { at_s, step: said.step - 1, text: said.text, name };
});

/** The steps of the walk that goes on, or would. */
const steps = computed(() => {
  const playing = (scenarios.value.value ?? []).find((one) => one.name === progress.value?.name);
  return playing?.script ?? declared.value?.script ?? STEPS;
});

const query = () => ({ sandbox: sandbox.peek() });
const isLast = ({ step }) => step >= steps.value.length - 1;

// When it is over and has been looked at for a while, or a server that was restarted knows nothing of it, nobody changes
// anything any more.
effect(() => {
  const now = progress.value;
  const isOver = !now || (isLast(now) && now.at_s > steps.value.at(-1).at_s + LOOKED_AT_S);
  if (isWalking && isOver) endTraffic();
});

function beginTraffic() {
  isWalking = true;
  keep(KEPT, own.peek() ?? {});
  setTraffic(true);
}

function endTraffic() {
  isWalking = false;
  keep(KEPT, null);
  setTraffic(false);
}

/** Begins the walk, with somebody else changing something every second. */
export async function startWalk() {
  if (!scenarios.value.peek()) await scenarios.reload();
  if (declared.peek()) {
    await ask("PUT", "/api/scenario", { query: query(), body: { name: SCENARIO } });
    await scenario.reload();
  } else {
    await goTo(0, Date.now());
  }
  beginTraffic();
}

/** Goes on with the walk that a reload of the page has broken off. */
export async function resumeWalk() {
  const kept = readKept(KEPT);
  if (!kept) return;
  if ("step" in kept) await goTo(kept.step, kept.startedAt);
  else await scenario.reload();
  beginTraffic();
}

async function goTo(step, startedAt) {
  clearTimeout(timer);
  own.value = { step, startedAt };
  if (isWalking) keep(KEPT, own.peek());
  noteHappening("info", STEPS[step].say);
  await haveOn(STEPS[step].faults);
  const next = STEPS[step + 1];
  if (next && own.peek()) timer = setTimeout(advance, startedAt + next.at_s * 1_000 - Date.now());
}

/** The page's own walk takes its next step; what the server refuses then is not the end of it. */
const advance = () => goTo(own.peek().step + 1, own.peek().startedAt).catch(() => {});

/** Takes the next step at once. */
async function skip() {
  if (own.peek()) {
    const { step } = own.peek();
    if (STEPS[step + 1]) await goTo(step + 1, Date.now() - STEPS[step + 1].at_s * 1_000);
    return;
  }
  await scenario.reload();
  const next = scenario.value.peek()?.script?.next;
  if (!next) return;
  await ask("PUT", "/api/clock", { query: query(), body: { advance: `${Math.ceil(next.in_s * 1_000)}ms` } });
  await scenario.reload();
}

/** The page's own walk ends where it is. */
export function stopWalk() {
  clearTimeout(timer);
  own.value = null;
  endTraffic();
}

async function stop() {
  stopWalk();
  await ask("POST", "/api/faults/off", { query: query(), body: {} });
  await scenario.reload();
}

/** The walk's words in big letters, how far it is, and its buttons. */
export function Walk() {
  const now = progress.value;
  const last = steps.value.at(-1).at_s;
  return html`<section class=${`walk ${now ? "on" : ""}`} aria-label="The walk down the ladder and up again">
    <p class="say" role="status">${now ? now.text : "Take the connection away, and look how the board gets by."}</p>
    <div class="row">
      ${now
        ? html`<progress max=${last} value=${Math.min(now.at_s, last)} aria-label="The walk"></progress>
            <span class="soft">step ${now.step + 1} of ${steps.value.length}</span>
            ${!isLast(now) && html`<${Action} act=${skip}>Next step<//>`}
            <${Action} act=${isLast(now) ? startWalk : stop}>${isLast(now) ? "Once more" : "Stop"}<//>`
        : html`<${Action} act=${startWalk} kind="primary">Walk the ladder<//>
            <span class="soft">${steps.value.length} steps in about ${Math.round(last + 6)} s, by themselves</span>`}
    </div>
  </section>`;
}
