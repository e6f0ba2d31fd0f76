/** What is open on the API: who listens, what is said both ways, and every way to end it. */

import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { address, route, sandbox } from "../lib/route.js";
import { listen } from "../lib/stream.js";
import { Badge, Dialog, Empty, Refusal, inWords, tick, timeOf } from "../lib/ui.js";
import { Ends, Say } from "../sockets/acts.js";
import { Clients, describeEnd, useLatest } from "../sockets/clients.js";
import { Frames } from "../sockets/frames.js";

const LATELY = 50;
const transportOf = ({ transport }) => (transport === "sse" ? "SSE" : "WS");

export default function View() {
  const sockets = useLatest("/api/sockets");
  const ended = useEnded();
  const isClosingAll = useSignal(false);
  const rows = sockets.value.value?.toReversed() ?? null;
  const chosen = route.value.steps[0] ?? null;
  const socket = useChosen([...(rows ?? []), ...ended], chosen);
  return html`<div class="head">
      <h1>Sockets</h1>
      ${rows !== null && html`<${Badge} tone=${rows.length ? "ok" : "off"}>${rows.length} open<//>`}
      ${rows?.length > 0 &&
      html`<button type="button" class="danger small" onClick=${() => (isClosingAll.value = true)}>Close all …</button>`}
    </div>
    <${Refusal} of=${sockets.refusal.value} />
    <div class=${`panes${chosen ? " chosen" : ""}`}>
      <div class="stack">
        ${rows?.length === 0 &&
        html`<${Empty}>Nothing is open. Whoever opens a WebSocket or an event stream in this sandbox is shown here.<//>`}
        ${rows?.length > 0 && html`<${List} class="sockets" aria-label="Open sockets" rows=${rows} chosen=${chosen} />`}
        ${ended.length > 0 &&
        html`<h2 id="ended">Ended lately</h2>
          <${List} class="sockets ended" aria-labelledby="ended" rows=${ended} chosen=${chosen} />`}
      </div>
      ${chosen && html`<${Shown} key=${chosen} id=${chosen} socket=${socket} isLoaded=${rows !== null} />`}
    </div>
    <${Clients} />
    ${isClosingAll.value &&
    html`<${Dialog} title="Close all that is open in this sandbox" close=${() => (isClosingAll.value = false)}>
      <${Ends} socket=${null} />
    <//>`}`;
}

/** The one that is chosen, as it was last seen where it is open no longer. */
function useChosen(known, id) {
  const kept = useRef(null);
  const found = known.find((one) => one.id === id);
  if (found) kept.current = found;
  return kept.current?.id === id ? kept.current : null;
}

function Shown({ id, socket, isLoaded }) {
  const heading = useRef(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return html`<article class="card shown" aria-labelledby="shown">
    <div class="row">
      <h2 id="shown" tabindex="-1" ref=${heading}>
        ${socket ? html`${transportOf(socket)} <span class="mono">${socket.path}</span>` : `#${id}`}
      </h2>
      <a class="button small push" href=${address("sockets")} aria-label="Put it away">✕</a>
    </div>
    ${socket
      ? html`<${Whole} socket=${socket} />`
      : isLoaded && html`<p class="soft">There is no such socket in this sandbox any more.</p>`}
  </article>`;
}

function Whole({ socket }) {
  const isEnded = Boolean(socket.ending);
  return html`<${Facts}
      of=${[
        `#${socket.id}`,
        socket.session,
        `user ${socket.user || "nobody"}`,
        `from ${socket.remote}`,
        socket.rooms.length > 0 && `joined ${socket.rooms.join(", ")}`,
      ]}
    />
    ${isEnded && html`<p class="notice">After ${inWords(socket.age_s)}: ${describeEnd(socket.ending)}</p>`}
    <${Frames} socket=${socket} isEnded=${isEnded} />
    ${!isEnded &&
    html`<section class="stack" aria-labelledby="say"><h3 id="say">Say something</h3><${Say} socket=${socket} /></section>
      <section class="stack" aria-labelledby="end"><h3 id="end">End it</h3><${Ends} socket=${socket} /></section>`}`;
}

/** What there is to say of something, one after the other; what is empty is left out. */
const Facts = ({ of }) =>
  html`<span class="facts soft">${of.filter(Boolean).map((fact) => html`<span>${fact}</span>`)}</span>`;

const List = ({ rows, chosen, ...rest }) =>
  html`<ul ...${rest}>
    ${rows.map((one) => html`<${Row} key=${one.id} socket=${one} chosen=${chosen} />`)}
  </ul>`;

function Row({ socket, chosen }) {
  const { id, ending, state } = socket;
  return html`<li>
    <a href=${address("sockets", [id])} aria-current=${id === chosen ? "true" : undefined}>
      <span class="facts">
        <${Badge} tone=${ending ? "off" : "info"}>${transportOf(socket)}<//>
        <strong class="mono">${socket.path}</strong>
        ${!ending && html`<span class="push"><${Badge} tone=${state === "open" ? "ok" : "warn"}>${state}<//></span>`}
      </span>
      <${Facts} of=${[`#${id}`, ...(ending ? tellEnded(socket) : tellOpen(socket))]} />
    </a>
  </li>`;
}

const tellEnded = ({ at, age_s, ending }) => [timeOf(at), `after ${inWords(age_s)}`, describeEnd(ending)];

function tellOpen({ user, since, messages_in, messages_out, queue }) {
  tick.value; // grows older
  return [
    user || "nobody",
    inWords((Date.now() - Date.parse(since)) / 1000),
    `${messages_in.toLocaleString()} in`,
    `${messages_out.toLocaleString()} out`,
    queue > 0 && html`<${Badge} tone="warn">${queue.toLocaleString()} waiting<//>`,
  ];
}

/** Those that have ended since, the last first. */
function useEnded() {
  const ended = useSignal([]);
  useEffect(
    () =>
      listen("socket", (events) => {
        const at = Date.now() / 1000;
        const gone = events.filter((one) => one.sandbox === sandbox.peek() && one.change === "closed");
        ended.value = [...gone.map((one) => ({ ...one, at })).reverse(), ...ended.value].slice(0, LATELY);
      }),
    [],
  );
  return ended.value;
}
