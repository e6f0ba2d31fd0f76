/** What each page has besides its content: light, dark, or as the system has it; and asking for the token. */

import { ask, unlock } from "./control.js";
import { effect, html, signal } from "./html.js";
import { Field, Form } from "./ui.js";

const THEMES = ["auto", "light", "dark"];
const KEPT_AS = "mockserver.theme";

/** One choice for all pages, kept by the browser. */
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

/** Asks for the token, which a server wants to know as soon as it listens beyond its own machine. */
export function Lock() {
  return html`<main id="view" class="lock">
    <${Form} act=${tryToken} label="Unlock" kind="card">
      <h1>This server asks for its token</h1>
      <p>It was printed when the server started, or given by <code>serve --token</code>.</p>
      <${Field}
        label="Token"
        control=${(id) => html`<input id=${id} name="token" type="password" autocomplete="off" required />`}
      />
      <button class="primary">Unlock</button>
    <//>
  </main>`;
}

async function tryToken({ token }) {
  const given = token.trim();
  if (/[^ -~\xa0-\xff]/.test(given)) throw new Error("This is no token: no header can hold it.");
  await ask("GET", "/api/status", { headers: { Authorization: `Bearer ${given}` } }).catch((error) => {
    throw error.status === 401 ? new Error("This is not its token.") : error;
  });
  unlock(given);
}
