/** To come. */

import { html } from "../lib/html.js";

export default function View() {
  return html`<h1>api</h1>`;
}
