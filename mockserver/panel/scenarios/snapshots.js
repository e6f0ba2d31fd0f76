/** Data kept under names: saved, gone back to, downloaded, forgotten. */

import { ask } from "../lib/control.js";
import { html } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { sandbox } from "../lib/route.js";
import { save } from "../lib/download.js";
import { Action, Field, Form, Refusal } from "../lib/ui.js";

const at = (name) => `/api/snapshots/${encodeURIComponent(name)}`;
const here = () => ({ query: { sandbox: sandbox.value } });

export function SnapshotsCard() {
  const all = useLoad(() => "/api/snapshots", ["snapshot"]);
  const keep = async ({ name }, form) => {
    await ask("POST", "/api/snapshots", { ...here(), body: { name: name.trim() } });
    form.reset();
    await all.reload();
  };
  const rows = all.value.value ?? [];
  return html`<section class="card" aria-labelledby="snapshots">
    <h2 id="snapshots">Snapshots</h2>
    <p class="soft">All documents, files, logins and jobs as they are, to be gone back to as often as is wanted.</p>
    <${Form} act=${keep} label="Save a snapshot">
      <${Field}
        label="Name"
        control=${(id) =>
          html`<span class="row">
            <input id=${id} name="name" autocomplete="off" size="18" />
            <button>Save</button>
          </span>`}
      />
    <//>
    <${Refusal} of=${all.refusal.value} />
    ${rows.length > 0 && html`<ul class="snapshots">${rows.map((one) => html`<${Snapshot} key=${one.name} one=${one} after=${all.reload} />`)}</ul>`}
  </section>`;
}

function Snapshot({ one, after }) {
  const download = async () => {
    const whole = await ask("GET", at(one.name), here());
    save(`${one.name}.json`, JSON.stringify(whole, null, 2), "application/json");
  };
  const forget = async () => {
    await ask("DELETE", at(one.name), here());
    await after();
  };
  return html`<li>
    <div class="row">
      <strong>${one.name}</strong>
      <span class="push soft">${one.documents.toLocaleString("en")} ${one.documents === 1 ? "document" : "documents"}</span>
    </div>
    <p class="soft">${one.created.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC")}</p>
    <div class="row" role="group" aria-label=${`Snapshot ${one.name}`}>
      <${Action} kind="small" act=${() => ask("POST", `${at(one.name)}/restore`, { ...here(), body: {} })}>Restore<//>
      <${Action} kind="small" act=${download}>Download<//>
      <${Action} kind="small danger" confirm="Really delete?" act=${forget}>Delete<//>
    </div>
  </li>`;
}
