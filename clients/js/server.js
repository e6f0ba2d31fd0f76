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

// It ends when its standard input does: with this process, even where that is killed.
const OPTIONS = ["--port", "0", "--control-port", "0", "--end-with-stdin"];
const READY = /^(?:mockserver ready api=|\{"event":"ready","api":")([^\s"]+)(?: control=|","control":")([^\s"]+)/;
const PATIENCE_MS = 20_000;
const GRACE_MS = 6_000; // more than the server takes to end in order
const DYING_MS = 1_000;
const LINES_KEPT = 20;
const IS_WINDOWS = process.platform === "win32";
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
  if (cwd !== undefined && !existsSync(cwd)) throw new Error(`There is no folder ${cwd} to run mockserver in.`);
  const [program, ...first] = findCommand(command || process.env.MOCKSERVER_COMMAND);
  const parameters = [...first, "serve", ...OPTIONS, ...args, ...[definition].flat()];
  // Ctrl-C is for the tests, which end the server when they need it no more: it stands in a group of its own.
  const child = spawn(program, parameters, { cwd, windowsHide: true, detached: !IS_WINDOWS });
  const lines = [];
  const ended = awaitEnd(child);
  const outcome = await within(timeout, Promise.race([awaitReady(child, lines), ended]));
  if (!outcome?.api) {
    if (!outcome) kill(child);
    await ended;
    const why = outcome ? `${outcome.how} before it was ready` : `was not ready within ${timeout} ms`;
    const whole = [`\`${[program, ...parameters].join(" ")}\` ${why}.`, ...lines];
    throw new Error([...whole, ...(outcome?.isMissing ? [HOW_TO_INSTALL] : [])].join("\n"));
  }

  let isWanted = true;
  const stop = async () => {
    isWanted = false;
    child.ref();
    child.stdin.destroy();
    if (!(await within(GRACE_MS, ended))) kill(child);
    await ended;
  };
  const obituary = async () => {
    // Who finds it gone may do so a moment before the system does.
    const end = await within(DYING_MS, ended);
    return end ? `mockserver ${end.how}. Its last lines:\n${lines.join("\n")}` : "";
  };
  ended.then(async () => isWanted && console.error(await obituary()));
  for (const one of [child, child.stdin, child.stdout, child.stderr]) one.unref();
  return { ...outcome, log: () => [...lines], obituary, stop, [DISPOSE]: stop };
}

/** How a process came to its end, once all that it has written is read. */
function awaitEnd(child) {
  return new Promise((resolve) => {
    child.on("error", ({ message, code }) =>
      resolve({ how: `could not be run (${message})`, isMissing: code === "ENOENT" }),
    );
    child.on("close", (code, signal) =>
      resolve({ how: signal ? `was ended by ${signal}` : `ended with exit code ${code}` }),
    );
  });
}

/** Where the server is, once it says so; its last lines are kept, then and later. */
function awaitReady({ stdout, stderr }, lines) {
  return new Promise((resolve) => {
    for (const input of [stdout, stderr]) {
      createInterface({ input }).on("line", (line) => {
        lines.push(line);
        if (lines.length > LINES_KEPT) lines.shift();
        const found = READY.exec(line);
        if (found) resolve({ api: found[1], control: found[2] });
      });
    }
  });
}

/** What a promise gives, nothing where that takes too long. */
async function within(milliseconds, promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a process by force, and what it has started. */
function kill({ pid }) {
  try {
    process.kill(IS_WINDOWS ? pid : -pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** The program and its first arguments. *Throws* where there is none, saying how to get one. */
function findCommand(given) {
  if (Array.isArray(given)) return given;
  if (given) return existsSync(given) ? [given] : given.trim().split(/\s+/);
  if (isOnPath("mockserver")) return ["mockserver"];
  // -P: a folder of that name, full of definitions, is no module.
  const python = ["python3", "python"].find((one) => spawnSync(one, ["-P", "-c", "import mockserver"]).status === 0);
  if (python) return [python, "-P", "-m", "mockserver"];
  throw new Error(`There is no \`mockserver\` on the PATH, and no Python that has it.\n${HOW_TO_INSTALL}`);
}

function isOnPath(name) {
  const file = IS_WINDOWS ? `${name}.exe` : name;
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
