// A load of sockets by the package `ws`: one call a line, as tests/clients/calls.mjs has it.

import http from "node:http";
import { createRequire } from "node:module";
import { answerCalls } from "../tests/clients/calls.mjs";

const WebSocket = createRequire(new URL("../tests/clients/package.json", import.meta.url))("ws");
const OPTIONS = { perMessageDeflate: false, skipUTF8Validation: true };
const AT_ONCE = 50;
const TEXT = "x".repeat(100);
const kept = [];

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const sort = (numbers) => numbers.sort((a, b) => a - b);

function opened(url) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, OPTIONS);
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

async function openMany(url, count) {
  const sockets = [];
  const open = async () => {
    while (count-- > 0) sockets.push(await opened(url));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, open));
  return sockets;
}

async function closeAll(sockets) {
  const ended = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  sockets.forEach((socket) => socket.close());
  await Promise.all(ended);
}

// Every socket sends the next message when its last one has come back.
async function echo(url, count, seconds) {
  const sockets = await openMany(url, count);
  const taken = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise((resolve) => {
          let sent = performance.now();
          socket.on("message", () => {
            const now = performance.now();
            taken.push(now - sent);
            if (now > end) return resolve();
            sent = now;
            socket.send(TEXT);
          });
          socket.send(TEXT);
        }),
    ),
  );
  const elapsed = (performance.now() - started) / 1000;
  await closeAll(sockets);
  sort(taken);
  return { rate: taken.length / elapsed, p50: at(taken, 0.5), p99: at(taken, 0.99) };
}

// Opens sockets that stay open and silent; how many a second.
async function idle(url, count) {
  const started = performance.now();
  kept.push(...(await openMany(url, count)));
  return count / ((performance.now() - started) / 1000);
}

async function release() {
  await closeAll(kept.splice(0));
}

function ask(agent, method, url, body) {
  return new Promise((resolve, reject) => {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const request = http.request(url, { agent, method, headers }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode));
    });
    request.once("error", reject).end(body);
  });
}

// Milliseconds of requests one after the other, on one connection.
async function rest(url, count) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const taken = [];
  for (let n = 0; n < count; n += 1) {
    const started = performance.now();
    await ask(agent, "GET", url);
    taken.push(performance.now() - started);
  }
  agent.destroy();
  return at(sort(taken), 0.5);
}

// Milliseconds from a write until the last of all subscribers has been told of it, for each of some writes.
async function fanOut(feed, target, body, count, rounds) {
  const sockets = await openMany(feed, count);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let left = 0;
  let last = () => {};
  for (const socket of sockets) {
    socket.on("message", (data) => {
      if (data.includes('"/sys/')) return;
      left -= 1;
      if (left === 0) last(performance.now());
    });
  }
  const taken = [];
  for (let n = 0; n < rounds; n += 1) {
    left = count;
    const served = new Promise((resolve) => (last = resolve));
    const started = performance.now();
    const status = await ask(agent, "PATCH", target, body.replace("#", n));
    if (status >= 300) throw new Error(`the write was answered with ${status}`);
    taken.push((await served) - started);
  }
  agent.destroy();
  await closeAll(sockets);
  return taken;
}

const CALLS = { echo, idle, release, rest, fanOut };
await answerCalls(async (name, ...given) => CALLS[name](...given));
