import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  use: {
    // A browser that is there already, where one is named; else the one of `npx playwright install`.
    launchOptions: process.env.CHROMIUM ? { executablePath: process.env.CHROMIUM } : {},
  },
  webServer: {
    // It ends with the run, even where that is killed: Playwright holds its standard input.
    command: "mockserver serve --port 0 --control-port 0 --static app --end-with-stdin",
    // Ready when it says so; what it says is in the environment then, for `connect()` to find.
    wait: { stdout: /mockserver ready api=\S+ control=(?<MOCKSERVER_CONTROL>\S+)/ },
    gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
  },
});
