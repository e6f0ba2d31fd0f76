/** The control panel: a bar that says how things are, and one view at a time, loaded when it is first shown. */

import { ask, isLocked } from "./lib/control.js";
import { computed, effect, html, render, signal, useEffect, useRef } from "./lib/html.js";
import { Lock, ThemePicker } from "./lib/page.js";
import { address, go, route, sandbox } from "./lib/route.js";
import { api, faults, faultsOn, firstExpiry, sandboxes, scenario, status } from "./lib/state.js";
import { connection } from "./lib/stream.js";
import { Action, Dialog, Field, Form, inWords, tick } from "./lib/ui.js";

const VIEWS = {
  requests: ["Requests", () => import("./views/requests.js")],
  data: ["Data", () => import("./views/data.js")],
  sockets: ["Sockets", () => import("./views/sockets.js")],
  faults: ["Faults", () => import("./views/faults.js")],
  scenarios: ["Scenarios", () => import("./views/scenarios.js")],
  api: ["API", () => import("./views/api.js")],
};
const FIRST = "requests";
const CONNECTED = { connecting: "Connecting …", live: "Live", lost: "Server lost, trying again …" };

const wanted = computed(() => (Object.hasOwn(VIEWS, route.value.view) ? route.value.view : FIRST));
const shown = signal({ name: "", View: null });
const isNamingSandbox = signal(false);

effect(() => {
  const name = wanted.value;
  const [title, load] = VIEWS[name];
  document.title = `${title} · mockserver`;
  load()
    .then(({ default: View }) => View, () => Unloaded)
    // Meanwhile somebody may have gone on to another.
    .then((View) => name === wanted.peek() && (shown.value = { name, View }));
});

const Unloaded = () => html`<p class="refusal" role="alert">This view could not be loaded. Reload the page.</p>`;

function Bar() {
  return html`<header class="bar">
    <a class="brand" href=${address(FIRST)}><img src="/panel/icon.svg" alt="" width="24" height="24" />mockserver</a>
    <span class="served" title=${api.value ?? ""}>${status.value.value?.name ?? ""}</span>
    <span class=${`connection ${connection.value}`} role="status">${CONNECTED[connection.value]}</span>
    <${Moved} />
    <${SandboxPicker} />
    <${WhatIsOn} />
    <${ThemePicker} />
  </header>`;
}

/** A page may ask the API where it was as the page came, and nowhere else. */
function Moved() {
  const first = useRef(null);
  first.current ??= api.value;
  if (first.current === api.value) return null;
  return html`<button type="button" class="danger small" onClick=${() => location.reload()}>
    The API has moved: reload
  </button>`;
}

function WhatIsOn() {
  const count = faultsOn.value.length;
  tick.value; // counts down
  const left = firstExpiry();
  const playing = scenario.value.value?.name;
  const wrong = status.value.value?.definition?.problems.length ?? 0;
  return html`<span class="on">
    ${wrong > 0 &&
    html`<a class="badge bad" href=${address("api")}>definition has ${wrong} ${wrong === 1 ? "problem" : "problems"}</a>`}
    ${playing && html`<a class="badge info" href=${address("scenarios")}>scenario ${playing}</a>`}
    ${faults.value.value &&
    html`<a class=${`badge ${count ? "bad" : "ok"}`} href=${address("faults")}>
      ${count === 0 ? "no faults on" : `${count} ${count === 1 ? "fault" : "faults"} on`}
      ${left !== null && html`<span class="left">, first ends in ${inWords(left)}</span>`}
    </a>`}
    ${count > 0 && html`<${Action} act=${allOff} kind="danger small">All off<//>`}
  </span>`;
}

const allOff = () => ask("POST", "/api/faults/off", { query: { sandbox: sandbox.value }, body: {} });

function SandboxPicker() {
  const known = (sandboxes.value.value ?? []).map((one) => one.name);
  const names = known.includes(sandbox.value) ? known : [...known, sandbox.value];
  const pick = (event) => {
    const name = event.currentTarget.value;
    if (name === "") {
      event.currentTarget.value = sandbox.value;
      isNamingSandbox.value = true;
    } else {
      show(name);
    }
  };
  return html`<label class="picker">
      <span>Sandbox</span>
      <select value=${sandbox.value} onChange=${pick} aria-label="Sandbox">
        ${names.map((name) => html`<option key=${name} value=${name} selected=${name === sandbox.value}>${name}</option>`)}
        <option value="">New or other …</option>
      </select>
    </label>
    ${isNamingSandbox.value &&
    html`<${Dialog} title="Show a sandbox" close=${() => (isNamingSandbox.value = false)}>
      <${Form} act=${begin} label="Show a sandbox">
        <p>A sandbox is a copy of everything, for one test worker: paths under <code>/~name/</code> work on it.</p>
        <${Field}
          label="Name"
          hint="Letters, digits, dots, underscores and hyphens"
          control=${(id, hint) => html`<input id=${id} name="name" aria-describedby=${hint} autocomplete="off" required />`}
        />
        <button class="primary">Show it</button>
      <//>
    <//>`}`;
}

async function begin({ name }) {
  const wanted = name.trim();
  await ask("GET", "/api/clock", { query: { sandbox: wanted } }); // refuses what can't be a name, slashes among them
  await ask("PUT", `/api/sandboxes/${encodeURIComponent(wanted)}`);
  isNamingSandbox.value = false;
  await sandboxes.reload();
  show(wanted);
}

function show(name) {
  const { view, steps } = route.value;
  go(address(view || FIRST, steps.slice(0, 1), { sandbox: name === "default" ? null : name }));
}

function Tabs() {
  return html`<nav class="tabs" aria-label="Views">
    ${Object.entries(VIEWS).map(
      ([name, [title]]) =>
        html`<a key=${name} href=${address(name)} aria-current=${shown.value.name === name ? "page" : undefined}>${title}</a>`,
    )}
    <a class="aside" href="/demo">Demo</a>
    <a class="aside" href=${sandbox.value === "default" ? "/docs" : `/docs?sandbox=${encodeURIComponent(sandbox.value)}`}>Docs</a>
  </nav>`;
}

function Page() {
  const { View, name } = shown.value;
  const main = useRef(null);
  const before = useRef("");
  // Whoever goes to another view by keyboard reads on there.
  useEffect(() => {
    if (before.current && before.current !== name) main.current?.focus({ preventScroll: true });
    before.current = name;
  }, [name]);
  if (isLocked.value) return html`<${Lock} />`;
  return html`<a class="skip" href="#view" onClick=${(event) => (event.preventDefault(), main.current?.focus())}>
      Skip to the view
    </a>
    <${Bar} />
    <${Tabs} />
    <main id="view" ref=${main} tabindex="-1" class=${`view ${name}`}>
      ${View ? html`<${View} key=${`${name} ${sandbox.value}`} />` : html`<p class="empty">Loading …</p>`}
    </main>`;
}

render(html`<${Page} />`, document.body);
