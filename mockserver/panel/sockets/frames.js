/**
 * What is said on one socket, both ways, from when it is first shown. It follows the end of the list until somebody
 * reads: who has scrolled up, or pressed Pause, keeps what is there, and is told how much has come.
 */

import { html, signal, useEffect, useLayoutEffect, useMemo, useRef, useSignal } from "../lib/html.js";
import { overhear } from "../lib/stream.js";
import { Code, exactTimeOf } from "../lib/ui.js";
import { indent } from "../requests/words.js";

const KEPT = 500;
const PREVIEW = 300;
const NEAR_PX = 24;
const STATES = { joining: "Listening …", live: "Listening", lost: "Server lost, trying again …" };

export function Frames({ socket, isEnded }) {
  const heard = useMemo(() => new Heard(), []);
  const isPaused = useSignal(false);
  const isAway = useSignal(false);
  const isInside = useSignal(false); // the keyboard is at a message
  const direction = useSignal("");
  const wanted = useSignal("");
  const box = useRef(null);

  useEffect(() => (isEnded ? undefined : heard.follow(socket.id)), [isEnded]);
  const isReading = isPaused.value || isAway.value || isInside.value;
  heard.hold(isReading);
  const rows = heard.rows.value.filter((row) => isLike(row, direction.value, wanted.value));
  useLayoutEffect(() => {
    if (!isReading) box.current.scrollTop = box.current.scrollHeight;
  });
  const look = ({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
    isAway.value = scrollHeight - scrollTop - clientHeight > NEAR_PX;
  };
  const goOn = () => {
    isPaused.value = isAway.value = isInside.value = false;
    box.current.focus({ preventScroll: true });
  };
  return html`<section class="frames stack" aria-labelledby="frames">
    <div class="row">
      <h3 id="frames">Messages</h3>
      <span class="soft">${isEnded ? "It has ended." : STATES[heard.state.value]}</span>
      <span class="push row">
        <button
          type="button"
          class="small"
          aria-pressed=${isPaused.value}
          onClick=${() => (isPaused.value = !isPaused.value)}
        >
          ${isPaused.value ? "Paused" : "Pause"}
        </button>
        <button type="button" class="small" onClick=${heard.clear}>Clear</button>
      </span>
    </div>
    <div class="row">
      <input
        type="search"
        aria-label="Filter messages"
        placeholder="Filter, like /sys/ping"
        value=${wanted.value}
        onInput=${(event) => (wanted.value = event.currentTarget.value)}
      />
      <select aria-label="Direction" value=${direction.value} onChange=${(event) => (direction.value = event.currentTarget.value)}>
        <option value="">both ways</option>
        <option value="out">to the client</option>
        <option value="in">from the client</option>
      </select>
    </div>
    <div
      class="log"
      tabindex="0"
      role="region"
      aria-label="What was said"
      ref=${box}
      onScroll=${look}
      onFocusIn=${({ target }) => (isInside.value = target !== box.current)}
      onFocusOut=${() => (isInside.value = false)}
    >
      ${rows.length === 0 && html`<p class="empty">${heard.rows.value.length ? "None is like this." : "Nothing was said yet."}</p>`}
      ${rows.map((row) => html`<${Frame} key=${row.number} row=${row} read=${() => (isPaused.value = true)} />`)}
    </div>
    <div class="row below">
      ${heard.waiting.value > 0 &&
      html`<button type="button" class="primary small" onClick=${goOn}>↓ ${heard.waiting.value.toLocaleString()} new</button>`}
      ${heard.dropped.value > 0 &&
      html`<span class="soft">${heard.dropped.value.toLocaleString()} were left out: too many at once.</span>`}
    </div>
  </section>`;
}

function Frame({ row, read }) {
  const isOpen = useSignal(false);
  const toggle = (event) => {
    isOpen.value = event.currentTarget.open;
    if (isOpen.value) read();
  };
  const where = row.direction === "out" ? "to the client" : "from the client";
  return html`<details class=${`frame ${row.direction}`} onToggle=${toggle}>
    <summary>
      <time>${exactTimeOf(row.at)}</time>
      <span class="way" role="img" aria-label=${where}>${row.direction === "out" ? "↓" : "↑"}</span>
      <code>${row.text.slice(0, PREVIEW) || "(empty)"}</code>
      <span class="size soft">${row.kind === "binary" ? "binary, " : ""}${row.bytes.toLocaleString()} B</span>
    </summary>
    ${isOpen.value && html`<${Code} value=${indent(row.text) ?? row.text} label="The message" />`}
  </details>`;
}

/** The messages of one socket: those that are shown, and those that came while somebody reads. */
class Heard {
  rows = signal([]);
  waiting = signal(0);
  dropped = signal(0);
  state = signal("joining");
  #later = [];
  #isHeld = false;
  #number = 0;

  follow(id) {
    return overhear(id, (came) => this.#take(came), {
      live: () => (this.state.value = "live"),
      lost: () => (this.state.value = "lost"),
      dropped: (count) => (this.dropped.value += count),
    });
  }

  hold(isHeld) {
    this.#isHeld = isHeld;
    if (isHeld || this.#later.length === 0) return;
    const came = this.#later;
    this.#later = [];
    queueMicrotask(() => {
      this.waiting.value = 0;
      this.#show(came);
    });
  }

  clear = () => {
    this.#later = [];
    this.waiting.value = 0;
    this.dropped.value = 0;
    this.rows.value = [];
  };

  #take(came) {
    const numbered = came.map((row) => ({ ...row, number: ++this.#number }));
    if (!this.#isHeld) return this.#show(numbered);
    this.#later = [...this.#later, ...numbered].slice(-KEPT);
    this.waiting.value += numbered.length;
  }

  #show(came) {
    this.rows.value = [...this.rows.value, ...came].slice(-KEPT);
  }
}

const isLike = (row, direction, wanted) =>
  (!direction || row.direction === direction) && (!wanted || row.text.toLowerCase().includes(wanted.toLowerCase()));
