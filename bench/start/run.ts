// The first start of a fresh clone: when the page answers, and when all is there. scripts/bench start.
//
// Each start happens in a folder of its own, with caches of its own for Cargo, npm and the scripts: first empty, then as that
// start left them. Only Rust's toolchain is this machine's. Beside it the starter that Cloudflare's own tool makes, with the same caches.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** How long a start may take before it counts as failed, in ms. */
const PATIENCE = 1_200_000;

const place = mkdtempSync(`${tmpdir()}/downbeat-start-`);
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  // Nothing of this checkout's.
  PATH: process.env["PATH"]!.split(":").filter((folder) => !folder.startsWith(`${ROOT}/`) && !folder.includes("/downbeat/tools/")).join(":"),
  CARGO_HOME: `${place}/cargo`,
  XDG_CACHE_HOME: `${place}/cache`,
  npm_config_cache: `${place}/npm`,
  npm_config_update_notifier: "false",
  RUSTUP_AUTO_INSTALL: "0",
  CREATE_CLOUDFLARE_TELEMETRY_DISABLED: "1",
  WRANGLER_SEND_METRICS: "false",
};
delete environment["CARGO_TARGET_DIR"];
delete environment["CARGO_INCREMENTAL"];

/** When something happened, in s since the start. */
interface Times {
  page: number;
  all: number;
}

const alive = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of alive) signal(child, "SIGTERM");
  rmSync(place, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => process.exit(130));

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, name);
  } catch {
    // All of it has ended.
  }
}

/** Runs a command until `url` answers and it has printed `last`; returns when each happened, in s, and ends it. */
async function start(env: NodeJS.ProcessEnv, cwd: string, url: string, last: RegExp, ...command: string[]): Promise<Times> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  const child = spawn(command[0]!, command.slice(1), { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  alive.add(child);
  let printed = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (text) => (printed += String(text)));
  let page: number | undefined;
  while (page === undefined || !last.test(printed)) {
    if (child.exitCode !== null || seconds() * 1_000 > PATIENCE) throw new Error(`${command.join(" ")} did not start:\n${printed.slice(-4_000)}`);
    page ??= (await answers(url)) ? seconds() : undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const all = seconds();
  const ended = new Promise((resolve) => child.once("exit", resolve));
  signal(child, "SIGTERM");
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000))]);
  signal(child, "SIGKILL");
  alive.delete(child);
  return { page, all };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function row(what: string, { page, all }: Times): void {
  console.log(`${what.padEnd(44)}${page.toFixed(1).padStart(12)} s${all.toFixed(1).padStart(12)} s`);
}

/** A start of a new clone, or a further one of the same. */
async function ours(clone: string): Promise<Times> {
  const port = await freePort();
  return start(environment, clone, `http://127.0.0.1:${port}/`, /^ +downbeat resume$/m, "scripts/dev", "--port", `${port}`);
}

/** The starter's start. Its tools need Node 22, which they do not bring. */
async function starter(name: string): Promise<Times> {
  const port = await freePort();
  const began = performance.now();
  const env = { ...environment, PATH: `${ROOT}/node_modules/node/bin:${environment["PATH"]}` };
  const made = ["--yes", "create-cloudflare@latest", name, "--type", "hello-world", "--lang", "ts", "--no-deploy", "--no-git", "--no-open", "--no-agents"];
  execFileSync("npx", made, { cwd: place, env, stdio: ["ignore", "pipe", "pipe"] });
  const before = (performance.now() - began) / 1_000;
  const { page } = await start(env, `${place}/${name}`, `http://127.0.0.1:${port}/`, /(?:)/, "npx", "wrangler", "dev", "--port", `${port}`, "--ip", "127.0.0.1", "--inspector-port", "0");
  return { page: before + page, all: before + page };
}

function clone(name: string): string {
  execFileSync("git", ["clone", "--quiet", "--no-local", ROOT, `${place}/${name}`], { stdio: "inherit" });
  return `${place}/${name}`;
}

mkdirSync(environment["CARGO_HOME"]!);
console.log(`${"".padEnd(44)}${"page".padStart(14)}${"all".padStart(14)}`);
if (!process.argv.includes("--peers")) {
  const first = clone("first");
  row("first start, caches empty", await ours(first));
  row("second start", await ours(first));
  rmSync(first, { recursive: true });
  row("first start of another clone, caches filled", await ours(clone("second")));
}
try {
  rmSync(environment["npm_config_cache"]!, { recursive: true, force: true });
  row("Cloudflare's starter, caches empty", await starter("starter-empty"));
  row("Cloudflare's starter, caches filled", await starter("starter-filled"));
} catch (error) {
  console.log(`Cloudflare's starter could not be started here: ${(error as Error).message.split("\n")[0]}`);
}
process.exit(0);
