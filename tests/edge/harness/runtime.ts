// The built worker in the real Workers runtime, as its own process group: started, ended, killed, started again.

import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { fileURLToPath } from "node:url";
import { ENTRIES, type TokenEntry } from "./tokens.ts";
import { turn, until } from "./until.ts";

/** The root of the repository, without a slash at the end. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** How long the runtime may take to answer for the first time, in ms. */
const START_PATIENCE = 60_000;

/** How long it may take to end by itself, in ms. */
const END_PATIENCE = 5_000;

/**
 * What runs the worker, in the same runtime: "workerd" alone, as on a machine of one's own (packages/worker), or "wrangler" with
 * workerd, as a developer for Cloudflare does. wrangler takes some seconds of processor time at each start, and is in the way of
 * each request; it alone has buckets.
 */
export type Stack = "workerd" | "wrangler";

/** What a test gets that does not name one. */
const STACK: Stack = process.env["DOWNBEAT_STACK"] === "wrangler" ? "wrangler" : "workerd";

/** Where the worker stores rundowns: with their event, or in a bucket that is bound to it. */
export type RundownStore = "event" | "bucket";

/** How a runtime differs from most. */
export interface RuntimeOptions {
  stack?: Stack;
  /** With "bucket" it is wrangler's. */
  store?: RundownStore;
  /** What the worker's secret knows; with null it has none. */
  tokens?: TokenEntry[] | null;
  /** Further settings of the worker. */
  variables?: Record<string, string>;
}

const alive = new Set<Runtime>();
process.on("exit", () => alive.forEach((runtime) => runtime.signal("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

export class Runtime {
  /** Its URL, without a slash at the end. A restart changes the port. */
  url = "";
  /** Its own directory: its storage, its secret, its output. */
  readonly directory: string;
  readonly #stack: Stack;
  readonly #variables: Record<string, string>;
  #process: ChildProcess | undefined;

  private constructor(name: string, stack: Stack, variables: Record<string, string>) {
    this.directory = `${ROOT}/target/edge/${name}`;
    this.#stack = stack;
    this.#variables = variables;
  }

  /** Starts an empty runtime. */
  static async start(name: string, { store = "event", stack = store === "bucket" ? "wrangler" : STACK, tokens = ENTRIES, variables = {} }: RuntimeOptions = {}): Promise<Runtime> {
    const runtime = new Runtime(name, stack, variables);
    rmSync(runtime.directory, { recursive: true, force: true });
    mkdirSync(runtime.directory, { recursive: true });
    mkdirSync(`${runtime.directory}/state`);
    // A copy, so that a build in the meantime changes nothing here, and wrangler's leftovers stay here too.
    cpSync(`${ROOT}/build`, `${runtime.directory}/build`, { recursive: true });
    runtime.configure(store);
    // wrangler reads from this file what its configuration names as a secret; workerd reads all of it.
    const set = { ...(tokens ? { DOWNBEAT_TOKENS: JSON.stringify(tokens) } : {}), ...(stack === "workerd" ? variables : {}) };
    const secret = Object.entries(set).map(([name, value]) => `${name}='${value}'\n`).join("");
    writeFileSync(`${runtime.directory}/${stack === "workerd" ? "state/worker.env" : "secrets.env"}`, secret);
    await runtime.restart();
    return runtime;
  }

  /** Decides where the worker stores rundowns from the next start on; a bucket needs wrangler. */
  configure(store: RundownStore): void {
    const configuration = readFileSync(`${ROOT}/wrangler.toml`, "utf8");
    const bound = configuration.replace(/^# (\[\[r2_buckets\]\])\n# (binding = .*)\n# (bucket_name = .*)$/m, "$1\n$2\n$3");
    if (bound === configuration) throw new Error("wrangler.toml has no lines that bind a bucket");
    const set = Object.entries(this.#variables).map(([name, value]) => `${name} = '${value}'\n`).join("");
    const chosen = store === "bucket" ? bound : configuration;
    writeFileSync(`${this.directory}/wrangler.toml`, chosen.replace("[vars]\n", `[vars]\n${set}`));
  }

  /** Starts it again with the state it left. */
  async restart(): Promise<void> {
    const port = await freePort();
    const output = openSync(`${this.directory}/output.log`, "a");
    const child = spawn(process.execPath, ["--no-warnings", ...(this.#stack === "workerd" ? this.#serve(port) : this.#dev(port))], {
      ...{ cwd: ROOT, detached: true, stdio: ["ignore", output, output], env: quiet(this.directory) },
    });
    closeSync(output);
    this.#process = child;
    this.url = `http://127.0.0.1:${port}`;
    alive.add(this);
    const deadline = Date.now() + START_PATIENCE;
    while (!(await answers(`${this.url}/time`))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the runtime did not start:\n${readFileSync(`${this.directory}/output.log`, "utf8")}`);
      }
      await turn();
    }
  }

  #serve(port: number): string[] {
    return ["packages/worker/src/main.ts", "serve", "--state", `${this.directory}/state`, "--port", `${port}`];
  }

  #dev(port: number): string[] {
    // An env file is named even when it is empty; otherwise wrangler would use one of the developer's.
    return [
      ...["node_modules/wrangler/wrangler-dist/cli.js", "dev", "--local"],
      ...["--config", `${this.directory}/wrangler.toml`, "--env-file", `${this.directory}/secrets.env`],
      ...["--persist-to", `${this.directory}/state`, "--inspector-port", "0"],
      ...["--ip", "127.0.0.1", "--port", `${port}`],
      ...["--log-level", "error", "--show-interactive-dev-session=false"],
    ];
  }

  /** The folder with a folder for each class of objects. */
  get objects(): string {
    return `${this.directory}/state/${this.#stack === "workerd" ? "objects" : "v3/do"}`;
  }

  /** Kills wrangler and workerd at once, as a power failure would. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#gone();
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.signal("SIGTERM");
    const last = setTimeout(() => this.signal("SIGKILL"), END_PATIENCE);
    await this.#gone();
    clearTimeout(last);
    // In case something of the group outlived wrangler.
    this.signal("SIGKILL");
  }

  /** Signals the whole process group: wrangler and every workerd. */
  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#process!.pid!, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  async #gone(): Promise<void> {
    const child = this.#process!;
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    await until(() => accepts(Number(new URL(this.url).port)), (accepted) => !accepted, "the port to be closed");
    alive.delete(this);
  }
}

/** wrangler's environment: no metrics, no reports, and no files outside `directory`. */
function quiet(directory: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_WRITE_LOGS: "false",
    WRANGLER_REGISTRY_PATH: `${directory}/registry`,
  };
}

/**
 * Ports below those that systems take for outgoing connections: tests open thousands of these, also between the moment at
 * which a port is found free and that at which a runtime listens there, or is started there again.
 */
const [PORT_MIN, PORT_MAX] = [20_000, 32_000];

/** Returns a free port. */
export async function freePort(): Promise<number> {
  return (await freePorts(1))[0]!;
}

/** Returns `count` different free ports. They are held together, since a released port may be returned again. */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  while (servers.length < count) {
    const server = createServer().listen(randomInt(PORT_MIN, PORT_MAX), "127.0.0.1");
    const isFree = await once(server, "listening").then(() => true, (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
      return false;
    });
    if (isFree) servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
