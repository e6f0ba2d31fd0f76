/** Light, dark, or as the system has it: one choice for all pages, kept by the browser. */

import { effect, html, signal } from "./html.js";

const THEMES = ["auto", "light", "dark"];
const KEPT_AS = "mockserver.theme";

const theme = signal(read());

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  try {
    localStorage.setItem(KEPT_AS, theme.value);
  } catch {
    // Not kept, then.
  }
});

function read() {
  try {
    const kept = localStorage.getItem(KEPT_AS);
    return THEMES.includes(kept) ? kept : "auto";
  } catch {
    return "auto";
  }
}

export function ThemePicker() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
  return html`<button
    type="button"
    class="quiet small theme"
    aria-label=${`Colours: ${theme.value}. Change to ${next}`}
    onClick=${() => (theme.value = next)}
  >
    ${theme.value}
  </button>`;
}
