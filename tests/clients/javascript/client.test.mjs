/** The verbs of the client for JavaScript on a real server, each test in a sandbox of its own. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";

import * as client from "../../../clients/js/index.js";
import { start } from "../../../clients/js/server.js";

const { AssertionError, Refused, Unreachable, connect } = client;
let server, root, mock;

before(async () => {
  server = await start({ definition: process.env.ZOO });
  root = await connect(server);
});
after(() => server.stop());
beforeEach(() => {
  mock = root.sibling();
});

const post = (path, body) =>
  fetch(mock.url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

const status = async (path = "/v1/zoos") => (await fetch(mock.url + path)).status;

const nextMessage = (socket) =>
  new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(JSON.parse(data)), { once: true }));

const closed = (socket) =>
  new Promise((resolve) => socket.addEventListener("close", ({ code }) => resolve(code), { once: true }));

test("it says where the API of its sandbox is", () => {
  assert.equal(root.url, server.api);
  assert.equal(root.sibling("w1").url, `${server.api}/~w1`);
  assert.equal(mock.url, `${server.api}/~${mock.sandbox}`);
  assert.equal(mock.wsUrl, mock.url.replace("http:", "ws:"));
  assert.notEqual(mock.sandbox, root.sibling().sandbox);
  assert.deepEqual(mock.headers, { "X-Mock-Sandbox": mock.sandbox });
});

test("what happens in a sandbox stays there, and ends with it", async () => {
  await fetch(`${mock.url}/v1/zoos/1`, { method: "DELETE" });
  assert.equal(await status("/v1/zoos/1"), 404);
  assert.equal((await fetch(`${root.url}/v1/zoos/1`)).status, 200);
  const twin = mock.sibling("twin");
  assert.equal(twin.sandbox, `${mock.sandbox}-twin`);
  await twin.scenario("empty");
  await mock.end();
  await mock.end();
  assert.equal(await status("/v1/zoos/1"), 200);
  assert.equal((await twin.rows("zoos")).length, 5);
});

test("a fault lasts until its handle says off, and a second time does no harm", async () => {
  const fault = await mock.fault("outage");
  assert.equal(await status(), 503);
  assert.equal((await fault.read()).fired, 1);
  await fault.off();
  await fault.off();
  assert.equal(await status(), 200);
});

test("a fault ends with the block that uses it", async () => {
  {
    await using fault = await mock.fault("teapot", { match: "GET /zoos", status: 418 });
    assert.equal(fault.name, "teapot");
    assert.equal(await status(), 418);
  }
  assert.equal(await status(), 200);
});

test("a fault ends with the function that it is for, whatever that does", async () => {
  assert.equal(await mock.withFault("maintenance", () => status()), 503);
  assert.equal(await mock.withFault("gone", { match: "ANY *", status: 410, ttl: "1m" }, () => status()), 410);
  await assert.rejects(mock.withFault("outage", () => Promise.reject(new Error("mine"))), /mine/);
  assert.equal(await status(), 200);
});

test("a fault of the file is switched on for a time, and may be changed", async () => {
  await mock.fault("outage", { ttl: "10m" });
  const fault = await mock.fault("outage", { ttl: "30s", status: 410 });
  assert.equal(await status(), 410);
  const { enabled, expires_in_s: left } = await fault.read();
  assert.deepEqual([enabled, left > 20 && left <= 30], [true, true]);
});

test("all faults go off at once", async () => {
  await mock.fault("outage");
  await mock.fault("slow");
  assert.deepEqual((await mock.off()).sort(), ["outage", "slow"]);
  assert.equal(await status(), 200);
});

test("a scenario and a reset put the data in place", async () => {
  await mock.scenario("empty");
  assert.deepEqual(await mock.rows("zoos"), []);
  await mock.scenario(null);
  await post("/v1/zoos", { name: "Oslo Zoo" });
  assert.equal((await mock.rows("zoos")).at(-1).name, "Oslo Zoo");
  await mock.reset("data");
  assert.equal((await mock.rows("zoos")).length, 5);
  assert.equal(await mock.count({ method: "POST" }), 1);
  await mock.reset();
  assert.equal(await mock.count({ method: "POST" }), 0);
});

test("all rows of a long resource come, each once", async () => {
  await mock.scenario("busy");
  const rows = await mock.rows("animals");
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  assert.ok(rows.length >= 200);
  const owls = await mock.rows("animals", { species: "owl", sort: "-id" });
  assert.deepEqual([...new Set(owls.map(({ species }) => species))], ["owl"]);
  assert.ok(owls[0].id > owls.at(-1).id);
});

test("a snapshot is gone back to", async () => {
  assert.equal((await mock.snapshot.save("full-house")).name, "full-house");
  await fetch(`${mock.url}/v1/zoos/1`, { method: "DELETE" });
  await mock.snapshot.restore("full-house");
  assert.equal(await status("/v1/zoos/1"), 200);
});

test("the clock is moved", async () => {
  assert.deepEqual(await mock.clock.freeze(new Date(0)), { now: "1970-01-01T00:00:00Z", frozen: true });
  assert.equal((await mock.clock.advance("5m")).now, "1970-01-01T00:05:00Z");
  assert.match((await mock.clock.set("2030-01-01T00:00:00Z")).now, /^2030-01-01/);
  assert.equal((await mock.clock.freeze()).frozen, true);
  assert.equal((await mock.clock.real()).frozen, false);
  assert.equal(new Date((await mock.clock.read()).now).getUTCFullYear(), new Date().getUTCFullYear());
});

test("requests are found and counted", async () => {
  await fetch(`${mock.url}/v1/animals?species=lion&species=owl&limit=1`, { headers: { "X-Page": "start" } });
  await post("/v1/zoos", { name: "Oslo Zoo" });
  const [found, ...others] = await mock.requests({ query: { species: ["lion", "owl"] }, headers: { "x-page": "start" } });
  assert.deepEqual([found.method, found.status, others], ["GET", 200, []]);
  assert.deepEqual((await mock.requests()).map(({ method }) => method), ["GET", "POST"]);
  assert.equal(await mock.count({ path: "/v1/*", status: "2xx" }), 2);
  assert.equal(await mock.count({ json: { name: "Oslo Zoo" } }), 1);
  assert.equal(await mock.count(), 2);
});

test("what was asked is held to, and the nearest misses are told", async () => {
  await post("/v1/zoos", { name: "Oslo Zoo" });
  await mock.assertRequested("POST", "/v1/zoos", { json: { name: "Oslo Zoo" }, times: 1 });
  await mock.assertNotRequested("DELETE", "/v1/zoos/*");
  await assert.rejects(mock.assertRequested("POST", "/v1/zoos", { json: { name: "Bergen" }, within: 0 }), {
    name: "AssertionError",
    message:
      'Expected POST /v1/zoos with json {"name":"Bergen"} to be requested; it never was. The nearest:\n' +
      '  #1 POST /v1/zoos 201\n      body.name: expected "Bergen", found "Oslo Zoo"',
  });
  await assert.rejects(mock.assertRequested("POST", "/v1/zoos", { times: 2, within: 0 }), {
    message: "Expected POST /v1/zoos to be requested twice; it was once.\n  #1 POST /v1/zoos 201",
  });
  await Promise.all([status(), status()]);
  await assert.rejects(mock.assertRequested("GET", "/v1/zoos", { times: 1, within: 1e8 }), {
    message: "Expected GET /v1/zoos to be requested once; it was twice.\n  #2 GET /v1/zoos 200\n  #3 GET /v1/zoos 200",
  });
  await assert.rejects(mock.assertNotRequested("POST", "/v1/*"), {
    message: "Expected POST /v1/* not to be requested; it was once.\n  #1 POST /v1/zoos 201",
  });
  await assert.rejects(root.sibling().assertRequested("GET", "/v1/zoos", { within: 0 }), {
    message: "Expected GET /v1/zoos to be requested; it never was. Nothing was.",
  });
});

test("a request that comes within the time is waited for", async () => {
  const asked = mock.assertRequested("GET", "/v1/zoos", { within: 5_000 });
  await status();
  await asked;
});

test("sockets are listed and closed, and what is published comes to them", async () => {
  const socket = new WebSocket(`${mock.wsUrl}/v1/events/ws`);
  assert.equal((await nextMessage(socket)).method, "/sys/hello");
  const event = nextMessage(socket);
  const id = await mock.publish("news", { text: "hello" });
  assert.deepEqual([(await event).id, (await event).data], [id, { text: "hello" }]);
  const [{ id: open, transport }] = await mock.sockets();
  assert.equal(transport, "websocket");
  const end = closed(socket);
  await mock.close(open, { code: 4001, reason: "as you wish" });
  assert.equal(await end, 4001);
});

test("who lost its connection has come back, or it is said how not", async () => {
  await assert.rejects(mock.assertReconnected({ within: 0 }), /No client has had a connection/);
  const first = new WebSocket(`${mock.wsUrl}/v1/events/ws?client=page`);
  await nextMessage(first);
  await assert.rejects(mock.assertReconnected({ within: 0 }), /No connection of any client was lost\.\npage: connected by ws/);
  await assert.rejects(mock.assertReconnected({ within: 0, client: "other" }), /no client 'other'; there are: page\./);
  const end = closed(first);
  await mock.close((await mock.sockets())[0].id, { code: 1012 });
  assert.equal(await end, 1012);
  await assert.rejects(mock.assertReconnected({ within: 0 }), {
    name: "AssertionError",
    message: /^page: it did not come back\.\npage: not connected\n.+ {2}lost ws: close 1012 by the server\n/s,
  });
  const back = mock.assertReconnected({ client: "page", within: 5_000, maxAttempts: 1 });
  const second = new WebSocket(`${mock.wsUrl}/v1/events/ws?client=page&since=start`);
  await nextMessage(second);
  const [record] = await back;
  assert.deepEqual([record.client, record.connected, record.missed], ["page", true, 0]);
  const demand = { maxAttempts: 0, minJitter: 0.5, within: 0 };
  await assert.rejects(mock.assertReconnected(demand), /it took 1 attempt, and at most 0 .+ its pauses vary by 0, and not/s);
  await assert.rejects(mock.assertReconnected({ maxAttemps: 3 }), /'maxAttemps' can't be expected .+ can: maxAttempts,/);
  const over = closed(second);
  second.close();
  await over;
});

test("what the server refuses is told in its words, with the places", async () => {
  await assert.rejects(mock.fault("flakyy"), { name: "Refused", status: 404, message: /did you mean 'flaky'\?/ });
  await assert.rejects(mock.fault("flakyy", { probability: 0.5 }), { status: 404, message: /did you mean 'flaky'\?$/ });
  await assert.rejects(mock.scenario("emty"), /did you mean 'empty'\?/);
  await assert.rejects(mock.rows("zooz"), /zoos/);
  await assert.rejects(mock.reset("dta"), /refused with 400: 'what' must be one of data, faults, feed, journal, clock\.$/);
  await assert.rejects(mock.fault("odd", { match: "GET /zoos", probability: 2, status: 503 }), (error) => {
    assert.ok(error instanceof Refused);
    assert.deepEqual([error.status, error.errors[0].pointer], [422, "/probability"]);
    return true;
  });
});

test("where there is no control plane that is told", async () => {
  const nobody = await someFreeAddress();
  await assert.rejects(connect({ control: nobody }), { name: "Unreachable", message: /ECONNREFUSED.+Start one/s });
  await assert.rejects(connect({ control: server.api }), { name: "Unreachable", message: /that of the control plane/ });
  await assert.rejects(connect({ control: `${server.control}/docs` }), Unreachable);
  await assert.rejects(connect({ control: "localhost:8001" }), /'localhost:8001' is no URL of a control plane/);
});

test("a server that only knows its own machine is found where its control plane was", async () => {
  let told = { api: "http://127.0.0.1:8000" };
  const plane = createServer((_, answer) =>
    answer.setHeader("Content-Type", "application/json").end(JSON.stringify(told)),
  );
  await once(plane.listen(0, "0.0.0.0"), "listening");
  const control = `http://0.0.0.0:${plane.address().port}`;
  assert.equal((await connect({ control })).url, "http://0.0.0.0:8000");
  assert.equal((await connect({ control: control.replace("0.0.0.0", "127.0.0.1") })).url, "http://127.0.0.1:8000");
  assert.equal((await connect({ control, api: "http://mock.test/" })).url, "http://mock.test");
  told = {};
  await assert.rejects(connect({ control }), /is not a mockserver's control plane\.$/);
  plane.closeAllConnections();
  await once(plane.close(), "close");
});

test("its types name what there is, and nothing else", async () => {
  const types = await readFile(new URL("../../../clients/js/index.d.ts", import.meta.url), "utf8");
  const find = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name).sort();
  const typed = (name) => find(types, new RegExp(`^export interface ${name}\\b.*\\n([^]*?)^}`, "gm"))[0];
  const members = (name) => [...new Set(find(typed(name), /^  (?:readonly )?(\w+)\??[(<:]/gm))];
  const inner = (text, name) => find(text, new RegExp(`\\b${name}: \\{([^]*?)\\}(?:\\[\\])?;\\n`, "g"))[0];
  const names = (thing) => Object.keys(thing).sort();

  assert.deepEqual(find(types, /^export (?:function|class) (\w+)/gm), names(client));
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(mock)).filter((name) => name !== "constructor");
  assert.deepEqual(members("Client"), [...methods, ...names(mock)].sort());
  for (const part of ["clock", "snapshot"]) {
    assert.deepEqual(find(inner(typed("Client"), part), /^    (\w+)\(/gm), names(mock[part]));
  }

  const socket = new WebSocket(`${mock.wsUrl}/v1/events/ws?client=page`);
  await nextMessage(socket);
  const fault = await mock.fault("outage");
  const [open] = await mock.sockets();
  const end = closed(socket);
  await mock.close(open.id, { code: 1012 });
  await end;
  await status();
  const [lost] = await mock.reconnects();
  const answers = {
    Fault: fault,
    FaultState: await fault.read(),
    Socket: open,
    Exchange: (await mock.requests({ path: "/v1/zoos" }))[0],
    Time: await mock.clock.read(),
    Snapshot: await mock.snapshot.save("now"),
    Reconnects: lost,
  };
  for (const [name, answer] of Object.entries(answers)) assert.deepEqual(members(name), names(answer), name);
  for (const part of ["losses", "topics"]) {
    const told = part === "topics" ? lost.topics : lost[part][0];
    assert.deepEqual(find(inner(typed("Reconnects"), part), /(\w+): /g), names(told), part);
  }
});

test("an assertion's error is one of its own", () => {
  assert.ok(new AssertionError("x") instanceof Error);
});

async function someFreeAddress() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  await once(listener, "close");
  return `http://127.0.0.1:${port}`;
}
