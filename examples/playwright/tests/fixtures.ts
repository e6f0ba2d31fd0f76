import { test as base } from "@playwright/test";
import { connect, type Client } from "mockserver-py";

export { expect } from "@playwright/test";

/** `mock` is this worker's sandbox, put back before every test; pages of `page.goto("./")` are in it. */
export const test = base.extend<{ mock: Client }, { sandbox: Client }>({
  sandbox: [
    async ({}, use, { parallelIndex }) => {
      const sandbox = (await connect()).sibling(`w${parallelIndex}`);
      await use(sandbox);
      await sandbox.end();
    },
    { scope: "worker" },
  ],
  mock: async ({ sandbox }, use) => {
    await sandbox.reset();
    await use(sandbox);
  },
  baseURL: async ({ mock }, use) => {
    await use(`${mock.url}/`);
  },
});
