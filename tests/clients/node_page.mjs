// The calls of `page/calls.js` and `page/failures.js` in Node.js: `node_page.mjs FOLDER node|ws`, with Node's own WebSocket or that of the
// package `ws`. An EventSource there is by the package `eventsource` only.

import { pathToFileURL } from "node:url";
import axios from "axios";
import { EventSource } from "eventsource";
import WebSocket from "ws";
import { answerCalls } from "./calls.mjs";

const [folder, which] = process.argv.slice(2);
globalThis.EventSource = EventSource;
globalThis.axios = axios;
if (which === "ws") globalThis.WebSocket = WebSocket;
const [calls, failures] = await Promise.all(
  ["calls.js", "failures.js"].map((name) => import(pathToFileURL(`${folder}/${name}`))),
);
await answerCalls(async (name, ...given) => ({ ...calls, ...failures })[name](...given));
