/** A value of a document as it can be read: text only, but for links to what it refers to. */

import { html } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { apiBase } from "../lib/state.js";
import { clip, placeOf } from "./plain.js";

const MOST = 120;

/** `value` is undefined where the document is without the field. */
export function Value({ field, value, most = MOST }) {
  if (value === undefined) return html`<span class="nothing" title="not there">—</span>`;
  if (value === null) return html`<span class="nothing">null</span>`;
  if (field?.ref) return html`<${References} field=${field} value=${value} />`;
  if (field?.content === "file" && typeof value?.url === "string") {
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
  return /^https?:\/\//.test(text)
    ? html`<${Outside} address=${text}>${clip(text, most)}<//>`
    : html`<span>${clip(text, most)}</span>`;
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

const MARKS = { created: ["ok", "new"], updated: ["info", "changed"], deleted: ["bad", "deleted"] };

/** What became of a document since the file or the scenario began; nothing where it is as seeded. */
export function Mark({ of }) {
  if (!(of in MARKS)) return null;
  const [tone, word] = MARKS[of];
  return html`<span class=${`badge ${tone}`}>${word}</span>`;
}

/** How many of a resource are new, changed and deleted. */
export function Marks({ of }) {
  return html`${[
    [of.created, "ok", "+", "new"],
    [of.updated, "info", "~", "changed"],
    [of.deleted, "bad", "−", "deleted"],
  ]
    .filter(([count]) => count > 0)
    .map(
      ([count, tone, sign, word]) =>
        html`<span key=${word} class=${`badge ${tone}`} title=${`${count} ${word}`}>
          <span aria-hidden="true">${sign}${count}</span><span class="hidden">${count} ${word}</span>
        </span>`,
    )}`;
}
