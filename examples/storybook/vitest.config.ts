import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { environment: "jsdom", globalSetup: "test/server.ts", setupFiles: "test/stories.ts", testTimeout: 15_000 },
});
