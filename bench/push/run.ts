// Pushes a change to thousands of viewers, from our worker and from other servers in turn, and compares them.
// `scripts/bench push` runs it.
import { parseArgs } from "node:util";
import { audience, endWhenInterrupted, pause, say } from "./audience.ts";
import { endAll, load, pinned, prepare, type Server, start, stored } from "./servers.ts";
import { type Case, print, type Round, type Seen } from "./report.ts";

const { values: given } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    viewers: { type: "string", default: "8000" },
    changes: { type: "string", default: "5" },
    idle: { type: "string", default: "12" },
    only: { type: "string", default: "" }, // names of cases, with commas
    realtime: { type: "boolean", default: false }, // this process and its children have that priority
    json: { type: "boolean", default: false },
  },
});
const [rounds, many, changes, idle] = [given.rounds, given.viewers, given.changes, given.idle].map(Number) as [number, number, number, number];
const few = Math.min(1_500, many);
const all: Case[] = [
  { name: "ours-1", kind: "ours", hubs: 1, viewers: many },
  { name: "ours-4", kind: "ours", hubs: 4, viewers: many },
  { name: "room", kind: "room", hubs: 0, viewers: many },
  { name: "socket.io", kind: "socket.io", hubs: 0, viewers: many },
  { name: "ws", kind: "ws", hubs: 0, viewers: many },
  { name: "ours-few", kind: "ours", hubs: 1, viewers: few },
  { name: "room-few", kind: "room", hubs: 0, viewers: few },
];
const cases = given.only ? all.filter(({ name }) => given.only.split(",").includes(name)) : all;
if (cases.length === 0 && given.only !== "load") throw new Error(`--only takes some of ${all.map(({ name }) => name).join(",")},load`);

endWhenInterrupted();

/** Makes one change and returns when the viewers received it, in ms since the request. */
async function change(server: Server, told: ReturnType<typeof audience>["told"], text: string) {
  const before = server.processor();
  await told<"listening">({ do: "listen" });
  const { asked, answered, answer } = await server.change(text);
  const { at, missed, twice, back, lost, frame } = await told<"heard">({ do: "heard", wait: 10_000 });
  const after = server.processor();
  const quantile = (share: number) => at[Math.ceil(at.length * share) - 1]! - asked;
  const seen: Seen = {
    first: at[0]! - asked, median: quantile(0.5), p99: quantile(0.99), last: quantile(1), answered: answered - asked,
    processor: before === null || after === null ? null : after - before,
    missed, twice, back, lost,
  };
  return { seen, answer, frame };
}

async function round(one: Case, frame: { text: string; rev: number }): Promise<Round> {
  const server = await start(one.kind, one.hubs);
  const { told, end } = audience();
  try {
    const next = () => frame.text.replace(/"rev":\d+/, `"rev":${++frame.rev}`);
    const memory = [server.memory()];
    const keep = () => memory.push(server.memory());
    const { port, path, greets } = server;
    const opened = await told<"opened">({ do: "open", port, path, viewers: one.viewers, greets });
    if (opened.refused.length > 0) throw new Error(`${one.name}: ${opened.refused.length} not let in: ${opened.refused[0]}`);
    await pause(1_000);
    keep();
    const seen: Seen[] = [];
    const make = async () => {
      const made = await change(server, told, next());
      seen.push(made.seen);
      if (one.kind === "ours") frame.text = made.frame;
      return made.answer;
    };
    for (let n = 0; n <= changes; n++) {
      await make();
      await pause(300);
    }
    keep();
    if (idle > 0) await pause(idle * 1_000);
    if (idle > 0) keep();
    const answer = await make();
    const each = opened.each.toSorted((a, b) => a - b);
    const joining = { sockets: each.length, took: opened.took, median: each[each.length >> 1]!, p99: each[Math.ceil(each.length * 0.99) - 1]! };
    return { joining, memory, seen, answer };
  } finally {
    await end();
    await server.end();
  }
}

try {
  prepare();
  // All servers send what ours sends: one viewer receives it first.
  const frame = { text: "", rev: 1_000 };
  say("looking at what ours sends");
  if (cases.length > 0) await round({ name: "ours-1", kind: "ours", hubs: 1, viewers: 1 }, frame);
  const done = Object.fromEntries(cases.map(({ name }) => [name, [] as Round[]]));
  for (let n = 0; n < rounds; n++) {
    for (const one of cases) {
      say(`round ${n + 1} of ${rounds}: ${one.name}`);
      done[one.name]!.push(await round(one, frame));
    }
  }
  say("");
  const { json, realtime } = given;
  if (cases.length > 0) print({ cases, rounds: done, changes, bytes: Buffer.byteLength(frame.text), pinned, realtime, stored, idle, json });
  if (!json && (!given.only || given.only.split(",").includes("load"))) {
    console.log("\nViewers as pages run them: downbeat load, four hubs");
    await load(many);
  }
} finally {
  endAll();
}
