/** Where everything is: the API, its sockets, the control plane, and documents about them. */

import { html } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { apiBase, status } from "../lib/state.js";
import { Copy } from "../lib/ui.js";

const suffix = () => (sandbox.value === "default" ? "" : `?sandbox=${encodeURIComponent(sandbox.value)}`);

export function Links() {
  return html`<span class="row push">
    <a class="button" href=${`/docs${suffix()}`}>Docs, to read and try</a>
    <a class="button" href=${`/openapi.json${suffix()}`}>OpenAPI</a>
    <a class="button" href=${`/types.ts${suffix()}`} download="api.ts">TypeScript types</a>
  </span>`;
}

export function Addresses() {
  const base = apiBase(sandbox.value);
  const { convention, seed } = status.value.value ?? {};
  return html`<section class="card" aria-labelledby="addresses">
    <h2 id="addresses">Addresses</h2>
    <dl class="places">
      ${base && html`<${Place} name="HTTP" url=${base} /><${Place} name="WebSocket" url=${base.replace(/^http/, "ws")} />`}
      <${Place} name="Control" url=${location.origin} />
      ${sandbox.value !== "default" && html`<${Place} name="Sandbox" url=${`/~${sandbox.value}`} />`}
    </dl>
    <p class="soft">
      ${convention && html`Convention <strong>${convention}</strong>, seed <strong>${seed}</strong>. `}
      ${sandbox.value === "default"
        ? html`<code>/~name</code> before any path is a sandbox of its own.`
        : html`Without <code>${`/~${sandbox.value}`}</code> before a path it is the sandbox of everybody.`}
    </p>
  </section>`;
}

function Place({ name, url }) {
  return html`<div>
    <dt>${name}</dt>
    <dd><code>${url}</code></dd>
    <dd><${Copy} text=${url} label=${`Copy ${url}`} /></dd>
  </div>`;
}

export function Sockets({ sockets }) {
  return html`<section class="card" aria-labelledby="sockets">
    <h2 id="sockets">Sockets and streams</h2>
    <ul class="sockets">
      ${sockets.map(
        ({ url, what }) => html`<li key=${url}>
          <code>${url}</code><${Copy} text=${url} label=${`Copy ${url}`} />
          <span class="soft">${what}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}
