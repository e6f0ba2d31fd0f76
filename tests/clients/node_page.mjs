// The calls of `page/calls.js` in Node.js: `node_page.mjs FOLDER node|ws`, with Node's own WebSocket or that of the
// package `ws`. An EventSource there is by the package `eventsource` only.

import { pathToFileURL } from "node:url";
import { EventSource } from "eventsource";
import WebSocket from "ws";
import { answerCalls } from "./calls.mjs";

const [folder, which] = process.argv.slice(2);
globalThis.EventSource = EventSource;
if (which === "ws") globalThis.WebSocket = WebSocket;
const calls = await import(pathToFileURL(`${folder}/calls.js`));
await answerCalls(async (name, ...given) => calls[name](...given));
