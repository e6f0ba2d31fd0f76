/** What the bar shows and several views need: the server, its sandboxes, and what is switched on in the one shown. */

import { computed, signal } from "@preact/signals";
import { load } from "./load.js";

/** `GET /api/status`: name, api, convention, resources, … */
export const status = load(() => "/api/status", ["definition", "scenario"]);

/** `GET /api/sandboxes` */
export const sandboxes = load(() => ({ path: "/api/sandboxes", query: { sandbox: null } }), ["sandbox"]);

/** `GET /api/faults`, and when they were loaded: `expires_in_s` counts from then. */
export const faults = load(() => "/api/faults", ["fault", "scenario", "definition"]);
export const faultsAt = signal(performance.now());
faults.value.subscribe(() => (faultsAt.value = performance.now()));

/** `GET /api/scenario` */
export const scenario = load(() => "/api/scenario", ["scenario", "say"]);

export const faultsOn = computed(() => (faults.value.value ?? []).filter((fault) => fault.enabled));

/** In how many seconds the first fault that is on ends by itself; null where none does. */
export function firstExpiry() {
  const all = faultsOn.value.map((fault) => fault.expires_in_s).filter((left) => left !== null);
  if (all.length === 0) return null;
  return Math.max(0, Math.min(...all) - (performance.now() - faultsAt.value) / 1000);
}

/** Where the API is for this page: the host that it came from, and the API's own port. */
export const api = computed(() => {
  const origin = status.value.value?.api;
  return origin ? `http://${location.hostname}:${new URL(origin).port || 80}` : null;
});

/** The same with what stands before every path in the sandbox that is shown. */
export function apiBase(sandbox) {
  if (!api.value) return null;
  return sandbox === "default" ? api.value : `${api.value}/~${sandbox}`;
}
