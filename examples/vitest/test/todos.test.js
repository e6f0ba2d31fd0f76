import { expect, test } from "vitest";
import { Todos } from "../src/todos.js";
import { mock } from "./mock.js";

const todos = new Todos(mock.url, 10);

test("a todo is added", async () => {
  await todos.add("Wash the owl");
  expect(await mock.rows("todos")).toContainEqual({ id: 3, title: "Wash the owl", done: false });
  await mock.assertRequested("POST", "/v1/todos", { json: { title: "Wash the owl" }, times: 1 });
});

test("a server that is away for a moment is asked again", async () => {
  await mock.fault("hiccup", { match: "GET /todos", times: 2, status: 503 });
  expect(await todos.list()).toHaveLength(2);
  await mock.assertRequested("GET", "/v1/todos", { times: 3 });
});

test("a server that stays away is an error", async () => {
  await mock.withFault("outage", { match: "GET /todos", status: 503 }, async () => {
    await expect(todos.list()).rejects.toThrow("The server said 503.");
  });
  expect(await todos.list()).toHaveLength(2);
});
