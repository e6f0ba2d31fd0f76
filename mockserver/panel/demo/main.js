/** The demo: a board that lives on a feed of changes, and the switches that take its connection away. */

import { ask, isLocked } from "../lib/control.js";
import { effect, html, render, signal } from "../lib/html.js";
import { Lock, ThemePicker } from "../lib/page.js";
import { sandbox } from "../lib/route.js";
import { api, status } from "../lib/state.js";
import { connection, rejoined } from "../lib/stream.js";
import { become, identity } from "./api.js";
import { Board } from "./columns.js";
import { Conflicts } from "./conflict.js";
import { view } from "./documents.js";
import { feedPath, follow, line, reconnect, watchServer, wording } from "./line.js";
import { openOutbox, writes } from "./outbox.js";
import { asked, pauseBefore } from "./pace.js";
import { findFeed, readShapes } from "./shape.js";
import { Switches } from "./switches.js";
import { Timeline } from "./timeline.js";
import { Walk, resumeWalk, startWalk } from "./walk.js";

const shapes = signal([]);
/** What stands in the way of any board at all. */
const problem = signal("");

/** Reads what there is, again until that works. */
async function begin() {
  for (let tries = 0; ; tries += 1) {
    try {
      await readAll();
      break;
    } catch (error) {
      problem.value = error.message;
    }
    await new Promise((done) => setTimeout(done, pauseBefore(tries)));
  }
  if (asked.has("walk") && view.peek().shape) await startWalk().catch(() => {});
  else await resumeWalk().catch(() => {});
}

async function readAll() {
  const query = { sandbox: sandbox.peek() };
  // The first effect on a sandbox begins it: from here on it stays what it is.
  await ask("PUT", `/api/sandboxes/${encodeURIComponent(sandbox.peek())}`);
  await status.reload();
  const { resources, name } = await ask("GET", "/api/status", { query });
  const document = await ask("GET", "/openapi.json", { query });
  const { users } = await ask("GET", "/api/routes", { query });
  await become(users);
  feedPath.value = findFeed(document) ?? "";
  shapes.value = readShapes(document, resources);
  self.document.title = `${name}: fallback demo · mockserver`;
  const wanted = shapes.value.find((one) => one.name === asked.get("resource")) ?? shapes.value[0];
  if (!wanted || !feedPath.value) {
    problem.value = "This definition has nothing that a board could be made of: a resource that can be changed.";
    return;
  }
  problem.value = "";
  watchServer();
  show(wanted, wanted.columns.find((one) => one.name === asked.get("by")));
}

/** Shows another board, or the same by another field. */
function show(shape, column = shape.columns[0] ?? null) {
  const isOther = view.peek().shape !== shape;
  view.value = { shape, column };
  if (!isOther) return;
  openOutbox(shape);
  follow();
}

/** How it stands, in words and colour. The words are told to who listens when they change, not each second. */
function State() {
  const { tone, word, more } = wording.value;
  const waiting = writes.value.length;
  const canTry = ["wait", "offline"].includes(tone) && line.value.state !== "loading";
  const spoken = word.replace(/ in \d+ s$/, "");
  return html`<div class=${`state ${tone}`} data-tone=${tone}>
    <span class="lamp" aria-hidden="true"></span>
    <span class="word" aria-hidden="true">${word}</span>
    <span class="hidden" role="status">${spoken}</span>
    ${more && html`<span class="more">${more}</span>`}
    ${waiting > 0 && html`<span class="more">${waiting} ${waiting === 1 ? "change waits" : "changes wait"}</span>`}
    ${canTry && html`<button type="button" class="small" onClick=${reconnect}>Try now</button>`}
  </div>`;
}

function Bar() {
  const name = sandbox.value;
  return html`<header class="bar">
    <a class="brand" href=${`/#/faults?sandbox=${encodeURIComponent(name)}`}>
      <img src="/panel/icon.svg" alt="" width="24" height="24" />mockserver
    </a>
    <h1>Fallback demo</h1>
    <${State} />
    <span class="on">
      <span class="soft">${identity.value.name ? `You are ${identity.value.name}` : "Nobody is logged in"}</span>
      <span class="soft">sandbox ${name}</span>
      ${connection.value === "lost" && html`<span class="badge bad">server lost</span>`}
      <${ThemePicker} />
    </span>
  </header>`;
}

function Page() {
  if (isLocked.value) return html`<${Lock} />`;
  return html`<${Bar} />
    <main class="demo" id="view" tabindex="-1">
      ${view.value.shape
        ? html`<${Walk} />
            <${Board} shapes=${shapes.value} show=${show} />
            <${Switches} />
            <${Timeline} />
            <${Conflicts} />`
        : html`<p class="empty">${problem.value || "Loading …"}</p>`}
    </main>`;
}

render(html`<${Page} />`, document.body);

// Begins when the server is first there, and not before its token is known.
const stop = effect(() => {
  if (!api.value || rejoined.value === 0) return;
  queueMicrotask(() => {
    stop();
    begin();
  });
});
