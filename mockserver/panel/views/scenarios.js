/** The view Scenarios: the state that a sandbox is in, its script as it plays, its clock, and ways back. */

import { ask } from "../lib/control.js";
import { html } from "../lib/html.js";
import { useLoad } from "../lib/load.js";
import { sandbox } from "../lib/route.js";
import { Refusal } from "../lib/ui.js";
import { ClockCard, ResetCard, SnapshotsCard, useClock } from "../scenarios/sandbox.js";
import { Now, ScenarioList } from "../scenarios/scenario.js";

export default function Scenarios() {
  const all = useLoad(() => "/api/scenarios", ["scenario", "definition"]);
  const current = useLoad(() => "/api/scenario", ["scenario", "say", "fault", "clock"]);
  const clock = useClock();

  const change = async (name) => {
    await ask("PUT", "/api/scenario", { query: { sandbox: sandbox.value }, body: { name } });
    await Promise.all([all.reload(), current.reload()]);
  };

  return html`<div class="head"><h1>Scenarios</h1></div>
    <${Refusal} of=${all.refusal.value ?? current.refusal.value} />
    <div class="columns">
      <div class="stack">
        <${Now} all=${all.value.value ?? []} current=${current} clock=${clock} change=${change} />
        <${ScenarioList} all=${all.value.value} change=${change} />
      </div>
      <div class="stack">
        <${ClockCard} clock=${clock} />
        <${SnapshotsCard} />
        <${ResetCard} after=${() => Promise.all([all.reload(), current.reload(), clock.reload()])} />
      </div>
    </div>`;
}
