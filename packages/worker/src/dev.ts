import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { relative, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "./command.ts";
import { DEMO, PAGES, WORKER, template, wrangler } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import { located } from "./settings.ts";
import { ALL_SCOPES, makeToken } from "./token.ts";

const HELP = `runs the worker on this machine, as Cloudflare would, with an event that starts in 30 seconds

usage: downbeat-worker dev [--port N] [--state DIR] [--reset]
  --port N     listen on 127.0.0.1:N (8787)
  --state DIR  keep the event and the operator's token here (.downbeat)
  --reset      delete what is kept there first

Uses the wrangler.toml of this folder, or the one that comes with the package. Ctrl-C stops it; the next start finds the event as it
was. For programs on this machine only: to serve viewers, use deploy or serve.
`;

/** How long the runtime may take to answer for the first time, in ms: a busy machine. */
const START_PATIENCE = 60_000;

/** How long it may take to end by itself, in ms. */
const END_PATIENCE = 5_000;

/** When the first event begins, in ms from now. */
const EVENT_IN = 30_000;

export const dev: Command = {
  help: HELP,
  options: { port: { type: "string" }, state: { type: "string" }, reset: { type: "boolean" } },
  most: 0,
  async run({ port: given, state: folder, reset }) {
    const port = Number(given ?? 8787);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Refusal(`--port "${given}" is not a port: 1 to 65535`, 2);
    if (await accepts(port)) {
      throw new Refusal(`port ${port} is in use; stop what listens there, or choose another: downbeat-worker dev --port ${port + 1}`);
    }
    const state = resolve((folder as string | undefined) ?? ".downbeat");
    if (reset) for (const made of ["wrangler", "operator.token", "secrets.env"]) rmSync(`${state}/${made}`, { recursive: true, force: true });
    mkdirSync(state, { recursive: true, mode: 0o700 });
    const tokenFile = `${state}/operator.token`;
    if (!existsSync(`${state}/secrets.env`)) {
      const { text, entry } = makeToken("local", ALL_SCOPES);
      writeFileSync(tokenFile, `${text}\n`, { mode: 0o600 });
      writeFileSync(`${state}/secrets.env`, `DOWNBEAT_TOKENS='${JSON.stringify([entry])}'\n`, { mode: 0o600 });
    }
    let config = resolve("wrangler.toml");
    if (!existsSync(config)) {
      config = `${state}/wrangler.toml`;
      writeFileSync(config, located(template(), WORKER, PAGES));
    }

    const url = `http://127.0.0.1:${port}`;
    const child = runtime(config, state, port);
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => ((asked = true), void end(child)));
    const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
    const deadline = Date.now() + START_PATIENCE;
    while (!(await answers(`${url}/time`))) {
      if (asked) return ended;
      if (child.exitCode !== null || Date.now() > deadline) {
        await end(child);
        throw new Refusal("the runtime did not start; the lines above say why");
      }
      await pause(100);
    }
    const token = readFileSync(tokenFile, "utf8").trim();
    const about = await event(url, token);
    const cues = existsSync(DEMO) && (await publish(url, token, readFileSync(DEMO)));
    process.stdout.write(`${about}\n${cues ? "its cues are published: lights, particles and titles over the viewer page's clip\n" : ""}${words(url, relative(process.cwd(), tokenFile))}`);
    await ended;
    await end(child);
    if (!asked) throw new Refusal("the runtime stopped; the lines above say why");
  },
};

/** Starts wrangler in its own process group, so that the runtime ends with it, whatever wrangler does. */
export function runtime(config: string, state: string, port: number): ChildProcess {
  return spawn(
    process.execPath,
    [
      ...["--no-warnings", wrangler(), "dev", "--local", "--config", config, "--env-file", `${state}/secrets.env`],
      ...["--persist-to", `${state}/wrangler`, "--ip", "127.0.0.1", "--port", `${port}`, "--inspector-port", "0"],
      ...["--log-level", "error", "--show-interactive-dev-session=false"],
    ],
    {
      detached: process.platform !== "win32",
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false",
        WRANGLER_SEND_ERROR_REPORTS: "false", WRANGLER_WRITE_LOGS: "false",
      },
    },
  );
}

/** Ends it. */
export async function end(child: ChildProcess): Promise<void> {
  signal(child, "SIGTERM");
  for (let waited = 0; waited < END_PATIENCE && child.exitCode === null && child.signalCode === null; waited += 100) await pause(100);
  signal(child, "SIGKILL");
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (process.platform === "win32") child.kill(name);
    else process.kill(-child.pid!, name);
  } catch {
    // All of them have ended.
  }
}

/** Makes the event "main" if it is not there, and says what it is. */
export async function event(url: string, token: string): Promise<string> {
  const path = `${url}/v1/events/main`;
  if ((await fetch(path)).status !== 404) return "event main is as it was; --reset deletes it";
  const body = JSON.stringify({ title: "Downbeat demo", startsAt: Date.now() + EVENT_IN });
  const made = await fetch(path, { method: "PUT", headers: { authorization: `Bearer ${token}` }, body });
  if (!made.ok) throw new Refusal(`the event could not be made: ${await made.text()}`);
  return `event main starts in ${EVENT_IN / 1_000} s`;
}

/** Publishes a rundown for the event "main", unless it has one; returns whether it was published. */
async function publish(url: string, token: string, rundown: Buffer): Promise<boolean> {
  const path = `${url}/v1/events/main`;
  const current = (await (await fetch(path)).json()) as { rundown?: unknown };
  if (current.rundown) return false;
  const digest = createHash("sha256").update(rundown).digest("hex");
  const headers = { authorization: `Bearer ${token}` };
  const stored = await fetch(`${path}/rundowns/${digest}.json`, { method: "PUT", headers, body: new Uint8Array(rundown) });
  if (!stored.ok) throw new Refusal(`the event's cues could not be stored: ${await stored.text()}`);
  const body = JSON.stringify({ id: `demo-${digest.slice(0, 16)}`, command: "rundown", rundown: digest });
  const pointed = await fetch(`${path}/commands`, { method: "POST", headers, body });
  if (!pointed.ok) throw new Refusal(`the event's cues could not be published: ${await pointed.text()}`);
  return true;
}

function words(url: string, tokenFile: string): string {
  const flags = `--server ${url} --event main --token-file ${tokenFile}`;
  return `operator's token: ${tokenFile}
ready ${url}
Open in a browser: ${url} (viewer), ${url}/display (stage), ${url}/console (operator)
Try in another terminal; Ctrl-C here stops it:
  curl ${url}/time
  curl ${url}/v1/events/main/commands -H "Authorization: Bearer $(cat ${tokenFile})" -d '{"id":"first","command":"pause","message":"Back in a moment"}'
With the command line downbeat:
  downbeat pause ${flags} --message 'Back in a moment'
  downbeat resume ${flags}
`;
}

/** Returns whether something answers there. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Returns whether something listens there. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false)).once("connect", () => (socket.destroy(), resolve(true)));
  });
}
