import { expect, test } from "vitest";
import { Todos } from "../src/todos.js";
import { mock } from "./mock.js";

test("there may be nothing to do", async () => {
  await mock.scenario("empty");
  expect(await new Todos(mock.url).list()).toEqual([]);
});
