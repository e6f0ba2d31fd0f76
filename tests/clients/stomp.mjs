// STOMP's client for JavaScript, `@stomp/stompjs`: `stomp.mjs URL`. Calls are ["connect"], ["subscribe", destination],
// which gives its id, ["unsubscribe", id], ["publish", destination, body], ["received", count], which waits for as many
// messages, and ["disconnect"], which waits for the receipt and the end.

import { Client } from "@stomp/stompjs";
import { answerCalls } from "./calls.mjs";

const messages = [];
let received = () => {};
const client = new Client({ brokerURL: process.argv[2], reconnectDelay: 0 });

const CALLS = {
  connect: () =>
    new Promise((resolve, reject) => {
      client.onConnect = () => resolve({ version: client.connectedVersion });
      client.onStompError = ({ headers, body }) => reject(new Error(`${headers.message} ${body}`));
      client.onWebSocketClose = ({ code }) => reject(new Error(`closed with ${code}`));
      client.activate();
    }),
  subscribe: async (destination) =>
    client.subscribe(destination, ({ headers, body }) => {
      messages.push({ headers, body });
      received();
    }).id,
  unsubscribe: async (id) => client.unsubscribe(id),
  publish: async (destination, body) => client.publish({ destination, body }),
  received: (count) =>
    new Promise((resolve) => {
      received = () => messages.length >= count && resolve(messages);
      received();
    }),
  disconnect: () =>
    new Promise((resolve) => {
      let receipt = false;
      client.onDisconnect = () => (receipt = true);
      client.onWebSocketClose = ({ code, wasClean }) => resolve({ receipt, closed: { code, wasClean } });
      client.deactivate();
    }),
};

await answerCalls(async (name, ...given) => CALLS[name](...given));
