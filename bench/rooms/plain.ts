// The room that people write first, to compare with: a server that tells the time and passes commands on, each to take effect 200 ms
// after it came. Pages learn their clock's offset once, obey by a timer, and correct nothing afterwards.

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { Server } from "../../tests/edge/harness/calls.ts";

/** How long after a command came it takes effect, in ms. */
const LEAD = 200;

export interface PlainRoom extends Server {
  end(): void;
}

export async function plainRoom(): Promise<PlainRoom> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  server.on("connection", (socket) => socket.on("message", (bytes) => {
    const message = JSON.parse(String(bytes));
    if (message.command === undefined) return socket.send(JSON.stringify({ time: Date.now() }));
    const command = JSON.stringify({ ...message, at: Date.now() + LEAD });
    server.clients.forEach((client) => client.send(command));
  }));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    end() {
      server.clients.forEach((client) => client.terminate());
      server.close();
    },
  };
}
