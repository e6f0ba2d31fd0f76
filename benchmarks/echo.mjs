// An echo by the package `ws`; it says on which port.

import { createRequire } from "node:module";

const { WebSocketServer } = createRequire(new URL("../tests/clients/package.json", import.meta.url))("ws");
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on("error", () => socket.terminate());
});
server.on("listening", () => console.log(`ready :${server.address().port}`));
