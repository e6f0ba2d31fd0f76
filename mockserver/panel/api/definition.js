/** The definition: as it is in force, what is wrong with its files, and another put in its place. */

import { html, signal, useEffect, useSignal } from "../lib/html.js";
import { ask } from "../lib/control.js";
import { useAction, useLoad } from "../lib/load.js";
import { status } from "../lib/state.js";
import { listen } from "../lib/stream.js";
import { Action, Code, Copy, Refusal, timeOf } from "../lib/ui.js";
import { Editor } from "./editor.js";
import { writeYaml } from "./yaml.js";

/** What is being written, kept while another view is shown. */
const draft = signal("");
const CHANGES = { reloaded: "The files were loaded again", uploaded: "Another one was put in force" };

export function Definition() {
  const written = useLoad(() => ({ path: "/api/definition", query: { sandbox: null } }), ["definition"]);
  const text = written.value.value ? writeYaml(written.value.value) : "";
  return html`<section class="card" aria-labelledby="definition">
    <div class="row">
      <h2 id="definition">Definition</h2>
      ${text &&
      html`<span class="row push">
        <${Copy} text=${text} label="Copy the definition">Copy<//>
        <button type="button" onClick=${() => (draft.value = text)}>Edit what is in force</button>
      </span>`}
    </div>
    <${LastChange} />
    <${Refusal} of=${written.refusal.value} />
    ${text &&
    html`<details>
      <summary>In force, as written; secrets are left out</summary>
      <${Code} value=${text} label="The definition in force" />
    </details>`}
    <${Draft} />
  </section>`;
}

/** What is wrong with the files, which keeps them from being in force. */
export function Problems() {
  const problems = status.value.value?.definition?.problems ?? [];
  if (problems.length === 0) return null;
  return html`<div class="refusal" role="alert">
    <p><strong>The files can't be loaded</strong>; what was served before still is.</p>
    <ul>
      ${problems.map(
        ({ place, problem, hint }) => html`<li><code>${place}</code> ${problem}${hint ? ` (${hint})` : ""}</li>`,
      )}
    </ul>
  </div>`;
}

/** What became of the last change, as it is told. */
function LastChange() {
  const told = useSignal(null);
  useEffect(() => listen("definition", (events) => (told.value = { ...events.at(-1), at: Date.now() / 1000 })), []);
  const change = told.value;
  if (!change || !(change.change in CHANGES)) return html`<p role="status" class="hidden"></p>`;
  return html`<p role="status" class="soft">${timeOf(change.at)} ${CHANGES[change.change]}: ${tell(change)}.</p>`;
}

/** What a definition comes to, in words. */
function tell({ generated, kept, removed }) {
  const said = [];
  if (generated.length) said.push(`generated again: ${generated.join(", ")}`);
  if (kept.length) said.push(`kept: ${kept.join(", ")}`);
  if (removed.length) said.push(`removed: ${removed.join(", ")}`);
  return said.join("; ") || "no resources";
}

function Draft() {
  const result = useSignal("");
  const put = useAction(async (check) => {
    result.value = "";
    const found = await ask("PUT", "/api/definition", { query: { check }, body: { source: draft.peek() } });
    result.value = `${check ? "Nothing is wrong. It would come to" : "It is in force"}: ${tell(found)}.`;
  });
  const write = (text) => {
    draft.value = text;
    result.value = "";
    put.refusal.value = null;
  };
  const refusal = put.refusal.value;
  return html`<div class="draft stack">
    <h3 id="draft">Another definition</h3>
    <${Editor} label="Another definition, in YAML or JSON" text=${draft.value} write=${write} problems=${refusal?.errors ?? []} />
    ${refusal && !refusal.errors.some((one) => one.line) && html`<${Refusal} of=${refusal} />`}
    ${refusal && refusal.errors.some((one) => one.line) && html`<p class="bad" role="alert">${refusal.message}</p>`}
    <div class="row">
      <button type="button" aria-busy=${put.isBusy.value} onClick=${() => put.run(1)}>Check</button>
      <button type="button" class="primary" aria-busy=${put.isBusy.value} onClick=${() => put.run(undefined)}>
        Put in force
      </button>
      <span role="status" class="done">${result.value}</span>
    </div>
    <p class="soft">It is in force in every sandbox, until the files change or the server ends; no file is written.</p>
  </div>`;
}
