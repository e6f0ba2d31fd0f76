// How the client for JavaScript is used, for `tsc --strict`: each verb once, and what must not compile.
import { AssertionError, Refused, Unreachable, connect } from "mockserver-py";
import type { Client, Fault, Reconnects } from "mockserver-py";
import { start } from "mockserver-py/server";

interface Zoo {
  id: number;
  name: string;
}

export async function use(): Promise<number> {
  await using server = await start({ definition: ["zoo.yaml"], args: ["--seed", "7"], timeout: 5_000 });
  const root: Client = await connect({ ...server, token: "secret" });
  await using mock = root.sibling("w1");
  await using fault: Fault = await mock.fault("teapot", { match: ["GET /zoos"], status: 418, ttl: "30s" });
  const { fired } = await fault.read();
  const text: string = await mock.withFault("outage", () => "done");
  const length: number = await mock.withFault("slow", { ttl: "1m" }, async (slow) => slow.name.length);
  await mock.scenario(null);
  await mock.reset("data", "faults");
  const off: string[] = await mock.off();
  const zoos: Zoo[] = await mock.rows<Zoo>("zoos", { sort: "-id" });
  const [first] = await mock.requests({ method: "GET", query: { limit: "1" } });
  const count: number = await mock.count({ path: "/v1/**", status: "5xx", headers: { authorization: true } });
  const [socket] = await mock.sockets();
  if (socket) await mock.close(socket.id, { code: 1012, reason: "deploy" });
  if (socket) await mock.close(socket.id, { how: "drop" });
  await mock.clock.freeze(new Date());
  const { now }: { now: string } = await mock.clock.advance("5m");
  const { documents } = await mock.snapshot.save("full");
  const id: string = await mock.publish("news", { text });
  await mock.assertRequested("POST", "/v1/zoos", { json: { name: "Oslo" }, times: 1, within: 500 });
  await mock.assertNotRequested("DELETE", "/v1/zoos/*", { query: { force: false } });
  const [back]: Reconnects[] = await mock.assertReconnected({ within: 5_000, maxAttempts: 3, noMissedEvents: true });
  // @ts-expect-error: it is `code` or `how`
  await mock.close("1", { cod: 1 });
  // @ts-expect-error: there is no such part
  await mock.reset("dta");
  // @ts-expect-error: numbers are not names
  await mock.scenario(1);
  const told = [now, id, await server.obituary(), ...off].join().length;
  return fired + length + zoos.length + count + documents + told + (first?.status ?? back?.missed ?? 0);
}

export function read(error: unknown): string {
  if (error instanceof Refused) return error.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join();
  return error instanceof AssertionError || error instanceof Unreachable ? error.message : "";
}
