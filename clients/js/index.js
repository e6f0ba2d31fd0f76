/**
 * A running mockserver in the hands of a test: its faults, scenarios, data, clock and sockets, in a sandbox of its own.
 *
 *     import { connect } from "mockserver-py";
 *
 *     const mock = (await connect()).sibling("w1");
 *     await page.goto(`${mock.url}/`);
 *     await mock.withFault("outage", () => expect(page.getByText("Try again")).toBeVisible());
 *     await mock.assertRequested("POST", "/orders", { json: { product: 1 } });
 *
 * It is for test runners: the control plane answers no page of another origin. Pages ask the API, at `mock.url`.
 */

import { AssertionError, explainCount, explainReconnects, listRequests } from "./assertion.js";
import { Control, Refused, Unreachable } from "./control.js";

export { AssertionError, Refused, Unreachable };

const CONTROL = "http://127.0.0.1:8001";
const NOT_THE_API = "The address must be that of the control plane: the ready line names it after the API's.";
const DEFAULT = "default";
const PAGE = 1_000; // rows asked for at once
const LOOK_AGAIN_MS = 50;
const ARRIVE_MS = 2_000; // a request that a click has sent may still be on its way
const COME_BACK_MS = 10_000;
// Browsers get the symbol later than `await using` can be compiled away.
const DISPOSE = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");

/**
 * A client to the server behind a control plane, once it has answered.
 *
 * @param {object} [options] what `start` of `mockserver-py/server` gives will do
 * @param {string | URL} [options.control] else `MOCKSERVER_CONTROL` of the environment, else port 8001 of this machine
 * @param {string} [options.sandbox] the one to work in
 * @param {string} [options.token] what the control plane asks for beyond loopback, else `MOCKSERVER_TOKEN`
 * @param {string} [options.api] where pages reach the API, where that is not what the server says
 * @param {() => Promise<string>} [options.obituary] how the server ended, to tell when it is gone
 * @returns {Promise<Client>}
 * @throws {Unreachable}
 */
export async function connect({ control, sandbox = DEFAULT, token, api, obituary } = {}) {
  const environment = globalThis.process?.env ?? {};
  const plane = new Control(
    control ?? (environment.MOCKSERVER_CONTROL || CONTROL),
    token ?? environment.MOCKSERVER_TOKEN,
    obituary,
  );
  const status = await plane.ask("GET", "api/status").catch((error) => {
    throw error.status === 404 ? new Unreachable(`${error.message}\n${NOT_THE_API}`) : error;
  });
  if (typeof status?.api !== "string") throw plane.stranger();
  return new Client(plane, api ?? asSeenFrom(plane.url, status.api), sandbox);
}

/** The API's address; a server only knows itself by the name that it has on its own machine. */
function asSeenFrom({ hostname }, told) {
  const api = new URL(told);
  if (!isLoopback(hostname) && isLoopback(api.hostname)) api.hostname = hostname;
  return api.href;
}

const isLoopback = (hostname) => ["127.0.0.1", "[::1]", "localhost"].includes(hostname);

/** One sandbox of a server. */
class Client {
  #plane;
  #api;
  #siblings = [];

  constructor(plane, api, name) {
    this.#plane = plane;
    this.#api = api.replace(/\/$/, "");
    this.sandbox = name;
    this.url = name === DEFAULT ? this.#api : `${this.#api}/~${name}`;
    this.wsUrl = this.url.replace(/^http/, "ws");
    this.headers = { "X-Mock-Sandbox": name };
    this.clock = {
      read: () => this.#ask("GET", "api/clock"),
      advance: (duration) => this.#ask("PUT", "api/clock", { advance: duration }),
      freeze: async (at = true) => this.#ask("PUT", "api/clock", { freeze: write(at) }),
      set: async (at) => this.#ask("PUT", "api/clock", { set: write(at) }),
      real: () => this.#ask("PUT", "api/clock", { real: true }),
    };
    this.snapshot = {
      save: (kept) => this.#ask("PUT", `api/snapshots/${encodeURIComponent(kept)}`, {}),
      restore: (kept) => this.#ask("POST", `api/snapshots/${encodeURIComponent(kept)}/restore`, {}),
    };
  }

  /**
   * The same server, another sandbox, which ends with this one; without a name one that nobody has. It begins when it
   * is first used, and is called `{sandbox}-{name}`; that of the default sandbox has the name alone.
   */
  sibling(name = `js-${Math.random().toString(36).slice(2, 12)}`) {
    const twin = new Client(this.#plane, this.#api, this.sandbox === DEFAULT ? name : `${this.sandbox}-${name}`);
    this.#siblings.push(twin);
    return twin;
  }

  /** Has nothing left of the sandbox: its sockets are closed with 1012. The default one is put back instead. */
  async end() {
    await Promise.all(this.#siblings.splice(0).map((twin) => twin.end()));
    if (this.sandbox === DEFAULT) await this.reset();
    else await this.#undo(`api/sandboxes/${encodeURIComponent(this.sandbox)}`);
  }

  [DISPOSE]() {
    return this.end();
  }

  /** Back to the file: all of it, or the parts that are named. */
  async reset(...what) {
    await this.#ask("POST", "api/reset", { what });
  }

  /** Switches to a scenario of the definition; null is the state of the file. */
  async scenario(name) {
    await this.#ask("PUT", "api/scenario", { name });
  }

  /**
   * Switches a fault on: one of the definition or a preset by its name, or changed by settings (`{ttl: "30s"}`); under
   * any other name a new one, as a definition would write it.
   */
  async fault(name, settings = {}) {
    const path = `api/faults/${encodeURIComponent(name)}`;
    await this.#ask("PATCH", path, { enabled: true, ...settings }).catch(async (unknown) => {
      if (unknown.status !== 404) throw unknown;
      await this.#ask("PUT", path, settings).catch((error) => {
        // What does nothing was meant as one that there is.
        throw error.errors?.every(({ pointer }) => pointer === "") ? unknown : error;
      });
    });
    const off = () => this.#undo(path);
    return { name, off, read: () => this.#ask("GET", path), [DISPOSE]: off };
  }

  /** Has a fault in force while `fn` runs, and gives what that gives; settings may stand between. */
  async withFault(name, ...rest) {
    const fn = rest.pop();
    const fault = await this.fault(name, ...rest);
    try {
      return await fn(fault);
    } finally {
      await fault.off();
    }
  }

  /** Switches all faults off, and the script of a scenario with them; gives which they were. */
  async off() {
    return (await this.#ask("POST", "api/faults/off", {})).off;
  }

  /** The documents of a resource as they are now, plain; filters, `sort` and `q` are those of the API. */
  async rows(resource, filters = {}) {
    const path = `api/data/${encodeURIComponent(resource)}`;
    const found = [];
    for (;;) {
      const page = await this.#ask("GET", path, undefined, { ...filters, limit: PAGE, offset: found.length });
      found.push(...page.rows.map(({ document }) => document));
      if (found.length >= page.total || !page.rows.length) return found;
    }
  }

  /** What was asked, the oldest first; with an expectation only what fits it. */
  requests(expectation = {}) {
    return this.#ask("POST", "api/requests/search", writeExpectation(expectation));
  }

  /** How many requests fit an expectation; `json` is contained in the body. */
  async count(expectation = {}) {
    return (await this.#weigh(expectation)).count;
  }

  /** What is open: WebSockets and event streams. */
  sockets() {
    return this.#ask("GET", "api/sockets");
  }

  /** Ends a socket, by a close code or as networks do: `{code, reason}`, or `{how: "drop" | "reset" | "stall"}`. */
  async close(id, end = {}) {
    await this.#ask("POST", `api/sockets/${encodeURIComponent(id)}/close`, end);
  }

  /** Says something on the feed; gives the event's id. */
  async publish(topic, data) {
    return (await this.#ask("POST", "api/events", { topic, data })).id;
  }

  /** How clients lost their connections and came back, one record a client. */
  reconnects() {
    return this.#ask("GET", "api/reconnects");
  }

  /**
   * Holds a request to have been made, `times` often or at least once; one that is on its way is waited for.
   *
   * @throws {AssertionError} naming the requests that come nearest, and what differs
   */
  async assertRequested(method, path, { times, within = ARRIVE_MS, ...more } = {}) {
    const expected = { method, path, ...more };
    await hold(within, async () => {
      const counted = await this.#weigh(expected);
      const wrong = explainCount(expected, times, counted);
      if (!wrong || !counted.count) return wrong;
      const told = [wrong, ...listRequests(await this.requests(expected))].join("\n");
      // Too often stays too often.
      if (counted.count > times) throw new AssertionError(told);
      return told;
    });
  }

  /** Holds no such request to have been made until now. *Throws* `AssertionError` naming those that were. */
  assertNotRequested(method, path, expected = {}) {
    return this.assertRequested(method, path, { ...expected, times: 0, within: 0 });
  }

  /**
   * Holds every client that was cut off, or the one named, to have come back, or to do so within so many milliseconds.
   *
   * @returns {Promise<object[]>} the records
   * @throws {AssertionError} telling what happened instead
   */
  async assertReconnected({ within = COME_BACK_MS, ...expected } = {}) {
    let records;
    await hold(within, async () => {
      records = await this.reconnects();
      return explainReconnects(records, expected);
    });
    return records;
  }

  #weigh(expectation) {
    return this.#ask("POST", "api/requests/count", writeExpectation(expectation));
  }

  #ask(method, path, body, query) {
    return this.#plane.ask(method, path, { ...query, sandbox: this.sandbox }, body);
  }

  /** Deletes what may have ended before. */
  async #undo(path) {
    await this.#ask("DELETE", path).catch((error) => {
      if (error.status !== 404) throw error;
    });
  }
}

/** Looks until nothing is wrong any more; what is wrong when the time is over is thrown. */
async function hold(withinMs, findWrong) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const wrong = await findWrong();
    if (!wrong) return;
    if (Date.now() >= deadline) throw new AssertionError(wrong);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

const writeExpectation = ({ json, ...others }) => (json === undefined ? others : { ...others, body: json });

const write = (at) => (at instanceof Date ? at.toISOString() : at);
