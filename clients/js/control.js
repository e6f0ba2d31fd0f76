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
    const places = wrong.map(({ pointer, parameter, detail }) => `\n  ${(parameter ?? pointer) || "/"}: ${detail}`);
    super(`${what} was refused with ${status}: ${problem.detail ?? problem.title}${places.join("")}`);
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

/** One server's control plane. */
export class Control {
  #base;
  #token;
  #readLog;

  /**
   * @param {string} address where it is; it may have a path, that of a proxy
   * @param {string} [token] what it asks for beyond loopback
   * @param {() => string[]} [readLog] the last lines of a server that was started from here
   */
  constructor(address, token, readLog = () => []) {
    this.#base = address.endsWith("/") ? address : `${address}/`;
    this.#token = token;
    this.#readLog = readLog;
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
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined) url.searchParams.append(name, one);
      }
    }
    const answer = await this.#send(url, method, body);
    const text = await answer.text();
    const said = readJson(text, answer.headers);
    if (said === undefined && text) {
      throw new Unreachable(`What answers ${method} ${url} with ${answer.status} is not a mockserver's control plane.`);
    }
    if (!answer.ok) throw new Refused(`${method} /${path}`, answer.status, said ?? {});
    return said;
  }

  async #send(url, method, body) {
    const headers = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    try {
      return await fetch(url, { method, headers, body: body === undefined ? body : JSON.stringify(body) });
    } catch (error) {
      const why = error.cause?.code ?? error.cause?.message ?? error.message;
      const lines = this.#readLog();
      const last = lines.length ? `\nIts last lines:\n${lines.join("\n")}` : "";
      throw new Unreachable(`No mockserver answers at ${this.#base} (${why}).${last}`, { cause: error });
    }
  }
}

function readJson(text, headers) {
  if (!/\bjson\b/.test(headers.get("Content-Type") ?? "")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
