/** What documents, their values and their addresses look like to a person: text only, but for links. */

import { html } from "../lib/html.js";
import { address, sandbox } from "../lib/route.js";
import { api, apiBase } from "../lib/state.js";
import { Badge, Copy } from "../lib/ui.js";
import { quoteScript, quoteShell } from "../requests/sending.js";

const MOST = 120;
const SPOKEN = ["name", "title", "subject", "label", "full_name", "fullName", "email", "code"];

/** The path of documents on the control plane. */
export const pathOf = (...steps) => ["/api/data", ...steps.map(encodeURIComponent)].join("/");

/** Where this view shows a resource or a document. */
export const placeOf = (steps, query) => address("data", steps, query);

/** What a document would be called by a person; empty where nothing in it is like a name. */
export function titleOf(resource, document) {
  const isText = (field) => field.type === "string" && !field.ref && !field.enum && field.name !== resource.key;
  const texts = resource.fields.filter(isText).map((field) => field.name);
  const names = [...SPOKEN.filter((name) => texts.includes(name)), ...texts];
  const found = names.map((name) => document[name]).find((value) => typeof value === "string" && value.trim() !== "");
  return clip(found ?? "", 60);
}

/** The beginning of a text that is longer than it may be. */
export const clip = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);

/** `animal` of `animals`, as far as that can be told; whole words only. */
export const singular = (name) => {
  const words = name.replaceAll("_", " ");
  if (/ies$/.test(words)) return words.replace(/ies$/, "y");
  return /(ss|us|is|news|series)$/.test(words) ? words : words.replace(/s$/, "");
};

/** `value` is undefined where the document is without the field. */
export function Value({ field, value, most = MOST }) {
  if (value === undefined) return html`<span class="nothing" title="not there">—</span>`;
  if (value === null) return html`<span class="nothing">null</span>`;
  if (field?.ref) return html`<${References} field=${field} value=${value} />`;
  if (field?.content === "file" && typeof value.url === "string") {
    return html`<${Outside} address=${ofApi(value.url)}>${clip(String(value.name), most)}<//>`;
  }
  if (field?.content === "picture" && typeof value === "string") {
    return html`<${Outside} address=${ofApi(value)}>picture<//>`;
  }
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string" && !one.includes(","))) {
    return html`<span>${clip(value.slice(0, most).join(", "), most)}</span>`;
  }
  if (typeof value === "object") {
    return html`<code class="json">${clip(preview(value, most), most)}</code>`;
  }
  const text = String(value);
  return html`<${Outside} address=${text}>${clip(text, most)}<//>`;
}

/** JSON of so much of a value as is shown of it. */
function preview(value, most) {
  if (Array.isArray(value)) return JSON.stringify(value.slice(0, most));
  return JSON.stringify(Object.fromEntries(Object.entries(value).slice(0, most)));
}

function References({ field, value }) {
  const keys = Array.isArray(value) ? value : [value];
  if (keys.length === 0) return html`<span class="nothing">none</span>`;
  return html`<span class="references">
    ${keys.slice(0, 12).map((key) => html`<${Reference} key=${key} resource=${field.ref} target=${key} />`)}
    ${keys.length > 12 && html`<span class="soft">and ${keys.length - 12} more</span>`}
  </span>`;
}

function Reference({ resource, target }) {
  if (typeof target === "object") return html`<code>${clip(JSON.stringify(target), 40)}</code>`;
  const text = String(target);
  return html`<a href=${placeOf([resource, text])} aria-label=${`${resource} ${text}`}>${clip(text, 40)}</a>`;
}

/** The address in the API, in the sandbox that is shown, of a path that a document says. */
const ofApi = (path) => (path.startsWith("/") ? `${apiBase(sandbox.value) ?? ""}${path}` : path);

/** A link that leaves the panel; only to addresses that a browser loads as pages. */
function Outside({ address, children }) {
  if (!/^https?:\/\//.test(address)) return html`<span>${children}</span>`;
  return html`<a href=${address} target="_blank" rel="noopener noreferrer">${children}</a>`;
}

const MARKS = { created: ["ok", "+", "new"], updated: ["info", "~", "changed"], deleted: ["bad", "−", "deleted"] };

/** What became of a document since the file or the scenario began; nothing where it is as seeded. */
export function Mark({ of }) {
  const [tone, , word] = MARKS[of] ?? [];
  return word && html`<${Badge} tone=${tone}>${word}<//>`;
}

/** How many of a resource are new, changed and deleted. */
export const Marks = ({ of }) =>
  Object.entries(MARKS)
    .filter(([fate]) => of[fate] > 0)
    .map(
      ([fate, [tone, sign, word]]) =>
        html`<span key=${word} class=${`badge ${tone}`} title=${`${of[fate]} ${word}`}>
          <span aria-hidden="true">${sign}${of[fate]}</span><span class="hidden">${of[fate]} ${word}</span>
        </span>`,
    );

/** The address where the API has what is shown: to open, and to take away. */
export function Seen({ url }) {
  if (!api.value) return null;
  if (!url) return html`<p class="soft seen">No one request of the API gets just these rows.</p>`;
  const whole = api.value + url;
  return html`<div class="row seen" aria-label="In the API" role="group">
    <${Badge}>GET<//>
    <a class="mono" href=${whole} target="_blank" rel="noopener noreferrer">${decoded(whole)}</a>
    <span class="row">
      <${Copy} text=${whole} label="Copy the address" />
      <${Copy} text=${`curl ${quoteShell(whole)}`} label="Copy as curl">curl<//>
      <${Copy} text=${`await fetch(${quoteScript(whole)})`} label="Copy as fetch">fetch<//>
    </span>
  </div>`;
}

/** An address as it can be read. */
function decoded(address) {
  try {
    return decodeURI(address).replaceAll("%5B", "[").replaceAll("%5D", "]").replaceAll("%2C", ",");
  } catch {
    return address;
  }
}
