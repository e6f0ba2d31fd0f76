import { defineConfig } from "cypress";
import { connect } from "mockserver-py";
import { start } from "mockserver-py/server";

export default defineConfig({
  e2e: {
    async setupNodeEvents(on, config) {
      const server = await start({ definition: "mockserver.yaml", args: ["--static", "app"] });
      // One sandbox a run: `cypress run` on several machines, or beside `cypress open`, meets nobody else's data.
      const mock = (await connect(server)).sibling();
      // Tasks run here in Node.js: the control plane answers no page. They must give something, so they give null.
      on("task", {
        "mock:reset": async () => (await mock.reset(), null),
        "mock:scenario": async (name) => (await mock.scenario(name), null),
        "mock:fault": async ({ name, settings }) => (await mock.fault(name, settings), null),
        "mock:off": async () => (await mock.off(), null),
        "mock:requested": async ({ method, path, expected }) => (
          await mock.assertRequested(method, path, expected), null
        ),
      });
      on("after:run", () => server.stop());
      return { ...config, baseUrl: mock.url };
    },
  },
});
