import { expect, test } from "./fixtures";

test("a todo is added", async ({ page, mock }) => {
  await page.goto("./");
  await page.getByLabel("Title").fill("Wash the owl");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("listitem")).toHaveText(["Feed the lion", "Brush the zebra", "Wash the owl"]);
  await mock.assertRequested("POST", "/v1/todos", { json: { title: "Wash the owl" }, times: 1 });
});

test("an outage is said, and the page recovers", async ({ page, mock }) => {
  const outage = await mock.fault("outage", { match: "GET /todos", status: 503 });
  await page.goto("./");
  await expect(page.getByRole("status")).toContainText("Trying again");
  await outage.off();
  await expect(page.getByRole("listitem")).toHaveCount(2);
  await expect(page.getByRole("status")).toBeEmpty();
});

test("nobody has anything to do", async ({ page, mock }) => {
  await mock.scenario("empty");
  await page.goto("./");
  await expect(page.getByRole("status")).toHaveText("Nothing to do.");
});
