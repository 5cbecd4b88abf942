// A long evening: /time at full rate, thousands of sockets of which a fifth is replaced every minute, readers and writers who
// are slow, and a pause amid all of it. What is measured is whether memory stays flat.
import { execFile, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { upgrade } from "../../tests/attack/harness/raw.ts";
import { Workerd } from "../../tests/attack/harness/workerd.ts";
import { begun } from "../../tests/edge/harness/calls.ts";
import { TOKENS } from "../../tests/edge/harness/tokens.ts";

const { values: given } = parseArgs({ options: { minutes: { type: "string", default: "10" }, viewers: { type: "string", default: "8000" } } });
const [seconds, viewers] = [Math.round(Number(given.minutes) * 60), Number(given.viewers)];
const SLOW = 50; // readers who read nothing, and as many who write a byte a second
const WARM = 0.25; // the part of each phase after which memory counts: before, caches fill
const root = new URL("../../", import.meta.url).pathname;
const MIB = 1_048_576;

/** Records the memory of the runtime every second; returns what to call at the end. */
function watchMemory(runtime: Workerd): () => { first: number; last: number; most: number; slope: number } {
  const seen: { at: number; bytes: number }[] = [];
  const timer = setInterval(() => seen.push({ at: performance.now() / 60_000, bytes: runtime.memory }), 1_000);
  return () => {
    clearInterval(timer);
    const warm = seen.slice(Math.floor(seen.length * WARM));
    const mean = (of: (one: (typeof warm)[number]) => number) => warm.reduce((sum, one) => sum + of(one), 0) / warm.length;
    const [at, bytes] = [mean((one) => one.at), mean((one) => one.bytes)];
    const slope = mean((one) => (one.at - at) * (one.bytes - bytes)) / mean((one) => (one.at - at) ** 2);
    return { first: warm[0]!.bytes, last: warm.at(-1)!.bytes, most: Math.max(...seen.map((one) => one.bytes)), slope };
  };
}

const show = (what: string, { first, last, most, slope }: ReturnType<ReturnType<typeof watchMemory>>) =>
  console.log(`| ${what} | ${Math.round(first / MIB)} MiB | ${Math.round(last / MIB)} MiB | ${Math.round(most / MIB)} MiB | ${(slope / MIB).toFixed(2)} MiB/min |`);

const run = (command: string, args: string[], env = {}): Promise<string> => new Promise((resolve, reject) =>
  execFile(command, args, { env: { ...process.env, ...env }, maxBuffer: 1 << 26 }, (error, out, err) => (error && !out ? reject(new Error(err)) : resolve(out))));

const runtime = await Workerd.start("endure");
const event = await begun(runtime, "main", 100_000, { hubs: 4 });

const ended = watchMemory(runtime);
const rate = await run("wrk", ["-t1", "-c32", `-d${seconds}s`, `${runtime.url}/time`]);
const questions = ended();

const slow: Socket[] = [];
for (let index = 0; index < SLOW; index++) {
  const reader = await upgrade(runtime.port, "/v1/events/main/live");
  if (reader !== undefined) slow.push(reader.pause());
  slow.push(connect(runtime.port, "127.0.0.1").on("error", () => {}));
}
slow.forEach((socket) => socket.on("error", () => {}));
const drip = setInterval(() => slow.forEach((socket, index) => index % 2 === 1 && !socket.destroyed && socket.write("x")), 1_000);
const background = spawn("wrk", ["-t1", "-c4", `-d${seconds}s`, `${runtime.url}/time`], { stdio: "ignore" });
const over = watchMemory(runtime);
const loaded = JSON.parse(await run(`${root}target/release/downbeat`, [
  "load", runtime.url, "--event", "main", "--viewers", `${viewers}`, "--duration", `${seconds}s`, "--churn", `${(0.2 * viewers) / 60}`,
  "--pause-after", `${Math.round(seconds / 2)}s`, "--yes", "--json",
], { DOWNBEAT_TOKEN: TOKENS.all, HOME: runtime.directory }));
const sockets = over();
clearInterval(drip);
slow.forEach((socket) => socket.destroy());
background.kill();
await event.command("resume");
await runtime.kill();

console.log("| phase | memory after a quarter of it | at the end | at most | slope |\n| --- | ---: | ---: | ---: | ---: |");
show(`/time, ${/Requests\/sec:\s+([\d.]+)/.exec(rate)?.[1] ?? "?"} a second for ${seconds} s`, questions);
show(`${viewers} viewers, a fifth replaced every minute, ${SLOW} slow readers and writers, ${seconds} s`, sockets);
console.log(`\nat the end ${loaded.sockets} sockets, ${loaded.behind} viewers behind, ${loaded.wentBack} went back; the pause: ${JSON.stringify(loaded.pause)}`);
