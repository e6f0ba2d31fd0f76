/** The switches: what can be broken, and whether it is. */

import { ask } from "../lib/control.js";
import { computed, html } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { faults, faultsOn } from "../lib/state.js";
import { Action } from "../lib/ui.js";
import { LOST_ANSWER, TAKEN, TROUBLES, setFault, switchFault } from "./fault.js";
import { changeSomething, hasTraffic, isAmbushed, setAmbush, setTraffic } from "./others.js";
import { stopWalk } from "./walk.js";

const query = () => ({ sandbox: sandbox.value });
const isOn = (names) => names.every((name) => faultsOn.value.some((one) => one.name === name));
/** Whether an answer is still to be lost. */
const isLosing = computed(() => faultsOn.value.some((one) => one.name === LOST_ANSWER && one.fired === 0));

async function toggle(names) {
  const wanted = !isOn(names);
  for (const name of names) await switchFault(name, wanted);
  await faults.reload();
}

const end = (how) => ask("POST", "/api/sockets/close", { query: query(), body: { how } });

/** Everything as it should be: no fault on, no script running, nobody else about to be faster. */
export async function allOn() {
  setAmbush(false);
  stopWalk();
  await ask("POST", "/api/faults/off", { query: query(), body: {} });
  await faults.reload();
}

function Toggle({ names, title, children }) {
  return html`<${Action} act=${() => toggle(names)} aria-pressed=${String(isOn(names))} title=${title}>${children}<//>`;
}

export function Switches() {
  return html`<section class="card switches" aria-labelledby="switches">
    <h2 id="switches">Break it</h2>
    <div role="group" aria-labelledby="take-away">
      <h3 id="take-away">Take away</h3>
      <div class="keys">
        ${TAKEN.map(([title, names]) => html`<${Toggle} key=${title} names=${names}>${title}<//>`)}
      </div>
    </div>
    <div role="group" aria-labelledby="break-now">
      <h3 id="break-now">The connection, now</h3>
      <div class="keys">
        <${Action} act=${() => end("drop")} title="Ends without a word: close code 1006">Drop<//>
        <${Action} act=${() => end("reset")} title="TCP is reset: close code 1006">Reset<//>
        <${Action} act=${() => end("stall")} title="Stays open and says nothing: only a missing heartbeat tells">
          Half-open
        <//>
      </div>
    </div>
    <div role="group" aria-labelledby="trouble">
      <h3 id="trouble">Trouble with changes</h3>
      <div class="keys">
        ${TROUBLES.map(
          ([title, names, what]) => html`<${Toggle} key=${title} names=${names} title=${what}>${title}<//>`,
        )}
        <${Action}
          act=${() => (isLosing.peek() ? switchFault(LOST_ANSWER, false) : setFault(LOST_ANSWER))}
          aria-pressed=${String(isLosing.value)}
          title="The next change is carried out, and its answer is lost"
        >
          Lose the next answer
        <//>
        <button
          type="button"
          aria-pressed=${String(isAmbushed.value)}
          title="Somebody else is faster: the next change is answered 412"
          onClick=${() => setAmbush(!isAmbushed.peek())}
        >
          Conflict on the next change
        </button>
      </div>
    </div>
    <div role="group" aria-labelledby="somebody">
      <h3 id="somebody">Somebody else</h3>
      <div class="keys">
        <${Action} act=${changeSomething}>Changes one of them<//>
        <button type="button" aria-pressed=${String(hasTraffic.value)} onClick=${() => setTraffic(!hasTraffic.peek())}>
          Changes one a second
        </button>
      </div>
    </div>
    <${Action} act=${allOn} kind="primary wide">All on again<//>
  </section>`;
}
