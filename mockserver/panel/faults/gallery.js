/** What is shipped: each a switch and what it does, in one click. */

import { html } from "../lib/html.js";
import { Switch } from "../lib/ui.js";
import { Effects } from "./card.js";
import { switchOff, switchOn } from "./switching.js";

/** `faults` are those that are set; `edit` is called to make a fault of one's own of a preset. */
export function Gallery({ presets, faults, edit }) {
  return html`<div class="gallery">
    ${presets.map((preset) => html`<${Preset} key=${preset.name} preset=${preset} faults=${faults} edit=${edit} />`)}
  </div>`;
}

function Preset({ preset, faults, edit }) {
  const { name } = preset;
  const isOn = faults.some((fault) => fault.name === name && fault.enabled);
  return html`<article class=${`card ${isOn ? "is-on" : ""}`} aria-label=${`Preset ${name}`}>
    <div class="row">
      <${Switch} isOn=${isOn} act=${(on) => (on ? switchOn(name) : switchOff(name))} label=${`Preset ${name}`} />
      <h3>${name}</h3>
      ${preset.rules.length === 1 &&
      html`<button
        type="button"
        class="quiet small push"
        aria-label=${`Adapt ${name}`}
        onClick=${() => edit(preset)}
      >
        Adapt
      </button>`}
    </div>
    <${Effects} of=${preset} />
  </article>`;
}
