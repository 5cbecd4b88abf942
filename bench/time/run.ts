// Loads four workers that answer GET /time alike, in turn, and compares them. `scripts/bench time` runs it.
import { spawn, execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";

const root = new URL("../../", import.meta.url).pathname;
const place = `${root}target/bench/time`;
const [rounds, seconds] = [Number(process.argv[2]), Number(process.argv[3])];
const names = ["ours", "json", "tuned", "usual"] as const;
type Name = (typeof names)[number];
const what: Record<Name, string> = {
  ours: "Downbeat's worker, its event's state behind it",
  json: "JavaScript, Response.json",
  tuned: "JavaScript, hand-tuned",
  usual: "Rust the usual way: Router, Response::from_json",
};

// Copies everything next to the configuration, with a new event for each run.
rmSync(`${place}/state`, { recursive: true, force: true });
mkdirSync(`${place}/state`, { recursive: true });
cpSync(`${root}build`, `${place}/ours`, { recursive: true });
for (const file of ["config.capnp", "json.js", "tuned.js"]) {
  cpSync(`${root}bench/time/${file}`, `${place}/${file}`);
}
const token = `dbt_bench_${randomBytes(24).toString("base64url")}`;
const sha256 = createHash("sha256").update(token).digest("hex");
const env: Record<string, string> = {
  DOWNBEAT_TOKENS: JSON.stringify([{ id: "bench", sha256, scopes: ["operate"], expires: null }]),
  REST: "{}",
};

// Starts a runtime with the named configuration; resolves when each of its sockets listens.
async function serve(config: string, sockets: readonly Name[]) {
  const child = spawn("workerd", ["serve", "--experimental", "--control-fd=3", "config.capnp", config], {
    cwd: place,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const ended = new Promise<void>((done) => child.on("exit", () => done()));
  const url = {} as Record<Name, string>;
  await new Promise<void>((listening, failed) => {
    let lines = "";
    child.stdio[3]!.on("data", (part) => {
      lines += part;
      for (const line of lines.split("\n").slice(0, -1)) {
        const { event, socket, port } = JSON.parse(line);
        if (event === "listen") url[socket as Name] = `http://127.0.0.1:${port}/time`;
      }
      if (sockets.every((name) => url[name])) listening();
    });
    ended.then(() => failed(new Error("workerd ended before it listened")));
  });
  return { url, end: () => (child.kill(), ended) };
}

// Milliseconds from starting the process to the first answer.
async function startUp(config: string, name: Name): Promise<number> {
  const from = performance.now();
  const { url, end } = await serve(config, [name]);
  await (await fetch(url[name])).text();
  const took = performance.now() - from;
  await end();
  return took;
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;

// The event's body, once; the others answer the same.
const alone = await serve("oursAlone", ["ours"]);
const made = await fetch(alone.url.ours.replace("/time", "/v1/events/main"), {
  method: "PUT",
  headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  body: JSON.stringify({ startsAt: Date.now() - 60_000 }),
});
if (!made.ok) throw new Error(`the event could not be made: ${made.status} ${await made.text()}`);
// The first answer waited for the event's object and says so ("receivedAt"); the next ones have a copy.
const atHand = async (url: string) => {
  for (let n = 0; n < 50; n++) {
    const body = await (await fetch(url)).text();
    if (body.includes('"status":"running"') && !body.includes("receivedAt")) return body;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`the event does not run: ${await (await fetch(url)).text()}`);
};
const body = await atHand(alone.url.ours);
env["REST"] = body.replace(/^\{"serverTime":\d+,/, "{");
await alone.end();

const all = await serve("config", names);
const rate = { ours: [], json: [], tuned: [], usual: [] } as Record<Name, number[]>;
try {
  await atHand(all.url.ours);
  const answers = await Promise.all(names.map(async (name) => {
    const answer = await fetch(all.url[name]);
    const headers = ["content-type", "content-length", "cache-control", "access-control-allow-origin", "timing-allow-origin"];
    return [await answer.text(), ...headers.map((header) => answer.headers.get(header))].join("\n").replace(/\d{13}/, "T");
  }));
  for (const [n, name] of names.entries()) {
    if (answers[n] !== answers[0]) throw new Error(`${name} answers differently:\n${answers[n]}\n${answers[0]}`);
  }
  // Round 0 warms up and does not count; each round goes through all four, so a slow moment affects them alike.
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const report = execFileSync("wrk", ["-t1", "-c32", `-d${seconds}s`, all.url[name]], { encoding: "utf8" });
      if (/Non-2xx|Socket errors/.test(report)) throw new Error(`${name}: ${report}`);
      if (round > 0) rate[name].push(Number(/Requests\/sec:\s*([\d.]+)/.exec(report)![1]));
    }
    if (process.stderr.isTTY) process.stderr.write(`round ${round} of ${rounds}${round < rounds ? "\r" : "\n"}`);
  }
} finally {
  await all.end();
}

const start = { ours: [], json: [] } as Record<"ours" | "json", number[]>;
for (let n = 0; n < 7; n++) {
  start.ours.push(await startUp("oursAlone", "ours"));
  start.json.push(await startUp("jsonAlone", "json"));
}

const integer = new Intl.NumberFormat("en");
const middle = Object.fromEntries(names.map((name) => [name, median(rate[name])])) as Record<Name, number>;
console.log(`GET /time, requests per second, median of ${rounds} rounds of ${seconds} s (min–max), 32 connections, one runtime`);
for (const name of names) {
  const span = [Math.min(...rate[name]), Math.max(...rate[name])].map((n) => integer.format(Math.round(n))).join("–");
  console.log(`  ${what[name].padEnd(50)} ${integer.format(Math.round(middle[name])).padStart(7)}  (${span})`);
}
console.log("Ours against the others");
const reach: Record<Exclude<Name, "ours">, number> = { json: 1, tuned: 0.9, usual: 1.5 };
for (const name of ["json", "tuned", "usual"] as const) {
  const ratio = middle.ours / middle[name];
  const verdict = ratio >= reach[name] ? "reached" : "missed";
  console.log(`  ${what[name].padEnd(50)} ${ratio.toFixed(2).padStart(6)} ×  (to reach: ${reach[name].toFixed(1)} ×, ${verdict})`);
}
console.log("Size in bytes, and as gzip");
const files = { "ours, wasm": "ours/index_bg.wasm", "ours, JavaScript": "ours/index.js", "the usual way, wasm": "usual/index_bg.wasm" };
for (const [label, file] of Object.entries(files)) {
  const bytes = readFileSync(`${place}/${file}`);
  const packed = gzipSync(bytes, { level: 9 }).length;
  console.log(`  ${label.padEnd(50)} ${integer.format(bytes.length).padStart(7)}  ${integer.format(packed).padStart(7)}`);
}
console.log("From starting the runtime to its first answer, median of 7, in ms");
for (const name of ["ours", "json"] as const) {
  console.log(`  ${what[name].padEnd(50)} ${median(start[name]).toFixed(0).padStart(7)}`);
}
