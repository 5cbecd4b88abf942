// The servers that are compared: how each is started, and how a change is made on it.
import { type ChildProcess, execFileSync, spawn, spawnSync, type StdioOptions } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { buildSync } from "esbuild";

const root = new URL("../../", import.meta.url).pathname;
const place = `${root}target/bench/push`;
/** Whether the objects' storage is in memory: the speed of a disk is not what is measured. */
export const stored = existsSync("/dev/shm") ? "in memory" : "on the disk";
const state = stored === "in memory" ? `/dev/shm/downbeat-bench-${process.pid}` : `${place}/state`;
const token = `dbt_bench_${randomBytes(24).toString("base64url")}`;
const sha256 = createHash("sha256").update(token).digest("hex");

/** The program that serves. */
export type Kind = "ours" | "room" | "socket.io" | "ws";

/** A running server. */
export interface Server {
  port: number;
  path: string; // of its WebSockets
  greets: "state" | "socket.io" | "nothing";
  /** Makes a change; the other servers broadcast `text`, with its `rev`. */
  change(text: string): Promise<Change>;
  memory(): number; // resident, in KB
  processor(): number | null; // used so far, in ms; null if the system does not report it
  end(): Promise<void>;
}

/** A change; instants in ms of the machine's monotonic clock. */
export interface Change {
  asked: number;
  answered: number;
  answer: string;
}

/** Copies everything next to the configuration again. */
export function prepare() {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  cpSync(`${root}build`, `${place}/ours`, { recursive: true });
  cpSync(`${root}bench/push/config.capnp`, `${place}/config.capnp`);
  buildSync({
    entryPoints: [`${root}bench/push/room.ts`],
    outfile: `${place}/room.js`,
    ...{ bundle: true, format: "esm", target: "es2022", external: ["cloudflare:workers"], logLevel: "warning" },
  });
}

/** Starts one of them, with no viewers. Ours has a running event with that many hubs. */
export async function start(kind: Kind, hubs: number): Promise<Server> {
  const child = kind === "ours" || kind === "room" ? workerd(kind) : node(kind);
  const port = await child.port;
  const agent = new Agent({ keepAlive: true });
  const call = (method: string, path: string, body = "") => exchange({ port, agent, method, path, body });
  const paths = { ours: "/v1/events/main", room: "/parties/room/main", "socket.io": "/", ws: "/" };
  if (kind === "ours") {
    const made = await call("PUT", paths.ours, JSON.stringify({ startsAt: Date.now() - 60_000, title: "Spring gala", hubs }));
    if (made.status >= 300) throw new Error(`the event could not be made: ${made.answer}`);
  } else {
    await call("POST", paths[kind], "{}");
  }
  let told = 0;
  return {
    port,
    path: { ours: `${paths.ours}/live`, room: paths.room, "socket.io": "/socket.io/?EIO=4&transport=websocket", ws: "/" }[kind],
    greets: kind === "ours" ? "state" : kind === "socket.io" ? kind : "nothing",
    change: async (text) => {
      const message = `We will be back in a minute or two (${String(++told).padStart(4, "0")})`;
      const change = kind === "ours"
        ? await call("POST", `${paths.ours}/commands`, JSON.stringify({ id: randomUUID(), command: "announce", message }))
        : await call("POST", paths[kind], text);
      if (change.status !== 200) throw new Error(`${kind} answered ${change.status}: ${change.answer}`);
      return change;
    },
    memory: () => Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" })),
    processor: () => processor(child.pid),
    end: () => (agent.destroy(), child.end()),
  };
}

/** Runs `downbeat load` against ours, and returns what it found. */
export async function loaded(server: Server, command: string, args: string[]): Promise<Record<string, unknown>> {
  const given = ["load", `http://127.0.0.1:${server.port}`, ...args, "--yes", "--json"];
  const { child, ended } = program(1, command, given, ["ignore", "pipe", "ignore"]);
  let text = "";
  child.stdout!.setEncoding("utf8").on("data", (part) => (text += part));
  await ended;
  return JSON.parse(text) as Record<string, unknown>;
}

/** The command line as it was built. */
export const downbeat = `${root}target/release/downbeat`;

/** Runs the command line's own viewers against ours with four hubs, a pause among it; prints what it says. */
export async function load(viewers: number) {
  const server = await start("ours", 4);
  try {
    const what = ["--viewers", String(viewers), "--duration", "20s", "--pause-after", "5s", "--yes", "--no-color"];
    const args = ["load", `http://127.0.0.1:${server.port}`, ...what];
    await program(1, downbeat, args, ["ignore", "inherit", "inherit"]).ended;
  } finally {
    await server.end();
  }
}

const running = new Set<ChildProcess>();

/** Starts a program that ends with this one, pinned to that core if `taskset` is available. */
export function program(core: 0 | 1, command: string, args: string[], stdio: StdioOptions) {
  const bound = pinned ? ["taskset", "--cpu-list", String(core), command, ...args] : [command, ...args];
  const child = spawn(bound[0]!, bound.slice(1), {
    cwd: place,
    env: { ...process.env, DOWNBEAT_TOKEN: token, DOWNBEAT_TOKENS: JSON.stringify([{ id: "bench", sha256, scopes: ["operate", "read"], expires: null }]) },
    stdio,
  });
  running.add(child);
  const ended = new Promise<void>((done) => child.on("exit", () => (running.delete(child), done())));
  return { child, pid: child.pid!, ended, end: () => (child.kill("SIGKILL"), ended) };
}

/** Whether programs can be pinned to a core. */
export const pinned = spawnSync("taskset", ["--cpu-list", "0,1", "true"]).status === 0;

/** Ends what is still running. */
export function endAll() {
  for (const child of running) child.kill("SIGKILL");
  rmSync(state, { recursive: true, force: true });
}

function workerd(config: "ours" | "room") {
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state);
  const args = ["serve", "--control-fd=3", `--directory-path=state=${state}`, "config.capnp", config];
  const started = program(0, "workerd", args, ["ignore", "inherit", "inherit", "pipe"]);
  const port = new Promise<number>((listening, failed) => {
    let lines = "";
    started.child.stdio[3]!.on("data", (part) => {
      lines += part;
      const line = lines.split("\n").find((line) => line.includes('"listen"'));
      if (line) listening(JSON.parse(line).port);
    });
    started.ended.then(() => failed(new Error("workerd ended before it listened")));
  });
  return { ...started, port };
}

function node(kind: Kind) {
  const args = ["--no-warnings", `${root}bench/push/plain.ts`, kind];
  const started = program(0, process.execPath, args, ["ignore", "inherit", "inherit", "ipc"]);
  const port = new Promise<number>((listening, failed) => {
    started.child.once("message", (message: { port: number }) => listening(message.port));
    started.ended.then(() => failed(new Error(`${kind} ended before it listened`)));
  });
  return { ...started, port };
}

function exchange(to: { port: number; agent: Agent; method: string; path: string; body: string }) {
  return new Promise<Change & { status: number }>((done, failed) => {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(to.body),
    };
    const asked = monotonic();
    const call = request({ host: "127.0.0.1", headers, ...to }, (response) => {
      const answered = monotonic();
      let answer = "";
      response.setEncoding("utf8").on("data", (part) => (answer += part));
      response.on("end", () => done({ asked, answered, answer, status: response.statusCode! }));
    });
    call.on("error", failed);
    call.end(to.body);
  });
}

function monotonic() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The processor time of all threads of a process, in ms; Linux records it to the nanosecond. */
function processor(pid: number): number | null {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]), 0) / 1e6;
  } catch {
    return null;
  }
}
