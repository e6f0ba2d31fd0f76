// The tasks of the Cypress example, asked as Cypress would ask them, on the server that its configuration starts.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { default: configuration } = await import(pathToFileURL(join(process.cwd(), "cypress.config.js")));
const heard = {};
const config = await configuration.e2e.setupNodeEvents((event, what) => (heard[event] = what), { retries: 0 });
const { task } = heard;
const status = async () => (await fetch(`${config.baseUrl}/v1/todos`)).status;

assert.equal(config.retries, 0);
assert.match(await (await fetch(`${config.baseUrl}/`)).text(), /<h1>Todos/);
assert.equal(await task["mock:fault"]({ name: "outage", settings: { match: "GET /todos", status: 503 } }), null);
assert.equal(await status(), 503);
assert.equal(await task["mock:off"](), null);
assert.equal(await status(), 200);
assert.equal(await task["mock:scenario"]("empty"), null);
assert.deepEqual(await (await fetch(`${config.baseUrl}/v1/todos`)).json(), []);
assert.equal(await task["mock:requested"]({ method: "GET", path: "/v1/todos", expected: { times: 3 } }), null);
assert.equal(await task["mock:reset"](), null);
await assert.rejects(task["mock:requested"]({ method: "GET", path: "/v1/todos", expected: { within: 0 } }), /never was/);
await heard["after:run"]();
