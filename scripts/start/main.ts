// What scripts/dev does once Node 22 is there: builds, starts the worker, says how to use it.
//
// usage: node scripts/start/main.ts PORT STATE CALLER      (CALLER: where the reader is, for the paths that are printed)

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { answers, end, event, runtime } from "../../packages/worker/src/dev.ts";
import { located } from "../../packages/worker/src/settings.ts";
import { ALL_SCOPES, makeToken } from "../../packages/worker/src/token.ts";
import { Steps } from "./steps.ts";

/** How long the runtime may take to answer for the first time, in ms: a busy machine. */
const START_PATIENCE = 60_000;

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const [port, state, caller] = process.argv.slice(2) as [string, string, string];
const url = `http://127.0.0.1:${port}`;
const steps = new Steps();

/** Writes what the worker, the command line and the reader's shell need to know, unless it is there. */
function prepare(): void {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const secret = (name: string, text: string) => writeFileSync(`${state}/${name}`, text, { mode: 0o600 });
  if (!existsSync(`${state}/secrets.env`)) {
    const { text, entry } = makeToken("local", ALL_SCOPES);
    secret("operator.token", `${text}\n`);
    secret("secrets.env", `DOWNBEAT_TOKENS='${JSON.stringify([entry])}'\n`);
  }
  // The port may be another than last time.
  secret("downbeat.toml", `# Written by scripts/dev.\n[profile.local]\nserver = "${url}"\nevent = "main"\ntokenFile = "operator.token"\n`);
  secret("env", `# Written by scripts/dev: for a shell, so that "downbeat" is found and knows this server.
export PATH=${quoted(`${ROOT}/target/quick`)}:"$PATH"
export DOWNBEAT_CONFIG=${quoted(`${state}/downbeat.toml`)}
`);
  // On a machine of one's own anyone may make rooms.
  const configuration = readFileSync(`${ROOT}/wrangler.toml`, "utf8").replace("[vars]\n", '[vars]\nROOMS = "open"\n');
  secret("wrangler.toml", located(configuration, `${ROOT}/target/dev-worker`, `${ROOT}/build/pages`));
}

/** Returns a path as the reader can type it: from where they are, if it is below. */
function typed(path: string): string {
  const near = relative(caller, path);
  const shown = near.startsWith("..") ? path : near;
  return /^[\w./-]+$/.test(shown) ? shown : quoted(shown);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Runs the command line against this server. */
async function downbeat(...words: string[]): Promise<string> {
  const environment = { PATH: process.env["PATH"], HOME: process.env["HOME"], DOWNBEAT_CONFIG: `${state}/downbeat.toml` };
  return (await promisify(execFile)(`${ROOT}/target/quick/downbeat`, words, { cwd: ROOT, env: environment })).stdout;
}

async function main(): Promise<void> {
  prepare();
  // The command line may wait: what it takes is done while the others leave a core idle, and after them.
  const commandLine = steps.run("the command line", 15, "scripts/build", "dev-cli");
  commandLine.catch(() => {});
  await Promise.all([
    steps.run("the worker", 0, "scripts/build", "dev-worker"),
    steps.run("the pages", 5, "scripts/build", "pages"),
  ]);

  const child = runtime(`${state}/wrangler.toml`, state, Number(port));
  const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  let stopped = false;
  const stop = async (code: number) => {
    stopped = true;
    steps.end();
    await end(child);
    process.exit(code);
  };
  stopping = () => stop(0);
  const deadline = Date.now() + START_PATIENCE;
  while (!(await answers(`${url}/time`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      console.error("the runtime did not start; the lines above say why");
      return stop(1);
    }
    await pause(50);
  }
  const token = readFileSync(`${state}/operator.token`, "utf8").trim();
  const found = await event(url, token);
  steps.clear();
  process.stdout.write(`${found.replace("--reset", "scripts/dev --reset")}
ready ${url}
Open in a browser: ${url} (viewer), ${url}/display (stage), ${url}/console (operator), ${url}/room (watch together)
The console asks for the operator's token: it is in ${typed(`${state}/operator.token`)}
Ctrl-C stops it.
`);

  try {
    await commandLine;
    const { rundown } = JSON.parse(await downbeat("event", "show", "--json")).state ?? {};
    if (!rundown) await downbeat("cues", "publish", "cues/good/demo.jsonc", "--yes");
    steps.clear();
    process.stdout.write(`${rundown ? "" : "The event's rundown is published: cues/good/demo.jsonc\n"}The command line is there. In another terminal:
  . ${typed(`${state}/env`)}
  downbeat pause -m "Back in a moment"
  downbeat resume
`);
  } catch (error) {
    if (stopped) return;
    steps.clear();
    console.error((error as Error).message);
    console.error("The worker runs all the same, without the command line.");
  }
  await ended;
  if (stopped) return;
  console.error("the runtime stopped; the lines above say why");
  return stop(1);
}

let stopping: () => void = () => {
  steps.end();
  process.exit(0);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping());

main().catch((error: unknown) => {
  steps.clear();
  steps.end();
  console.error((error as Error).message);
  process.exit(1);
});
