import { start } from "mockserver-py/server";

/** One server for all test files, before the first and until after the last. */
export default async function setup({ provide }) {
  const server = await start({ definition: "mockserver.yaml" });
  provide("control", server.control);
  return server.stop;
}
