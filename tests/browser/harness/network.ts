// A network between a page and the worker: what goes through takes its time, differently each time, and now and
// then all of it is held up for a while. The two ways are equal on average. The same seed, the same delays.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Server } from "../../edge/harness/calls.ts";

/** How a network is; all in ms. */
export interface Quality {
  /** The shortest time there and back. */
  roundTrip: number;
  /** By how much each way takes longer, on average. */
  jitter: number;
  /** How long a burst holds up what goes one way. */
  burst: number;
  /** How many of a hundred packets one way begin a burst. */
  burstsPercent: number;
  /** By how much the way back always takes longer, if it does. */
  extraBack?: number;
}

export interface Network extends Server {
  /** Lets nothing through any more, and ends what is open, as a network that is gone. */
  cut(): void;
  /** Lets through again. */
  mend(): void;
  /** Leads to another server from now on. */
  lead(to: Server): void;
  /** Ends WebSockets, and refuses new ones, while the rest goes through: as some proxies do. */
  refuseSockets(): void;
  /** Lets them through again. */
  admitSockets(): void;
  /** What asked to become a WebSocket, path and query, the first first. */
  readonly sockets: readonly string[];
  end(): void;
}

export async function network(to: Server, quality: Quality, seed: number): Promise<Network> {
  let target = to;
  let whole = true;
  let admits = true;
  const sockets: string[] = [];
  const upgraded = new Set<Socket>();
  const random = generator(seed);
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    if (!whole) return near.destroy();
    const far = connect({ port: Number(new URL(target.url).port), host: "127.0.0.1", noDelay: true });
    for (const socket of [near, far]) {
      open.add(socket);
      // Whatever goes wrong on one side, the other learns it by `close`.
      socket.on("error", () => {}).on("close", () => { open.delete(socket); near.destroy(); far.destroy(); });
    }
    // A browser asks for a WebSocket on a connection of its own.
    near.once("data", (first) => {
      const path = /^GET (\S*) [^]*\r\nupgrade: websocket\r\n/i.exec(first.toString("latin1"))?.[1];
      if (path === undefined) return;
      sockets.push(path);
      upgraded.add(near.on("close", () => upgraded.delete(near)));
      if (!admits) near.destroy();
    });
    delayed(near, far, quality, 0, random);
    delayed(far, near, quality, quality.extraBack ?? 0, random);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => { whole = false; open.forEach((socket) => socket.destroy()); };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => { whole = true; },
    lead: (other) => { target = other; },
    refuseSockets() { admits = false; upgraded.forEach((socket) => socket.destroy()); },
    admitSockets() { admits = true; },
    sockets,
    end: () => { cut(); server.close(); },
  };
}

/** Passes on what comes from one side to the other, each piece with its own delay and none past the one before. */
function delayed(from: Socket, to: Socket, quality: Quality, extra: number, random: () => number): void {
  let free = 0;
  const acts: (() => void)[] = [];
  const pass = (act: () => void) => {
    acts.push(act);
    const burst = random() * 100 < quality.burstsPercent ? quality.burst : 0;
    // Exponential, as what waits in queues is: mostly short, sometimes long.
    const jitter = -Math.log(1 - random()) * quality.jitter;
    free = Math.max(free, performance.now() + quality.roundTrip / 2 + extra + jitter + burst);
    // Timers count whole milliseconds: two for the same instant may run the other way around. So each does what is next.
    setTimeout(() => acts.shift()!(), free - performance.now());
  };
  from.on("data", (piece) => pass(() => to.destroyed || to.write(piece)));
  from.on("end", () => pass(() => to.destroyed || to.end()));
}

/** SplitMix32: a sequence of numbers from 0 to below 1. */
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
