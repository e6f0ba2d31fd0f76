import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "mockserver-py";
import { start } from "mockserver-py/server";
import { createServer } from "vite";

let mock, origin, stop;

before(async () => {
  const server = await start({ definition: "mockserver.yaml" });
  mock = (await connect(server)).sibling();
  Object.assign(process.env, { MOCKSERVER_API: server.api, MOCK_SANDBOX: mock.sandbox });
  const vite = await createServer({ server: { port: 0 }, logLevel: "error" });
  await vite.listen();
  origin = `http://localhost:${vite.httpServer.address().port}`;
  stop = async () => {
    await vite.close();
    await server.stop();
  };
});
after(() => stop());

test("requests go through, into the sandbox", async () => {
  assert.match(await (await fetch(`${origin}/`)).text(), /<h1>Todos/);
  assert.equal((await (await fetch(`${origin}/v1/todos`)).json()).length, 2);
  await mock.assertRequested("GET", "/v1/todos", { times: 1 });
  await mock.withFault("outage", { match: "GET /todos", status: 503 }, async () => {
    assert.equal((await fetch(`${origin}/v1/todos`)).status, 503);
  });
});

test("sockets go through, into the sandbox", async () => {
  const socket = new WebSocket(`${origin.replace("http", "ws")}/v1/events/ws?topics=todos`);
  const next = () => new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
  assert.equal(JSON.parse((await next()).data).data.sandbox, mock.sandbox);
  const event = next();
  await fetch(`${mock.url}/v1/todos/1`, { method: "DELETE" });
  assert.equal(JSON.parse((await event).data).action, "deleted");
  socket.close();
});
