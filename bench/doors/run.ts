// Opens the doors: viewers arrive within seconds, as many as this machine's server can take, twice and four times as many,
// and the event is paused. `scripts/bench doors` runs it.
import { parseArgs } from "node:util";
import { audience, endWhenInterrupted, pause, say } from "../push/audience.ts";
import { downbeat, endAll, loaded, pinned, prepare, type Server, start, stored } from "../push/servers.ts";
import type { Retry } from "../push/viewers.ts";
import { type Opened, print } from "./report.ts";

const { values: given } = parseArgs({
  options: {
    arrive: { type: "string", default: "4" }, // in s
    calm: { type: "string", default: "60" }, // how long after the last arrival sockets are counted, in s
    limit: { type: "string" }, // of viewers, if it is known
    descriptors: { type: "string", default: "20000" }, // of one process
    client: { type: "string", default: downbeat }, // another build of the command line, to compare
    only: { type: "string", default: "ours,room,socket.io" },
    json: { type: "boolean", default: false },
  },
});
const [over, calm] = [Number(given.arrive), Number(given.calm)];
const hubs = 4;
/** How long after the last arrival the event is paused, in s. */
const PAUSE = 2;
const TIMES = [1, 2, 4];
/** workerd needs two descriptors per socket. */
const most = Math.floor((Number(given.descriptors) - 1_000) / 2 / TIMES.at(-1)!);

/** How the clients of the others try again unless told otherwise: partysocket 1, socket.io-client 4. */
const RETRIES: Record<string, Retry> = {
  room: { timeout: 4_000, least: 1_000, spread: 4_000, factor: 1.3, most: 10_000 },
  "socket.io": { timeout: 20_000, least: 500, spread: 1_000, factor: 2, most: 5_000 },
};

endWhenInterrupted();

type Distribution = { count: number; median: number; p99: number; last: number } | null;
type Loaded = {
  sockets: number; attempts: number; questions: number; settled: number; allJoined: number | null; behind: number;
  joined: Distribution; pause: { knownAfter: Distribution; bySocket: number; byRequest: number; unaware: number } | null;
};

/** Lets `downbeat load` arrive at ours; with a pause, it is counted for as long as calm is. */
async function ours(server: Server, viewers: number, pauses: boolean): Promise<Loaded> {
  const watch = pauses ? ["--duration", `${calm - PAUSE}s`, "--pause-after", "1ms"] : ["--duration", "1s"];
  const args = ["--viewers", `${viewers}`, "--arrive", `${over}s`, "--settle", `${PAUSE}s`, ...watch];
  return (await loaded(server, given.client, args)) as Loaded;
}

/** Finds how many viewers may arrive so that all have sockets at once. */
async function limit(): Promise<number> {
  let found = 0;
  for (let viewers = Math.min(500, most); ; viewers = Math.min(Math.round(viewers * 1.4), most)) {
    say(`${viewers} viewers arrive within ${over} s`);
    const server = await start("ours", hubs);
    const { sockets } = await ours(server, viewers, false).finally(server.end);
    if (sockets < viewers) return found || viewers;
    found = viewers;
    if (viewers === most) return found;
  }
}

async function openOurs(viewers: number): Promise<Opened> {
  const server = await start("ours", hubs);
  try {
    const before = server.processor();
    const { sockets, attempts, questions, joined, allJoined, pause: known } = await ours(server, viewers, true);
    const { knownAfter, bySocket, byRequest, unaware } = known!;
    const processor = before === null ? null : server.processor()! - before;
    return {
      kind: "ours", viewers, sockets, attempts, questions, processor, memory: server.memory(),
      all: allJoined, joined: joined && [joined.median, joined.p99, joined.last],
      known: knownAfter && { 50: knownAfter.median, 99: knownAfter.p99, 100: knownAfter.last }, bySocket, byRequest, unaware,
    };
  } finally {
    await server.end();
  }
}

async function openOther(kind: "room" | "socket.io", viewers: number): Promise<Opened> {
  const server = await start(kind, 0);
  const { told, end } = audience();
  try {
    const before = server.processor();
    const { port, path, greets } = server;
    await told<"opened">({ do: "open", port, path, viewers, greets, over: over * 1e3, retry: RETRIES[kind]! });
    await pause(PAUSE * 1e3);
    await told<"listening">({ do: "listen" });
    const { asked } = await server.change(JSON.stringify({ type: "state", status: "paused", rev: 2, text: "x".repeat(1_000) }));
    const { at } = await told<"heard">({ do: "heard", wait: (calm - PAUSE) * 1e3 });
    const { open, attempts, joined } = await told<"counted">({ do: "count" });
    const quantile = (of: number[], share: number) => of[Math.ceil(viewers * share) - 1] ?? null;
    const after = at.map((at) => at - asked);
    return {
      kind, viewers, sockets: open, attempts, questions: 0,
      processor: before === null ? null : server.processor()! - before, memory: server.memory(),
      all: quantile(joined, 1), joined: null,
      known: { 50: quantile(after, 0.5), 99: quantile(after, 0.99), 100: quantile(after, 1) },
      bySocket: at.length, byRequest: 0, unaware: viewers - at.length,
    };
  } finally {
    await end();
    await server.end();
  }
}

try {
  prepare();
  const single = given.limit ? Number(given.limit) : await limit();
  const opened: Opened[] = [];
  for (const kind of given.only.split(",")) {
    for (const times of TIMES) {
      say(`${kind}: ${times} × ${single} viewers`);
      opened.push(kind === "ours" ? await openOurs(single * times) : await openOther(kind as "room" | "socket.io", single * times));
    }
  }
  say("");
  print({ opened, single, over, calm, pinned, stored, json: given.json, capped: single === most });
} finally {
  endAll();
}
