/** Which view is shown: `#/data/zoos?sandbox=w3&q=lion` is the view `data`, with steps and a query of its own. */

import { computed, signal } from "@preact/signals";

const hash = signal(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));

/** `{view, steps, query}`; steps are decoded, the query is one of `URLSearchParams`. */
export const route = computed(() => {
  const [, path, query] = /^#?([^?]*)\??(.*)$/s.exec(hash.value);
  const [view = "", ...steps] = path.split("/").filter(Boolean).map(decode);
  return { view, steps, query: new URLSearchParams(query) };
});

/** What is shown where the hash names no sandbox. A page with one of its own, like the demo, has another in its query. */
const own = document.documentElement.dataset.sandbox;
const usual = own ? new URLSearchParams(location.search).get("sandbox") || own : "default";

/** The sandbox that everything is shown of. */
export const sandbox = computed(() => route.value.query.get("sandbox") || usual);

/** The address of a view; the sandbox stays, unless `query` names another (`null` leaves out what it names). */
export function address(view, steps = [], query = {}) {
  const kept = { sandbox: sandbox.value === "default" ? null : sandbox.value, ...query };
  const pairs = Object.entries(kept).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const asked = new URLSearchParams(pairs).toString();
  return `#/${[view, ...steps].map(encodeURIComponent).join("/")}${asked ? `?${asked}` : ""}`;
}

/** Goes there; with `replace` the view before is not gone back to. */
export function go(target, { replace = false } = {}) {
  if (replace) {
    history.replaceState(null, "", target);
    hash.value = location.hash;
  } else {
    location.hash = target;
  }
}

/** A step of a path as it is meant; as it stands where it is no escaped text. */
export function decode(step) {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
