/** The documents of a sandbox: what there is, what has changed since it was seeded, and editing them. */

import { ask } from "../lib/control.js";
import { html } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { route, sandbox } from "../lib/route.js";
import { scenario } from "../lib/state.js";
import { Action, Empty, Refusal } from "../lib/ui.js";
import { Document } from "../data/editing.js";
import { Table } from "../data/table.js";
import { Marks, placeOf } from "../data/value.js";

export default function View() {
  const { value, refusal, reload } = useLoad(() => "/api/data", ["event", "scenario", "definition"]);
  const resources = value.value ?? [];
  const [name, key] = route.value.steps;
  const reset = async () => {
    await ask("POST", "/api/reset", { query: { sandbox: sandbox.peek() }, body: { what: ["data"] } });
    await reload();
  };
  return html`<div class="head">
      <h1>Data</h1>
      <p class="soft">${wordsOf(resources)}</p>
      <span class="push"><${Action} act=${reset} kind="small" confirm="Reset all of it?">Reset data<//></span>
    </div>
    <${Refusal} of=${refusal.value} />
    ${value.value &&
    (name === undefined
      ? html`<${Overview} resources=${resources} />`
      : html`<${Shown} resources=${resources} name=${name} of=${key} />`)}`;
}

/** How much of it is not as it began. */
function wordsOf(resources) {
  const changes = resources.map(({ changed }) => changed.created + changed.updated + changed.deleted);
  const sum = changes.reduce((one, other) => one + other, 0);
  const began = scenario.value.value?.name ? `the scenario ${scenario.value.value.name} began` : "the file was loaded";
  if (!resources.length) return "";
  return sum === 0 ? `All as ${began}.` : `${sum.toLocaleString()} ${sum === 1 ? "change" : "changes"} since ${began}.`;
}

function Overview({ resources }) {
  if (!resources.length) return html`<${Empty}>The definition has no resources: there is nothing to show.<//>`;
  return html`<ul class="overview">
    ${resources.map(
      (resource) =>
        html`<li key=${resource.name} class="card">
          <div class="row">
            <h2><a href=${placeOf([resource.name])}>${resource.name}</a></h2>
            <span class="count push">${resource.singleton ? "one document" : resource.count.toLocaleString()}</span>
          </div>
          ${resource.describe && html`<p>${resource.describe}</p>`}
          <p class="row"><code>${resource.path}</code> <${Marks} of=${resource.changed} /></p>
          <${Relations} resource=${resource} />
        </li>`,
    )}
  </ul>`;
}

/** The resources that this one has to do with. */
function Relations({ resource }) {
  const parents = [...new Set(resource.fields.map((field) => field.ref).filter(Boolean))];
  const children = [...new Set(resource.referring.map((one) => one.resource))];
  if (!parents.length && !children.length) return null;
  const links = (names) => names.map((name, place) => html`${place > 0 && ", "}<a href=${placeOf([name])}>${name}</a>`);
  return html`<p class="soft">
    ${parents.length > 0 && html`refers to ${links(parents)}`}${parents.length > 0 && children.length > 0 && " · "}
    ${children.length > 0 && html`referred to by ${links(children)}`}
  </p>`;
}

function Shown({ resources, name, of: key }) {
  const resource = resources.find((one) => one.name === name);
  if (!resource) {
    return html`<${Empty}>There is no resource ${name}. <a href=${placeOf([])}>Show all there are</a><//>`;
  }
  return html`<div class="beside">
    <nav class="resources" aria-label="Resources">
      ${resources.map(
        (one) =>
          html`<a key=${one.name} href=${placeOf([one.name])} aria-current=${one.name === name ? "page" : undefined}>
            <span>${one.name}</span> <span class="soft">${one.count.toLocaleString()}</span>
            <${Marks} of=${one.changed} />
          </a>`,
      )}
    </nav>
    <div class="stack content">
      ${key === undefined
        ? html`<${Table} key=${name} resource=${resource} resources=${resources} />`
        : html`<${Document} key=${`${name} ${key}`} resource=${resource} resources=${resources} name=${key} />`}
    </div>
  </div>`;
}
