/** The view API: where everything is and how it is asked for, and the definition that it is made of. */

import { Addresses, Links, Sockets } from "../api/address.js";
import { Definition, Problems } from "../api/definition.js";
import { Routes } from "../api/route.js";
import { Users } from "../api/user.js";
import { html, useSignal } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { Refusal } from "../lib/ui.js";

export default function Api() {
  const offer = useLoad(() => "/api/routes", ["definition"]);
  const caller = useSignal("");
  const { routes = [], sockets = [], users = [] } = offer.value.value ?? {};
  const header = users.find((one) => one.name === caller.value && one.kind === "header")?.how;
  return html`<div class="head"><h1>API</h1><${Links} /></div>
    <${Problems} />
    <${Refusal} of=${offer.refusal.value} />
    <div class="tops">
      <${Addresses} />
      <${Sockets} sockets=${sockets} />
    </div>
    ${users.length > 0 && html`<${Users} users=${users} caller=${caller} />`}
    <${Routes} routes=${routes} isLoaded=${offer.value.value !== null} header=${header} />
    <${Definition} />`;
}
