// Strangers: they join and drop the socket at once, and want nothing else.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Server } from "./calls.ts";

/** How a stranger's attempt ended. */
export interface Attempt {
  /** The status of the answer: 101 if the socket was accepted. */
  status: number;
  /** The code and reason with which it was closed before anything else came through it. */
  closed?: { code: number; reason: string };
}

const HANDSHAKE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
];

/** Opens a socket of `event`, with these headers; resolves with how that ended, and with the open connection. */
export async function attempt(server: Server, event: string, headers: string[] = []): Promise<[Attempt, Socket]> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.on("error", () => {});
  const lines = [`GET /v1/events/${event}/live HTTP/1.1`, "Host: 127.0.0.1", ...HANDSHAKE, ...headers];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  let bytes = Buffer.alloc(0);
  // The head of the answer and, where it is accepted, the first frame: a state, or the end.
  for (;;) {
    const end = bytes.indexOf("\r\n\r\n");
    if (end >= 0) {
      const status = Number(bytes.subarray(9, 12).toString());
      const frame = bytes.subarray(end + 4);
      if (status !== 101) return [{ status }, socket];
      if (frame[0] === 0x81) return [{ status }, socket];
      if (frame[0] === 0x88 && frame.length >= 2 + frame[1]!) {
        const closed = { code: frame.readUInt16BE(2), reason: frame.subarray(4, 2 + frame[1]!).toString() };
        return [{ status, closed }, socket];
      }
    }
    const next = Promise.race([once(socket, "data"), once(socket, "close").then(() => [])]);
    const [more] = (await next.catch(() => [])) as [Buffer?];
    if (more === undefined) return [{ status: 0 }, socket];
    bytes = Buffer.concat([bytes, more]);
  }
}

/** How long a stranger waits before the next attempt, in ms: fifteen of them make about 150 attempts a second. */
const PACE = 100;

/** Lets `count` strangers at a time churn until they are stopped. */
export class Churn {
  readonly #server: Server;
  readonly #event: string;
  readonly #over: Promise<void[]>;
  #stopped = false;
  /** How all attempts so far ended. */
  readonly attempts: Attempt[] = [];

  constructor(server: Server, event: string, count: number) {
    this.#server = server;
    this.#event = event;
    this.#over = Promise.all(Array.from({ length: count }, () => this.#churn()));
  }

  async #churn(): Promise<void> {
    while (!this.#stopped) {
      const [attempted, socket] = await attempt(this.#server, this.#event);
      socket.destroy();
      this.attempts.push(attempted);
      await setTimeout(PACE);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#over;
  }
}
