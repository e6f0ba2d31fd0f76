/** The users that the definition declares, and how each is known: the mock's own, none of them a secret. */

import { html } from "../lib/html.js";
import { Badge, Copy } from "../lib/ui.js";

export function Users({ users, caller }) {
  const known = users.filter((one) => one.kind === "header");
  return html`<section class="card" aria-labelledby="users">
    <div class="row">
      <h2 id="users">Users</h2>
      ${known.length > 0 &&
      html`<label class="row push">
        <span class="soft">Copy routes as</span>
        <select value=${caller.value} onChange=${(event) => (caller.value = event.currentTarget.value)}>
          <option value="">nobody</option>
          ${known.map((one) => html`<option key=${one.name} value=${one.name}>${one.name}</option>`)}
        </select>
      </label>`}
    </div>
    <ul class="users">
      ${users.map(
        (one) => html`<li key=${one.name}>
          <span class="row"><strong>${one.name}</strong>${one.roles.map((role) => html`<${Badge} key=${role}>${role}<//>`)}</span>
          <code>${one.how}</code>
          <${Copy} text=${one.how} label=${`Copy ${one.kind === "header" ? "the header" : "the login"} of ${one.name}`} />
        </li>`,
      )}
    </ul>
    ${users.some((one) => one.kind === "login") &&
    html`<p class="soft">Who has no token logs in: the command keeps what the server gives.</p>`}
  </section>`;
}
