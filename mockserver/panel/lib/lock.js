/** Asking for the token, which a server wants to know as soon as it listens beyond its own machine. */

import { unlock } from "./control.js";
import { html } from "./html.js";
import { Field, Form } from "./ui.js";

export function Lock() {
  return html`<main id="view" class="lock">
    <${Form} act=${({ token }) => unlock(token)} label="Unlock" kind="card">
      <h1>This server asks for its token</h1>
      <p>It was printed when the server started, or given by <code>serve --token</code>.</p>
      <${Field}
        label="Token"
        control=${(id) => html`<input id=${id} name="token" type="password" autocomplete="off" required />`}
      />
      <button class="primary">Unlock</button>
    <//>
  </main>`;
}
