/** One exchange: what was asked, what was answered, who decided that, and what can be done with it: sent again, say. */

import { BreakDialog } from "../lib/breaking.js";
import { html, useEffect, useMemo, useRef, useSignal } from "../lib/html.js";
import { address, sandbox } from "../lib/route.js";
import { apiBase, status } from "../lib/state.js";
import { Badge, Code, Copy, exactTimeOf, toneOf } from "../lib/ui.js";
import { forPage, isHandshake, partsOf, readOptions, toCurl, toFetch } from "./sending.js";
import { inBytes, indent, inStatus, inTime, pathOf, routeOf, subjectOf } from "./words.js";

/** How much of an answer is read, and for how long: an event stream has no end. */
const READ_BYTES = 256 * 1024;
const READ_MS = 10_000;

/** `head` is told where the heading is, so that it can have the focus. */
export function Detail({ entry, head }) {
  return html`<article class="detail stack">
    <header class="stack">
      <h2 tabindex="-1" ref=${head} class="mono">${entry.method} ${pathOf(entry)}</h2>
      <p class="row">
        <${Badge} tone=${toneOf(entry.status)}>${inStatus(entry.status)}<//>
        <span class="soft">
          ${exactTimeOf(entry.at)} · took ${inTime(entry.duration_ms)} · ${inBytes(entry.request_bytes)} asked,
          ${" "}${inBytes(entry.reply_bytes)} answered · number ${entry.number}
        </span>
      </p>
    </header>
    <${Tools} entry=${entry} />
    <${Decision} entry=${entry} />
    <${Pairs} title="Query" pairs=${entry.query} />
    <${Body} entry=${entry} />
    <${Pairs} title="Headers" pairs=${Object.entries(entry.headers)} />
    <${Pairs} title="Headers of the answer" pairs=${entry.reply_headers} />
  </article>`;
}

/** What can be done with it. */
function Tools({ entry }) {
  const base = apiBase(sandbox.value) ?? "";
  const parts = useMemo(() => partsOf(entry, base), [entry, base]);
  const fetched = useMemo(() => forPage(parts, { withSecrets: true }), [parts]);
  const replayed = useMemo(() => forPage(parts), [parts]);
  const replay = useReplay(replayed);
  const isBreaking = useSignal(false);
  const match = routeOf(entry, isHandshake(entry));
  const subject = subjectOf(entry, status.value.value?.resources ?? []);
  return html`<div class="stack">
    <div class="row tools">
      ${replay.button}
      <button type="button" class="danger" onClick=${() => (isBreaking.value = true)}>Make this fail</button>
      <${Copy} text=${() => toCurl(parts)}>Copy as curl<//>
      ${!fetched.reason && html`<${Copy} text=${() => toFetch(fetched)}>Copy as fetch<//>`}
      ${subject && html`<a href=${dataAddress(subject)}>Show ${subject.resource} ${subject.key} in Data</a>`}
    </div>
    <${Notes} parts=${parts} replayed=${replayed} />
    ${replay.outcome}
    <details>
      <summary>The commands</summary>
      <div class="stack">
        <${Code} value=${toCurl(parts)} label="As curl" />
        ${!fetched.reason && html`<${Code} value=${toFetch(fetched)} label="As fetch" />`}
      </div>
    </details>
    ${isBreaking.value &&
    html`<${BreakDialog}
      match=${match}
      describe=${`As ${entry.method} ${entry.target} was asked at ${exactTimeOf(entry.at)}`}
      close=${() => (isBreaking.value = false)}
    />`}
  </div>`;
}

/** What of it can't be copied or sent again, and why. */
function Notes({ parts, replayed }) {
  const only = (replayed.notes ?? []).filter((note) => !parts.notes.includes(note));
  const notes = [...parts.notes, ...only.map((note) => `Replay: ${note}`)];
  if (replayed.reason) notes.push(`It can't be replayed from here: ${replayed.reason}`);
  if (notes.length === 0) return null;
  return html`<ul class="notes soft">
    ${notes.map((note) => html`<li key=${note}>${note}</li>`)}
  </ul>`;
}

function dataAddress({ resource, key }) {
  return address("data", key === null ? [resource] : [resource, key]);
}

/** Who decided the answer: what would have answered, and every fault that had a say. */
function Decision({ entry }) {
  return html`<section aria-label="Decision" class="stack">
    <h3>Decision</h3>
    <p class="decided"><code>${entry.decided_by}</code></p>
    ${entry.faults.length > 0 &&
    html`<div class="scroll" tabindex="0" role="region" aria-label="Faults that had a say">
      <table>
        <thead>
          <tr>
            <th>Fault</th>
            <th class="number">Rule</th>
            <th class="number">n</th>
            <th class="number">Draw</th>
            <th>Acted</th>
          </tr>
        </thead>
        <tbody>
          ${entry.faults.map(
            ({ fault, rule = 0, n, draw, fired: hasActed }, at) =>
              html`<tr key=${at}>
                <td><a href=${address("faults", [fault])} aria-label=${`Show fault ${fault}`}>${fault}</a></td>
                <td class="number">${rule + 1}</td>
                <td class="number">${n}</td>
                <td class="number">${draw === null ? "" : draw.toFixed(4)}</td>
                <td>${hasActed ? html`<${Badge} tone="warn">acted<//>` : "no"}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`}
  </section>`;
}

function Pairs({ title, pairs }) {
  if (pairs.length === 0) return null;
  return html`<section aria-label=${title} class="stack">
    <h3>${title}</h3>
    <dl class="pairs">
      ${pairs.map(
        ([name, value], at) => html`<div key=${at}><dt>${name}</dt><dd>${value}</dd></div>`,
      )}
    </dl>
  </section>`;
}

function Body({ entry }) {
  const text = useMemo(() => indent(entry.body) ?? entry.body, [entry]);
  if (!entry.body) return null;
  return html`<section aria-label="Body" class="stack">
    <h3 class="row">Body <${Copy} text=${entry.body} label="Copy the body">Copy<//></h3>
    <${Code} value=${text} label="Body of the request" />
  </section>`;
}

/** `{button, outcome}`: what to press, and what came of it as a page sees it. `wanted` is as `forPage` gives it. */
function useReplay(wanted) {
  const state = useSignal(null);
  const abort = useRef(null);
  useEffect(() => () => abort.current?.abort(), []);

  const run = async () => {
    const own = new AbortController();
    abort.current = own;
    state.value = { isBusy: true };
    const found = await send(wanted, own.signal);
    if (abort.current !== own) return;
    abort.current = null;
    state.value = found;
  };
  const isBusy = state.value?.isBusy;
  const press = () => (isBusy ? abort.current?.abort() : run());
  return {
    button: html`<button type="button" disabled=${Boolean(wanted.reason)} aria-busy=${isBusy} onClick=${press}>
      ${isBusy ? "Stop" : "Replay"}
    </button>`,
    outcome: state.value && html`<${Outcome} of=${state.value} />`,
  };
}

async function send({ url, options }, signal) {
  const began = performance.now();
  const took = () => performance.now() - began;
  let response;
  try {
    response = await fetch(url, { ...readOptions(options), signal, cache: "no-store" });
  } catch (error) {
    const failure = signal.aborted ? "Stopped before there was an answer." : `${error.name}: ${error.message}`;
    return { failure, ms: took() };
  }
  const head = { status: response.status, headers: [...response.headers], isRedirected: response.redirected };
  try {
    return { ...head, ...(await read(response)), ms: took() };
  } catch (error) {
    const failure = signal.aborted ? "Stopped before its end." : `The body broke off: ${error.name}: ${error.message}`;
    return { ...head, failure, ms: took() };
  }
}

/** The beginning of a body as text: `{text, bytes, isCut}`. */
async function read(response) {
  if (!response.body) return { text: "", bytes: 0, isCut: false };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel();
  }, READ_MS);
  let [text, bytes] = ["", 0];
  try {
    while (bytes < READ_BYTES) {
      const { value, done } = await reader.read();
      if (done) return { text: text + decoder.decode(), bytes, isCut: isLate };
      bytes += value.length;
      text += decoder.decode(value, { stream: true });
    }
    reader.cancel();
    return { text, bytes, isCut: true };
  } finally {
    clearTimeout(timer);
  }
}

function Outcome({ of }) {
  if (of.isBusy) return html`<p class="outcome" role="status">Sent, no answer yet …</p>`;
  const { status, headers = [], text, bytes, isCut, isRedirected, failure, ms } = of;
  return html`<section class="outcome stack" aria-label="Answer to the replay">
    <p role="status" class="row">
      <b>Replayed</b>
      ${status === undefined
        ? html`<${Badge} tone="bad">no answer<//>`
        : html`<${Badge} tone=${toneOf(status)}>${status}<//>`}
      <span class="soft">
        ${inTime(ms)}${bytes !== undefined && `, ${inBytes(bytes)}`}${isRedirected && ", redirected"}
      </span>
    </p>
    ${failure && html`<p class="refusal">${failure}</p>`}
    ${text && html`<${Code} value=${indent(text) ?? text} label="Body of the answer" />`}
    ${isCut && html`<p class="soft">There was more: only its beginning was read.</p>`}
    ${headers.length > 0 &&
    html`<details>
      <summary>Headers that a page may read (${headers.length})</summary>
      <${Code} value=${headers.map((pair) => pair.join(": ")).join("\n")} label="Headers of the answer to the replay" />
    </details>`}
  </section>`;
}
