/** One exchange: what was asked, what was answered, who decided that, and what can be done with it. */

import { BreakDialog } from "../lib/breaking.js";
import { html, useMemo, useSignal } from "../lib/html.js";
import { address, sandbox } from "../lib/route.js";
import { apiBase, status } from "../lib/state.js";
import { Badge, Code, Copy, toneOf } from "../lib/ui.js";
import { indent } from "./json.js";
import { useReplay } from "./replay.js";
import { forPage, isHandshake, partsOf, toCurl, toFetch } from "./sending.js";
import { exactTimeOf, firedIn, inBytes, inStatus, inTime, pathOf, routeOf, subjectOf } from "./words.js";

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
  const fired = firedIn(entry);
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
                <td><a href=${address("faults", [fault])}>${fault}</a></td>
                <td class="number">${rule + 1}</td>
                <td class="number">${n}</td>
                <td class="number">${draw === null ? "" : draw.toFixed(4)}</td>
                <td>${hasActed ? html`<${Badge} tone="warn">acted<//>` : "no"}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`}
    ${fired.map((name) => html`<a key=${name} href=${address("faults", [name])}>Show fault ${name}</a>`)}
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
