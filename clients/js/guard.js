/**
 * Runs a program until whoever started this lets go of its standard input: by intent, or by ending in whatever way.
 * A process that is killed can't end those it has started; this one lives to do so.
 */

import { spawn } from "node:child_process";

const GRACE_MS = 6_000; // more than the server takes to end in order
const NOT_FOUND = 127;

const [program, ...parameters] = process.argv.slice(2);
const child = spawn(program, parameters, { stdio: ["ignore", "inherit", "inherit"], windowsHide: true });

function end() {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
}

child.on("error", (error) => {
  console.error(error.message);
  process.exit(NOT_FOUND);
});
child.on("exit", (code) => process.exit(code ?? 1));
process.stdin.on("close", end).resume();
process.on("SIGTERM", end);
process.on("SIGINT", () => {}); // a terminal says it to the program too
