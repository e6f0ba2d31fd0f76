/** The routes by resource, a line for each path; each method of it is copied as a line of curl that runs. */

import { html, useMemo, useSignal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { apiBase } from "../lib/state.js";
import { Copy, Empty } from "../lib/ui.js";
import { useExamples } from "./example.js";

const OTHERS = "Others";

export function Routes({ routes, isLoaded, header }) {
  const sought = useSignal("");
  const { isReady, curlOf } = useExamples();
  const found = routes.filter((one) => matches(one, sought.value));
  const groups = useMemo(() => group(found), [routes, sought.value]);
  return html`<section class="card" aria-labelledby="routes" aria-busy=${!isReady}>
    <div class="row">
      <h2 id="routes">Routes</h2>
      <span class="soft" role="status">${found.length === routes.length ? routes.length : `${found.length} of ${routes.length}`}</span>
      <input
        class="push"
        type="search"
        placeholder="Filter: animals, POST /v1 …"
        aria-label="Filter the routes"
        value=${sought.value}
        onInput=${(event) => (sought.value = event.currentTarget.value)}
      />
    </div>
    ${isLoaded && found.length === 0 && html`<${Empty}>No route is like that.<//>`}
    <p class="soft">A method is copied as a line of curl, with ids and a body from the data.</p>
    ${groups.map(
      ([name, paths]) => html`<details key=${name} class="routes" open>
        <summary><h3>${name}</h3></summary>
        <ul>
          ${[...paths].map(
            ([path, lines]) => html`<li key=${path}>
              <code>${path}</code>
              <span class="methods">
                ${lines.map((one) => html`<${Method} key=${one.method} one=${one} text=${() => curlOf(apiBase(sandbox.value), one, header)} />`)}
              </span>
            </li>`,
          )}
        </ul>
      </details>`,
    )}
  </section>`;
}

/** A method and what it does: `GET list`. */
function Method({ one, text }) {
  const what = one.resource ? one.what.slice(one.resource.length + 1) : one.what;
  return html`<span class=${`method ${one.method}`}>
    <${Copy} text=${text} label=${`${one.method} ${what}: copy ${one.path} as curl`}><b>${one.method}</b> ${what}<//>
  </span>`;
}

/** Every word is somewhere in it. */
function matches({ method, path, what }, sought) {
  const text = `${method} ${path} ${what}`.toLowerCase();
  return sought.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** Pairs of a resource and its paths, each with its routes; what is no resource's own comes last. */
function group(routes) {
  const groups = new Map();
  const ordered = [...routes.filter((one) => one.resource), ...routes.filter((one) => !one.resource)];
  for (const one of ordered) {
    const name = one.resource ?? OTHERS;
    if (!groups.has(name)) groups.set(name, new Map());
    const paths = groups.get(name);
    if (!paths.has(one.path)) paths.set(one.path, []);
    paths.get(one.path).push(one);
  }
  return [...groups];
}
