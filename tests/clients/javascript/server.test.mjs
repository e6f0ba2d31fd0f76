/** Starting a server from JavaScript: ready or told why not, and never left behind. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { createInterface } from "node:readline";

import { connect } from "../../../clients/js/index.js";
import { start } from "../../../clients/js/server.js";

const isUp = (address) => fetch(`${address}/health`).then(() => true, () => false);

/** Waits until nobody listens there; the test's own time is the deadline. */
async function gone(address) {
  while (await isUp(address));
}

/** A process that starts a server and does as told; gives the server's address and the process. */
async function starter(then) {
  const script =
    `import { start } from ${JSON.stringify(new URL("../../../clients/js/server.js", import.meta.url).href)};` +
    `const server = await start({ definition: process.env.ZOO }); console.log(server.control); ${then}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [control] = await once(createInterface({ input: child.stdout }), "line");
  return { control, child };
}

test("it serves what it is told to, with arguments of its own, and ends with its block", async () => {
  let mock;
  {
    await using server = await start({ definition: [process.env.ZOO], args: ["--log", "quiet", "--scenario", "empty"] });
    assert.deepEqual(await (await fetch(`${server.api}/v1/zoos`)).json(), []);
    assert.match(server.log().at(-1), /^mockserver ready/);
    mock = await connect(server);
  }
  await assert.rejects(mock.off(), /No mockserver answers at .+ECONNREFUSED.+Its last lines:\nmockserver ready/s);
});

test("a process that forgets it ends all the same, and takes it along", { timeout: 20_000 }, async () => {
  const { control, child } = await starter("");
  assert.deepEqual(await once(child, "exit"), [0, null]);
  await gone(control);
});

test("a process that is killed takes it along", { timeout: 20_000 }, async () => {
  const { control, child } = await starter("setInterval(() => {}, 1000);");
  child.kill("SIGKILL");
  await gone(control);
});

test("a definition that is wrong is told as the command tells it", async () => {
  await assert.rejects(start({ definition: "nowhere.yaml" }), /exit code 2 before it was ready\.\n.*no such file or folder/s);
});

test("where there is no command, what to do is told", async () => {
  await assert.rejects(start({ command: "no-such-program --odd" }), /no-such-program --odd serve .+pip install mockserver/s);
  await withEnvironment({ PATH: "/nowhere" }, () =>
    assert.rejects(start(), /no `mockserver` on the PATH, and no Python that has it\.\nInstall it/),
  );
});

test("the environment may say what runs it", async () => {
  await withEnvironment({ MOCKSERVER_COMMAND: "no-such-python -m mockserver" }, () =>
    assert.rejects(start(), /`no-such-python -m mockserver serve --port 0/),
  );
});

test("a command that never gets ready is ended", async () => {
  const command = [process.execPath, "-e", "setInterval(() => {}, 1000)"];
  await assert.rejects(start({ command, timeout: 300 }), /was not ready within 300 ms/);
});

async function withEnvironment(changes, act) {
  const before = { ...process.env };
  Object.assign(process.env, changes);
  try {
    await act();
  } finally {
    for (const name of Object.keys(changes)) {
      if (name in before) process.env[name] = before[name];
      else delete process.env[name];
    }
  }
}
