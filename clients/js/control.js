/** Asking the control plane: JSON there and back, and what it refuses as errors in its own words. */

/** The server understood and said no; its problem (RFC 9457) says why. */
export class Refused extends Error {
  name = "Refused";

  /**
   * @param {string} what the request, like `PUT /api/faults/outage`
   * @param {number} status
   * @param {object} problem as it was answered: `{title, status, detail, errors, …}`
   */
  constructor(what, status, problem) {
    const wrong = problem.errors ?? [];
    const places = wrong.map(({ pointer, parameter, detail }) => `\n  ${(parameter ?? pointer) || "body"}: ${detail}`);
    const why = problem.detail ?? problem.title ?? "it gave no reason";
    // A single one is what the reason says.
    super(`${what} was refused with ${status}: ${why}${places.length > 1 ? places.join("") : ""}`);
    this.status = status;
    this.problem = problem;
    /** Where it is wrong: a JSON pointer into what was sent, or a parameter, each with what is wrong there. */
    this.errors = wrong;
  }
}

/** Nobody answers there, or somebody else does. */
export class Unreachable extends Error {
  name = "Unreachable";
}

const PATIENCE_MS = 10_000;
const HOW_TO_START =
  "Start one (`mockserver serve`), or say where it is: by the option `control`, or by MOCKSERVER_CONTROL.";

/** One server's control plane. */
export class Control {
  #token;
  #explain;

  /**
   * @param {string | URL} address where it is; it may have a path, that of a proxy
   * @param {string} [token] what it asks for beyond loopback
   * @param {() => Promise<string>} [explain] why nothing answers any more, as far as anybody knows
   */
  constructor(address, token, explain = async () => "") {
    this.url = readUrl(address);
    this.#token = token;
    this.#explain = explain;
  }

  /** What to say where somebody else answers. */
  stranger() {
    return new Unreachable(`What answers at ${this.url} is not a mockserver's control plane.`);
  }

  /**
   * What the server answers, as JSON; nothing where it has nothing to say.
   *
   * @param {string} method
   * @param {string} path below the control plane, like `api/faults`
   * @param {Record<string, unknown>} [query] parameters; undefined ones are left out
   * @param {unknown} [body]
   * @throws {Refused | Unreachable}
   */
  async ask(method, path, query = {}, body = undefined) {
    const url = new URL(path, this.url);
    for (const [name, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined) url.searchParams.append(name, one);
      }
    }
    const { answer, text } = await this.#send(url, method, body);
    const said = readJson(text, answer.headers);
    if (said === undefined && text) throw this.stranger();
    if (!answer.ok) throw new Refused(`${method} /${path}`, answer.status, said ?? {});
    return said;
  }

  async #send(url, method, body) {
    const text = JSON.stringify(body);
    const headers = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(url, { method, headers, body: text, signal });
      return { answer, text: await answer.text() };
    } catch (error) {
      const why = error.cause?.code || error.cause?.message || error.message;
      const end = (await this.#explain()) || HOW_TO_START;
      throw new Unreachable(`No mockserver answers at ${this.url} (${why}).\n${end}`, { cause: error });
    }
  }
}

/** Where what is asked lies below. */
function readUrl(address) {
  const url = URL.canParse(address) && new URL(address);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`'${address}' is no URL of a control plane; write it like http://127.0.0.1:8001`);
  }
  url.pathname = url.pathname.replace(/\/?$/, "/");
  return url;
}

function readJson(text, headers) {
  if (!/\bjson\b/.test(headers.get("Content-Type") ?? "")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
