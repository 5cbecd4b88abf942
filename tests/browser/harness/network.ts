// A network between a page and the worker: packets are delayed by varying amounts, and now and then by a burst. The two
// directions are equally slow on average. The same seed gives the same delays.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Server } from "../../edge/harness/calls.ts";

/** The quality of a network; times in ms. */
export interface Quality {
  /** The shortest time there and back. */
  roundTrip: number;
  /** The average additional delay in each direction. */
  jitter: number;
  /** How long a burst delays one direction. */
  burst: number;
  /** The percentage of packets in one direction that begin a burst. */
  burstsPercent: number;
  /** A constant additional delay of the way back. */
  extraBack?: number;
}

export interface Network extends Server {
  /** Stops all traffic and closes all connections, like a network that is gone. */
  cut(): void;
  /** Answers everything with these bytes, the sockets' requests too, and closes all connections, like a captive portal. */
  capture(answer: string): void;
  /** Passes nothing more through the WebSockets there are, which stay open: half-open connections. New ones work. */
  silenceSockets(): void;
  /** Lets traffic through again. */
  restore(): void;
  /** Connects to another server from now on. */
  connectTo(to: Server): void;
  /** Closes WebSockets and refuses new ones, while other requests go through: as some proxies do. */
  refuseSockets(): void;
  /** Admits WebSockets again. */
  admitSockets(): void;
  /** The path and query of each WebSocket request so far, in order. */
  readonly sockets: readonly string[];
  end(): void;
}

export async function network(to: Server, quality: Quality, seed: number): Promise<Network> {
  let target = to;
  let whole = true;
  let admits = true;
  const sockets: string[] = [];
  /** The near side of each WebSocket, with the far one. */
  const upgraded = new Map<Socket, Socket>();
  let portal: string | undefined;
  const random = generator(seed);
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    if (portal !== undefined) {
      const answer = portal;
      near.on("error", () => {}).once("data", () => near.end(answer));
      return;
    }
    if (!whole) return near.destroy();
    const far = connect({ port: Number(new URL(target.url).port), host: "127.0.0.1", noDelay: true });
    for (const socket of [near, far]) {
      open.add(socket);
      // An error on one side reaches the other as `close`.
      socket.on("error", () => {}).on("close", () => { open.delete(socket); near.destroy(); far.destroy(); });
    }
    // A browser opens each WebSocket on a new connection.
    near.once("data", (first) => {
      const path = /^GET (\S*) [^]*\r\nupgrade: websocket\r\n/i.exec(first.toString("latin1"))?.[1];
      if (path === undefined) return;
      sockets.push(path);
      upgraded.set(near.on("close", () => upgraded.delete(near)), far);
      if (!admits) near.destroy();
    });
    delayed(near, far, quality, 0, random);
    delayed(far, near, quality, quality.extraBack ?? 0, random);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => open.forEach((socket) => socket.destroy());
  const cut = () => { whole = false; close(); };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    capture(answer) { portal = answer; close(); },
    silenceSockets: () => upgraded.forEach((far, near) => { near.pause(); far.pause(); }),
    restore: () => { whole = true; portal = undefined; },
    connectTo: (other) => { target = other; },
    refuseSockets() { admits = false; upgraded.forEach((_, near) => near.destroy()); },
    admitSockets() { admits = true; },
    sockets,
    end: () => { cut(); server.close(); },
  };
}

/** Passes data from one side to the other, each piece with a delay of its own, in order. */
function delayed(from: Socket, to: Socket, quality: Quality, extra: number, random: () => number): void {
  let free = 0;
  const acts: (() => void)[] = [];
  const pass = (act: () => void) => {
    acts.push(act);
    const burst = random() * 100 < quality.burstsPercent ? quality.burst : 0;
    // Exponential, like delays in queues: mostly short, sometimes long.
    const jitter = -Math.log(1 - random()) * quality.jitter;
    free = Math.max(free, performance.now() + quality.roundTrip / 2 + extra + jitter + burst);
    // Timers have whole milliseconds: two for the same instant may run in either order, so each sends the next piece.
    setTimeout(() => acts.shift()!(), free - performance.now());
  };
  from.on("data", (piece) => pass(() => to.destroyed || to.write(piece)));
  from.on("end", () => pass(() => to.destroyed || to.end()));
}

/** SplitMix32: a sequence of numbers in [0, 1). */
export function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
