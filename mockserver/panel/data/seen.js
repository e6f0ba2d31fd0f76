/** The address where the API has what is shown. */

import { html } from "../lib/html.js";
import { api } from "../lib/state.js";
import { Copy } from "../lib/ui.js";
import { quoteScript, quoteShell } from "../requests/quote.js";

/** The address where the API has what is shown: to open, and to take away. */
export function Seen({ url }) {
  if (!api.value) return null;
  if (!url) return html`<p class="soft seen">No one request of the API gets just these rows.</p>`;
  const address = api.value + url;
  return html`<div class="row seen" aria-label="In the API" role="group">
    <span class="badge">GET</span>
    <a class="mono" href=${address} target="_blank" rel="noopener noreferrer">${decoded(address)}</a>
    <span class="row">
      <${Copy} text=${address} label="Copy the address">Copy<//>
      <${Copy} text=${`curl ${quoteShell(address)}`} label="Copy as curl">curl<//>
      <${Copy} text=${`await fetch(${quoteScript(address)})`} label="Copy as fetch">fetch<//>
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
