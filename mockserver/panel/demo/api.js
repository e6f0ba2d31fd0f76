/** Asking the API, as any application would: another origin, answers that may be late, broken or missing. */

import { signal } from "../lib/html.js";
import { sandbox } from "../lib/route.js";
import { api, apiBase } from "../lib/state.js";
import { readRefusal } from "./envelope.js";
import { pace } from "./pace.js";

/** Who asks: the first user that the definition declares, nobody where it declares none; `login` is how it is shown. */
export const identity = signal({ name: "", headers: {}, token: "", credentials: "omit", login: "" });

/** There was no answer, or none that can be read: whether the request was carried out is not known. */
export class NoAnswer extends Error {
  constructor(message, retryMs = 0) {
    super(message);
    this.retryMs = retryMs;
  }
}

/** Statuses that may be others the next time. */
const PASSING = [408, 425, 429, 500, 502, 503, 504];

/** The address of a path of the API in the page's sandbox. */
export function addressOf(path) {
  const address = new URL(apiBase(sandbox.value) + path);
  if (identity.value.token) address.searchParams.set("access_token", identity.value.token);
  return address.href;
}

/**
 * What the API answers: `{status, isRefused, said, headers}`, where `said` is the body as a value. Throws `NoAnswer`,
 * also for answers that ask to try again.
 *
 * @param {string} method
 * @param {string} path below the sandbox, with its query
 * @param {{body?: any, headers?: Record<string, string>}} [given]
 */
export async function callApi(method, path, given = {}) {
  const answer = await callOnce(method, path, given);
  return answer.status === 401 && (await renew()) ? callOnce(method, path, given) : answer;
}

async function callOnce(method, path, { body, headers = {} }) {
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const { headers: own, credentials } = identity.value;
  let response, text;
  try {
    const signal = AbortSignal.timeout(pace.answerMs);
    const given = { method, headers: { ...type, ...own, ...headers }, credentials, signal, cache: "no-store" };
    response = await fetch(addressOf(path), { ...given, body: sent });
    text = await response.text();
  } catch (error) {
    throw new NoAnswer(error.name === "TimeoutError" ? "no answer in time" : "no connection");
  }
  const said = parse(text);
  if (PASSING.includes(response.status)) {
    const retryMs = Number(response.headers.get("Retry-After")) * 1_000 || 0;
    throw new NoAnswer(`${response.status} ${readRefusal(said) || response.statusText}`, retryMs);
  }
  if (response.ok && said === undefined) throw new NoAnswer("an answer that is no JSON");
  const isRefused = !response.ok || isEnvelopeOfRefusal(said);
  return { status: response.status, isRefused, said, headers: response.headers };
}

/** The value of a body, null of none, undefined of what is no JSON. */
function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return undefined;
  }
}

/** Some families of back ends refuse with 200, and say so inside. */
function isEnvelopeOfRefusal(said) {
  return said?.success === false || ("method" in Object(said) && typeof said.status === "number" && said.status !== 0);
}

/** Becomes the first of the users that `GET /api/routes` lists: by a header, or by logging in as the list shows. */
export async function become([user]) {
  if (!user) return;
  const { name, how, kind } = user;
  if (kind === "login") {
    identity.value = { name, headers: {}, token: "", credentials: "include", login: how };
    await renew();
    return;
  }
  const [, header, value] = /^([\w-]+): ?(.*)$/s.exec(how) ?? [];
  const isCookie = header?.toLowerCase() === "cookie";
  // A socket and an event stream take the token in their address, and of a cookie a page can do nothing else.
  const token = isCookie ? value.slice(value.indexOf("=") + 1) : (/^Bearer (\S+)$/.exec(value)?.[1] ?? "");
  const headers = header && !isCookie && !token ? { [header]: value } : {};
  identity.value = { name, headers, token, credentials: "omit", login: "" };
}

/**
 * Logs in, anew where a login has ended; gives whether that was done. The answer has a token, or comes with a cookie. The
 * list of users shows it as a command for a terminal.
 */
export async function renew() {
  const [, address, quoted] = /'(http[^']+)'.* -d '((?:'"'"'|[^'])*)'/s.exec(identity.peek().login) ?? [];
  if (!address?.startsWith(`${api.value}/`)) return false;
  const body = quoted.replaceAll(`'"'"'`, "'");
  const headers = { "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(pace.answerMs);
  try {
    const response = await fetch(address, { method: "POST", headers, body, credentials: "include", signal });
    const token = /"(?:access_?)?token":"([^"]+)/i.exec(await response.text())?.[1] ?? "";
    if (response.ok) identity.value = { ...identity.peek(), token };
    return response.ok;
  } catch {
    return false; // then as nobody, until it is needed
  }
}
