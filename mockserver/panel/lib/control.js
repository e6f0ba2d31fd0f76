/** Asking the control plane, from which these pages come. Every refusal is one error with what the server said. */

import { signal } from "@preact/signals";

/** The token that is asked for beyond this machine; kept as long as the tab. */
export const token = signal(read("mockserver.token"));
/** Whether the server asks for a token, and ours is none or wrong. */
export const isLocked = signal(false);

export function unlock(given) {
  token.value = given;
  isLocked.value = false;
  try {
    sessionStorage.setItem("mockserver.token", given);
  } catch {
    // Without storage it is asked for again by the next page.
  }
}

function read(name) {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** What the server refused, in its own words: `errors` are `{pointer | parameter, detail, line, column, hint}`. */
export class Refused extends Error {
  constructor({ status = 0, title = "", detail = "", errors = [] }) {
    super(detail || title || `The server refused with ${status}.`);
    Object.assign(this, { status, title, errors });
  }
}

export const headers = () => (token.value ? { Authorization: `Bearer ${token.value}` } : {});

/**
 * The answer of the control plane as a value, null where it has no body. Throws `Refused`.
 *
 * @param {string} method
 * @param {string} path like `/api/faults`; names in it must be encoded
 * @param {{body?: any, query?: Record<string, any>, headers?: Record<string, string>, signal?: AbortSignal}} [given]
 */
export async function ask(method, path, given = {}) {
  return (await send(method, path, given)).value;
}

/** The same with the answer itself: `{value, response}`. */
export async function send(method, path, { body, query = {}, headers: more = {}, signal: abort } = {}) {
  const target = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") target.searchParams.append(name, value);
  }
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  let response, text;
  try {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    response = await fetch(target, { method, body: sent, headers: { ...headers(), ...type, ...more }, signal: abort });
    text = await response.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused({ detail: "The server can't be reached. Is it still running?" });
  }
  const value = parse(text);
  if (response.ok || response.status === 304) return { value, response };
  if (response.status === 401) isLocked.value = true;
  throw new Refused({ status: response.status, ...(value && typeof value === "object" ? value : { detail: text }) });
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
