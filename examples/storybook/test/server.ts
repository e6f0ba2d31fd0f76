import { start } from "mockserver-py/server";
import type { TestProject } from "vitest/node";

/** One server for all tests, before the first and until after the last. */
export default async function setup({ provide }: TestProject) {
  const server = await start({ definition: "mockserver.yaml" });
  provide("control", server.control);
  return server.stop;
}

declare module "vitest" {
  interface ProvidedContext {
    control: string;
  }
}
