/** What is open on the API: who listens, what is said both ways, and every way to end it. */

import { html, useEffect, useMemo, useRef, useSignal } from "../lib/html.js";
import { address, route } from "../lib/route.js";
import { Badge, Dialog, Refusal, inWords } from "../lib/ui.js";
import { Clients } from "../sockets/clients.js";
import { Ends } from "../sockets/ending.js";
import { Frames } from "../sockets/frames.js";
import { EndedList, OpenList, transportOf } from "../sockets/list.js";
import { describeEnding, followSockets } from "../sockets/open.js";
import { Say } from "../sockets/saying.js";

export default function View() {
  const sockets = useMemo(() => followSockets(), []);
  const isClosingAll = useSignal(false);
  useEffect(() => sockets.stop, []);
  const rows = sockets.rows.value;
  const chosen = route.value.steps[0] ?? null;
  const socket = useChosen(sockets, chosen);
  return html`<div class="head">
      <h1>Sockets</h1>
      ${rows !== null && html`<${Badge} tone=${rows.length ? "ok" : "off"}>${rows.length} open<//>`}
      ${rows?.length > 0 &&
      html`<button type="button" class="danger small" onClick=${() => (isClosingAll.value = true)}>Close all …</button>`}
    </div>
    <${Refusal} of=${sockets.refusal.value} />
    <div class=${`panes${chosen ? " chosen" : ""}`}>
      <div class="stack">
        <${OpenList} rows=${rows} chosen=${chosen} />
        <${EndedList} rows=${sockets.ended.value} chosen=${chosen} />
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
function useChosen(sockets, id) {
  const kept = useRef(null);
  const found = id === null ? null : sockets.find(id);
  if (found) kept.current = found;
  return kept.current?.id === id ? kept.current : null;
}

function Shown({ id, socket, isLoaded }) {
  const heading = useRef(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const isEnded = Boolean(socket?.ending);
  const close = html`<a class="button small push" href=${address("sockets")} aria-label="Put it away">✕</a>`;
  if (!socket) {
    return html`<article class="card shown">
      <div class="row"><h2 tabindex="-1" ref=${heading}>#${id}</h2>${close}</div>
      ${isLoaded && html`<p class="soft">There is no such socket in this sandbox any more.</p>`}
    </article>`;
  }
  return html`<article class="card shown" aria-labelledby="shown">
    <div class="row">
      <h2 id="shown" tabindex="-1" ref=${heading}>
        ${transportOf(socket)} <span class="mono">${socket.path}</span>
      </h2>
      ${close}
    </div>
    <p class="facts soft">
      <span>#${socket.id}</span>
      <span>${socket.session}</span>
      <span>user ${socket.user || "nobody"}</span>
      <span>from ${socket.remote}</span>
      ${socket.rooms.length > 0 && html`<span>joined ${socket.rooms.join(", ")}</span>`}
    </p>
    ${isEnded && html`<p class="notice">After ${inWords(socket.age_s)}: ${describeEnding(socket.ending)}</p>`}
    <${Frames} socket=${socket} isEnded=${isEnded} />
    ${!isEnded &&
    html`<section class="stack" aria-labelledby="say"><h3 id="say">Say something</h3><${Say} socket=${socket} /></section>
      <section class="stack" aria-labelledby="end"><h3 id="end">End it</h3><${Ends} socket=${socket} /></section>`}
  </article>`;
}
