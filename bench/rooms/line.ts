// A line between one page and all its servers: a delay each way, and a rate that everything on it shares. WebSockets are on it like
// everything else, which Chromium's own emulation of slow networks leaves out.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server as Listener, type Socket } from "node:net";
import type { Server } from "../../tests/edge/harness/calls.ts";

/** What one turn sends at most, in bytes: a packet of Ethernet. */
const PACKET = 1_460;

/** How many bytes may wait at the slow end before the fast end is stopped: what a router keeps. */
const QUEUE = 65_536;

export class Line {
  readonly #delay: number;
  readonly #bytesPerMs: number;
  readonly #listeners: Listener[] = [];
  readonly #open = new Set<Socket>();
  /** Until when each direction is busy, in ms. */
  readonly #busy = { up: 0, down: 0 };

  /** `delay` is one way, in ms; `rate` is in bit/s, for each direction. */
  constructor(delay: number, rate: number) {
    [this.#delay, this.#bytesPerMs] = [delay, rate / 8_000];
  }

  /** Returns the server as it is reached through this line. */
  async to(server: Server): Promise<Server> {
    const listener = createServer({ noDelay: true }, (near) => {
      const far = connect({ port: Number(new URL(server.url).port), host: "127.0.0.1", noDelay: true });
      for (const socket of [near, far]) {
        this.#open.add(socket);
        socket.on("error", () => {}).on("close", () => this.#open.delete(socket));
      }
      near.on("close", () => far.destroy());
      this.#pass(near, far, "up");
      this.#pass(far, near, "down");
    }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    this.#listeners.push(listener);
    return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}` };
  }

  end(): void {
    this.#listeners.forEach((listener) => listener.close());
    this.#open.forEach((socket) => socket.destroy());
  }

  #pass(from: Socket, to: Socket, direction: "up" | "down"): void {
    let waiting = 0;
    // Timers for the same instant may run in either order, so each sends the next piece.
    const pieces: (Buffer | null)[] = [];
    const deliver = () => {
      const piece = pieces.shift()!;
      if (piece === null) return void (to.destroyed || to.end());
      waiting -= piece.length;
      if (waiting < QUEUE) from.resume();
      if (!to.destroyed) to.write(piece);
    };
    const send = (piece: Buffer | null) => {
      const now = performance.now();
      this.#busy[direction] = Math.max(this.#busy[direction], now) + (piece?.length ?? 0) / this.#bytesPerMs;
      pieces.push(piece);
      waiting += piece?.length ?? 0;
      setTimeout(deliver, this.#busy[direction] - now + this.#delay);
    };
    from.on("data", (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += PACKET) send(bytes.subarray(at, at + PACKET));
      if (waiting >= QUEUE) from.pause();
    });
    from.on("end", () => send(null));
  }
}
