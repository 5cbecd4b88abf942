// The built worker under plain workerd: it starts within a second, its process is known, and nothing stands before it. It
// has what wrangler.toml gives it, except R2 and the pages.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { freePort, ROOT } from "../../edge/harness/runtime.ts";
import { ENTRIES, type TokenEntry } from "../../edge/harness/tokens.ts";
import { until } from "../../edge/harness/until.ts";

/** How long it may take to answer for the first time, in ms. */
const START_PATIENCE = 60_000;

const alive = new Set<Workerd>();
process.on("exit", () => alive.forEach((runtime) => runtime.signal("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

/** Further options. */
export interface Options {
  tokens?: TokenEntry[];
  /** Variables of the worker, besides those of wrangler.toml. */
  variables?: Record<string, string>;
  /** Where its storage is; by default beside its configuration. */
  storage?: string;
  /** A module that goes before the built one, and the classes whose objects run in an isolate of their own. */
  before?: { text: string; apart: string[] };
}

/** The name of the module that goes before the built one. */
const BEFORE = "before.js";

export class Workerd {
  /** Its URL, without a slash at the end. It keeps it. */
  readonly url: string;
  /** Its own directory: its configuration and its output. */
  readonly directory: string;
  /** Where its objects' files are. */
  readonly storage: string;
  /** The environment of its process, for the next start. */
  readonly environment: Record<string, string> = {};
  #process: ChildProcess | undefined;

  private constructor(name: string, port: number, storage?: string) {
    this.directory = `${ROOT}/target/attack/${name}`;
    this.storage = storage ?? `${this.directory}/state`;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts it with empty storage. */
  static async start(name: string, options: Options = {}): Promise<Workerd> {
    const runtime = new Workerd(name, await freePort(), options.storage);
    rmSync(runtime.directory, { recursive: true, force: true });
    mkdirSync(runtime.storage, { recursive: true });
    for (const file of ["entry.js", "index.js", "index_bg.wasm"]) cpSync(`${ROOT}/build/${file}`, `${runtime.directory}/${file}`);
    if (options.before !== undefined) writeFileSync(`${runtime.directory}/${BEFORE}`, options.before.text);
    writeFileSync(`${runtime.directory}/config.capnp`, configuration(options));
    runtime.environment["DOWNBEAT_TOKENS"] = JSON.stringify(options.tokens ?? ENTRIES);
    await runtime.restart();
    return runtime;
  }

  get port(): number { return Number(new URL(this.url).port); }
  get isRunning(): boolean { return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null; }

  /** Starts it again, with the storage it left. */
  async restart(): Promise<void> {
    const output = openSync(`${this.directory}/output.log`, "a");
    const child = spawn(
      binary(),
      ["serve", "config.capnp", `--socket-addr=main=127.0.0.1:${this.port}`, `--directory-path=state=${this.storage}`],
      { cwd: this.directory, stdio: ["ignore", output, output], env: { ...process.env, ...this.environment } },
    );
    closeSync(output);
    this.#process = child;
    alive.add(this);
    const look = async () => child.exitCode ?? (await answers(`${this.url}/time`) ? "answers" : "silent");
    const seen = await until(look, (seen) => seen !== "silent", "the runtime to answer", START_PATIENCE);
    if (seen !== "answers") throw new Error(`the runtime ended with ${seen}:\n${this.output.slice(-4_000)}`);
  }

  /** Kills it at once, as a power failure would. */
  async kill(): Promise<void> {
    const child = this.#process!;
    this.signal("SIGKILL");
    if (this.isRunning) await once(child, "exit");
    alive.delete(this);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** What it wrote so far. */
  get output(): string { return readFileSync(`${this.directory}/output.log`, "utf8"); }

  /** Its resident memory, in bytes. */
  get memory(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.#process!.pid}/status`, "utf8"))!;
    return Number(kilobytes) * 1_024;
  }

  /** How many files its objects have. */
  get files(): number { return readdirSync(this.storage, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length; }
}

function binary(): string {
  const require = createRequire(`${ROOT}/node_modules/wrangler/package.json`);
  return (require("workerd") as { default: string }).default;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/** The configuration, with the objects and variables that wrangler.toml names. */
function configuration({ variables = {}, before }: Options): string {
  const wrangler = readFileSync(`${ROOT}/wrangler.toml`, "utf8");
  const [, date] = /^compatibility_date = "(.*)"/m.exec(wrangler)!;
  const objects = [...wrangler.matchAll(/^name = "(\w+)"\nclass_name = "(\w+)"/gm)].map(([, name, type]) => ({ name, type }));
  const [, vars = ""] = /^\[vars\]\n((?:.*\n)*?)\n*\[/m.exec(wrangler) ?? [];
  const named = Object.fromEntries([...vars.matchAll(/^(\w+) = "(.*)"/gm)].map(([, name, value]) => [name, value]));
  const texts = Object.entries({ ...named, ...variables });
  const modules = [...(before === undefined ? [] : [BEFORE]), "entry.js", "index.js", "index_bg.wasm"];
  const service = (type: string) => (before?.apart.includes(type) ? "apart" : "main");
  const worker = (name: string) => `    (name = "${name}", worker = (
      compatibilityDate = "${date}",
      modules = [
${modules.map((file) => `        (name = "${file}", ${file.endsWith(".js") ? "esModule" : "wasm"} = embed "${file}"),`).join("\n")}
      ],
      bindings = [
${objects.map(({ name, type }) => `        (name = "${name}", durableObjectNamespace = (className = "${type}", serviceName = "${service(type!)}")),`).join("\n")}
${texts.map(([name, value]) => `        (name = "${name}", text = ${JSON.stringify(value)}),`).join("\n")}
        (name = "DOWNBEAT_TOKENS", fromEnvironment = "DOWNBEAT_TOKENS"),
      ],
      durableObjectNamespaces = [
${objects.filter(({ type }) => service(type!) === name).map(({ type }) => `        (className = "${type}", uniqueKey = "${type}", enableSql = true),`).join("\n")}
      ],
      durableObjectStorage = (localDisk = "state"))),`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
${[...new Set(["main", ...objects.map(({ type }) => service(type!))])].map(worker).join("\n")}
    (name = "state", disk = (writable = true)),
  ],
  sockets = [(name = "main", http = (), service = "main")],
);
`;
}
