/** What else moves a sandbox, or puts it back: its clock, data kept under names, and how it began. */

import { ask } from "../lib/control.js";
import { html, signal, useEffect, useRef, useSignal } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { sandbox } from "../lib/route.js";
import { Action, Badge, Field, Form, Refusal } from "../lib/ui.js";

const STEPS = [
  ["1s", "1 s"],
  ["1m", "1 min"],
  ["5m", "5 min"],
  ["1h", "1 h"],
];
const BEAT_MS = 200;
const PARTS = {
  data: "Data, logins and jobs",
  faults: "Faults",
  feed: "Feed of changes",
  journal: "Recorded requests",
  clock: "Clock",
};
const at = (name) => `/api/snapshots/${encodeURIComponent(name)}`;
const here = () => ({ query: { sandbox: sandbox.value } });

/**
 * What the clock shows, as long as a component is there: `now()` are milliseconds since the epoch, `isFrozen()`, and
 * `change(body)` moves it. `beat` grows while it goes: who reads it is shown again.
 */
export function useClock() {
  const { value, refusal, reload } = useLoad(() => "/api/clock", ["clock", "scenario"]);
  const kept = useRef(null);
  kept.current ??= { beat: signal(0), at: signal(performance.now()) };
  const { beat, at } = kept.current;
  useEffect(() => value.subscribe(() => (at.value = performance.now())), []);
  useEffect(() => {
    const timer = setInterval(() => value.peek() && !value.peek().frozen && (beat.value += 1), BEAT_MS);
    return () => clearInterval(timer);
  }, []);

  const isFrozen = () => Boolean(value.value?.frozen);
  /** Seconds that it has gone on for since a moment of `performance.now()`; frozen, none. */
  const since = (moment) => (isFrozen() ? 0 : (beat.value, Math.max(0, performance.now() - moment) / 1000));
  const now = () => (value.value ? Date.parse(value.value.now) + since(at.value) * 1000 : null);
  const change = async (body) => {
    value.value = await ask("PUT", "/api/clock", { ...here(), body });
  };
  return { beat, refusal, reload, isFrozen, since, now, change };
}

export function ClockCard({ clock }) {
  const isFrozen = clock.isFrozen();
  return html`<section class="card clock" aria-labelledby="clock">
    <div class="row">
      <h2 id="clock">Clock</h2>
      <${Badge} tone=${isFrozen ? "warn" : "ok"}>${isFrozen ? "stands still" : "running"}<//>
    </div>
    <${Face} clock=${clock} />
    <div class="row">
      <${Action} act=${() => clock.change({ freeze: !isFrozen })}>${isFrozen ? "Let it go on" : "Freeze"}<//>
      <${Action} act=${() => clock.change({ real: true })}>Time of day<//>
    </div>
    <div class="row" role="group" aria-label="Advance the clock">
      <span class="soft">Advance by</span>
      ${STEPS.map(
        ([by, words]) => html`<${Action} key=${by} kind="small" act=${() => clock.change({ advance: by })}>${words}<//>`,
      )}
    </div>
    <${SetTime} clock=${clock} />
  </section>`;
}

/** The digits, apart from the rest: they alone change all the time. */
function Face({ clock }) {
  const now = clock.now();
  if (now === null) return html`<p class="face">…</p>`;
  const [day, time] = new Date(now).toISOString().split("T");
  return html`<p class="face"><span class="soft">${day}</span> <time>${time.slice(0, 8)}</time> <span class="soft">UTC</span></p>`;
}

function SetTime({ clock }) {
  const set = ({ moment }) => clock.change({ set: moment.trim() });
  return html`<${Form} act=${set} label="Set the clock" kind="stack">
    <${Field}
      label="Set to"
      hint="In UTC, such as 2026-01-15T09:00:00Z; it goes on from there unless it is frozen"
      control=${(id, hint) =>
        html`<span class="row">
          <input id=${id} name="moment" aria-describedby=${hint} placeholder="2026-01-15T09:00:00Z" autocomplete="off" size="24" />
          <button>Set</button>
        </span>`}
    />
  <//>`;
}

export function SnapshotsCard() {
  const all = useLoad(() => "/api/snapshots", ["snapshot"]);
  const keep = async ({ name }, form) => {
    await ask("POST", "/api/snapshots", { ...here(), body: { name: name.trim() } });
    form.reset();
    await all.reload();
  };
  const rows = all.value.value ?? [];
  return html`<section class="card" aria-labelledby="snapshots">
    <h2 id="snapshots">Snapshots</h2>
    <p class="soft">All documents, files, logins and jobs as they are, to be gone back to as often as is wanted.</p>
    <${Form} act=${keep} label="Save a snapshot">
      <${Field}
        label="Name"
        control=${(id) =>
          html`<span class="row">
            <input id=${id} name="name" autocomplete="off" size="18" />
            <button>Save</button>
          </span>`}
      />
    <//>
    <${Refusal} of=${all.refusal.value} />
    ${rows.length > 0 &&
    html`<ul class="snapshots">
      ${rows.map((one) => html`<${Snapshot} key=${one.name} one=${one} after=${all.reload} />`)}
    </ul>`}
  </section>`;
}

function Snapshot({ one, after }) {
  const download = async () => {
    const whole = await ask("GET", at(one.name), here());
    save(`${one.name}.json`, JSON.stringify(whole, null, 2), "application/json");
  };
  const forget = async () => {
    await ask("DELETE", at(one.name), here());
    await after();
  };
  return html`<li>
    <div class="row">
      <strong>${one.name}</strong>
      <span class="push soft">${one.documents.toLocaleString("en")} ${one.documents === 1 ? "document" : "documents"}</span>
    </div>
    <p class="soft">${one.created.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC")}</p>
    <div class="row" role="group" aria-label=${`Snapshot ${one.name}`}>
      <${Action} kind="small" act=${() => ask("POST", `${at(one.name)}/restore`, { ...here(), body: {} })}>Restore<//>
      <${Action} kind="small" act=${download}>Download<//>
      <${Action} kind="small danger" confirm="Really delete?" act=${forget}>Delete<//>
    </div>
  </li>`;
}

export function ResetCard({ after }) {
  const done = useSignal("");
  const reset = async (_values, form) => {
    done.value = "";
    const what = Object.keys(PARTS).filter((part) => form.elements[part].checked);
    // The server takes none for all, which nobody means who has unticked everything.
    if (what.length === 0) throw new Error("Choose at least one part.");
    const { reset: parts } = await ask("POST", "/api/reset", { ...here(), body: { what } });
    await after();
    done.value = `Put back: ${parts.join(", ")}.`;
  };
  return html`<section class="card" aria-labelledby="reset">
    <h2 id="reset">Reset</h2>
    <${Form} act=${reset} label="Reset" kind="stack">
      <fieldset>
        <legend class="soft">All of it leaves the scenario; parts stay in it.</legend>
        ${Object.entries(PARTS).map(
          ([part, words]) => html`<label key=${part}><input type="checkbox" name=${part} defaultChecked />${words}</label>`,
        )}
      </fieldset>
      <div class="row"><button>Reset</button><span role="status">${done.value}</span></div>
    <//>
  </section>`;
}

/** Hands a text over as a file, made here: where a token is asked for, a link could not say it. */
function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
