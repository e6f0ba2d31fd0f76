/** Starting a server from JavaScript: ready or told why not, and never left behind. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { createInterface } from "node:readline";

import { connect } from "../../../clients/js/index.js";
import { start } from "../../../clients/js/server.js";

/** A process that starts a server and ends as told, with its server: one that stays would hold the test up. */
async function startAndEnd(how) {
  const script =
    `import { start } from ${JSON.stringify(new URL("../../../clients/js/server.js", import.meta.url).href)};` +
    `const server = await start({ definition: process.env.ZOO }); console.log(server.control);` +
    `await new Promise((resolve) => process.stdin.once("data", resolve)); process.stdin.destroy(); ${how}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  const [control] = await once(createInterface({ input: child.stdout }), "line");
  const stream = await fetch(`${control}/api/stream?events=socket`);
  child.stdin.write("go\n");
  const [code, signal] = await once(child, "exit");
  await stream.text().catch(() => "its end may come as an error");
  await assert.rejects(fetch(`${control}/health`));
  return signal ?? code;
}

test("it serves what it is told to, with arguments of its own, and ends with its block", async () => {
  let mock;
  {
    await using server = await start({ definition: [process.env.ZOO], args: ["--log", "quiet", "--scenario", "empty"] });
    assert.deepEqual(await (await fetch(`${server.api}/v1/zoos`)).json(), []);
    assert.match(server.log().at(-1), /^mockserver ready/);
    mock = await connect(server);
  }
  await assert.rejects(mock.off(), /No mockserver answers at .+ECONNREFUSED.+ exit code 0\. Its last lines:\nmockserver ready/s);
});

test("a process that forgets it, or is killed, takes it along", { timeout: 20_000 }, async () => {
  const ends = [startAndEnd(""), startAndEnd("process.kill(process.pid, 'SIGKILL');")];
  assert.deepEqual(await Promise.all(ends), [0, "SIGKILL"]);
});

test("what it died of is told, at once and to whoever asks it", async (context) => {
  const { promise, resolve } = Promise.withResolvers();
  context.mock.method(console, "error", resolve);
  const script =
    "console.log('{\"event\":\"ready\",\"api\":\"http://127.0.0.1:1\",\"control\":\"http://127.0.0.1:1\"}');" +
    "console.error('out of paper'); setTimeout(() => process.exit(3), 100)";
  const server = await start({ command: [process.execPath, "-e", script] });
  assert.deepEqual([server.api, server.control], ["http://127.0.0.1:1", "http://127.0.0.1:1"]);
  assert.match(await promise, /^mockserver ended with exit code 3\. Its last lines:\n.+out of paper$/s);
  assert.equal(await server.obituary(), await promise);
  await server.stop();
});

test("a definition that is wrong is told as the command tells it", async () => {
  await assert.rejects(start({ definition: "nowhere.yaml" }), /exit code 2 before it was ready\.\n.*no such file or folder/s);
});

test("where there is no command or no folder, what to do is told", async () => {
  await assert.rejects(start({ cwd: "/nowhere" }), /no folder \/nowhere/);
  await assert.rejects(start({ command: "no-such-program --odd" }), /no-such-program --odd serve .+pip install mockserver/s);
  await withEnvironment({ PATH: "/nowhere" }, () =>
    assert.rejects(start(), /no `mockserver` on the PATH, and no Python that has it\.\nInstall it/),
  );
  await withEnvironment({ MOCKSERVER_COMMAND: "no-such-python -m mockserver" }, () =>
    assert.rejects(start(), /`no-such-python -m mockserver serve --port 0/),
  );
});

test("a command that never gets ready is ended, with what it has started", { timeout: 20_000 }, async () => {
  const command = ["sh", "-c", "sleep 60; true"];
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
