/** Back to how it began: all of it, or parts. */

import { ask } from "../lib/control.js";
import { html, useSignal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { Form } from "../lib/ui.js";

const PARTS = {
  data: "Data, logins and jobs",
  faults: "Faults",
  feed: "Feed of changes",
  journal: "Recorded requests",
  clock: "Clock",
};

export function ResetCard({ after }) {
  const done = useSignal("");
  const reset = async (_values, form) => {
    done.value = "";
    const what = Object.keys(PARTS).filter((part) => form.elements[part].checked);
    // The server takes none for all, which nobody means who has unticked everything.
    if (what.length === 0) throw new Error("Choose at least one part.");
    const { reset: parts } = await ask("POST", "/api/reset", { query: { sandbox: sandbox.value }, body: { what } });
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
