/** A request sent once more, from this page, and what came of it as a page sees it. */

import { html, useEffect, useRef, useSignal } from "../lib/html.js";
import { Badge, Code, toneOf } from "../lib/ui.js";
import { indent } from "./json.js";
import { readOptions } from "./sending.js";
import { inBytes, inTime } from "./words.js";

/** How much of an answer is read, and for how long: an event stream has no end. */
const READ_BYTES = 256 * 1024;
const READ_MS = 10_000;

/**
 * `{button, outcome}`: what to press, and what came of it. `wanted` is as `forPage` gives it.
 *
 * @param {{url: string, options: object, notes: string[]} | {reason: string}} wanted
 */
export function useReplay(wanted) {
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
    return { ...head, ...(await read(response, signal)), ms: took() };
  } catch (error) {
    const failure = signal.aborted ? "Stopped before its end." : `The body broke off: ${error.name}: ${error.message}`;
    return { ...head, failure, ms: took() };
  }
}

/** The beginning of a body as text: `{text, bytes, isCut}`. */
async function read(response, signal) {
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
    return { text, bytes, isCut: true };
  } finally {
    clearTimeout(timer);
    if (bytes >= READ_BYTES && !signal.aborted) reader.cancel();
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
      <pre class="code">${headers.map(([name, value]) => `${name}: ${value}`).join("\n")}</pre>
    </details>`}
  </section>`;
}
