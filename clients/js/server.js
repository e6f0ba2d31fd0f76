/**
 * A mockserver of one's own, for Node.js: started on free ports, awaited until it is ready, and never left behind.
 *
 *     import { connect } from "mockserver-py";
 *     import { start } from "mockserver-py/server";
 *
 *     await using server = await start({ definition: "mockserver.yaml" });
 *     const mock = await connect(server);
 */

import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const GUARD = fileURLToPath(new URL("./guard.js", import.meta.url));
const FREE_PORTS = ["--port", "0", "--control-port", "0"];
const READY = /^mockserver ready api=(\S+) control=(\S+)$/;
const PATIENCE_MS = 20_000;
const LINES_KEPT = 20;
const NOT_FOUND = 127;
const HOW_TO_INSTALL =
  "Install it (Python 3.11 or newer: `pip install mockserver`), or say what runs it: by the option `command`, " +
  "or by MOCKSERVER_COMMAND, like MOCKSERVER_COMMAND=.venv/bin/mockserver.";
const DISPOSE = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");

/**
 * Starts `mockserver serve`, and waits until it is ready.
 *
 * The server ends with this process, however that ends; and it keeps no process from ending.
 *
 * @param {object} [options]
 * @param {string | string[]} [options.definition] files or folders; else what `mockserver serve` finds by itself
 * @param {string[]} [options.args] more arguments of `mockserver serve`; ports are free ones unless they say others
 * @param {string | string[]} [options.command] what runs it, like `.venv/bin/mockserver`; else `MOCKSERVER_COMMAND`,
 *   else `mockserver` of the PATH, else a Python that has it
 * @param {string} [options.cwd] the folder to run in
 * @param {number} [options.timeout] how many milliseconds it may take to be ready
 */
export async function start({ definition = [], args = [], command, cwd, timeout = PATIENCE_MS } = {}) {
  const [program, ...first] = findCommand(command ?? process.env.MOCKSERVER_COMMAND);
  const parameters = [...first, "serve", ...FREE_PORTS, ...args, ...[definition].flat()];
  const guard = spawn(process.execPath, [GUARD, program, ...parameters], { cwd, windowsHide: true });
  const lines = [];
  const ended = new Promise((resolve) => guard.on("close", resolve));
  const ready = new Promise((resolve) => {
    for (const stream of [guard.stdout, guard.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        if (lines.length > LINES_KEPT) lines.shift();
        const found = READY.exec(line);
        if (found) resolve({ api: found[1], control: found[2] });
      });
    }
  });

  let isWanted = true;
  const stop = async () => {
    isWanted = false;
    guard.ref();
    guard.stdin.destroy();
    await ended;
  };

  const outcome = await firstOf(ready, ended, timeout);
  if (!outcome.api) {
    await stop();
    throw new Error(explain(outcome, [program, ...parameters], lines));
  }
  ended.then((code) => {
    const last = lines.join("\n");
    if (isWanted) console.error(`mockserver ended by itself with exit code ${code}. Its last lines:\n${last}`);
  });
  for (const one of [guard, guard.stdin, guard.stdout, guard.stderr]) one.unref();
  return { ...outcome, log: () => [...lines], stop, [DISPOSE]: stop };
}

/** Where the server is, or how it came that it is nowhere. */
async function firstOf(ready, ended, timeoutMs) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs, { why: `was not ready within ${timeoutMs} ms` });
  });
  const over = ended.then((code) => ({ code, why: `ended with exit code ${code} before it was ready` }));
  try {
    return await Promise.race([ready, over, late]);
  } finally {
    clearTimeout(timer);
  }
}

function explain({ code, why }, command, lines) {
  const printed = lines.length ? `\n${lines.join("\n")}` : "";
  const found = code === NOT_FOUND ? `\n${HOW_TO_INSTALL}` : "";
  return `\`${command.join(" ")}\` ${why}.${printed}${found}`;
}

/** The program and its first arguments. *Throws* where there is none, saying how to get one. */
function findCommand(given) {
  if (Array.isArray(given)) return given;
  if (given) return existsSync(given) ? [given] : given.trim().split(/\s+/);
  if (isOnPath("mockserver")) return ["mockserver"];
  const python = ["python3", "python"].find((one) => spawnSync(one, ["-c", "import mockserver"]).status === 0);
  if (python) return [python, "-m", "mockserver"];
  throw new Error(`There is no \`mockserver\` on the PATH, and no Python that has it.\n${HOW_TO_INSTALL}`);
}

function isOnPath(name) {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  return (process.env.PATH ?? "").split(delimiter).some((folder) => isProgram(join(folder, file)));
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
