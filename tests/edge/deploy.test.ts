// `downbeat-worker deploy`: with wrangler itself where no account is needed, and a stand-in for it where one is. The worker that is
// live, and the one that is deployed, are real.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { after, before, beforeEach, test } from "node:test";
import { call, Event, now } from "./harness/calls.ts";
import { ROOT, freePort } from "./harness/runtime.ts";
import { until } from "./harness/until.ts";
import type { StandIn } from "./harness/wrangler.ts";

const DIRECTORY = `${ROOT}/target/edge/deploy`;
const PROGRAM = ["--no-warnings", `${ROOT}/packages/worker/src/main.ts`];
const FILE = `${DIRECTORY}/account.json`;
const ACCOUNT = { id: "a".repeat(32), name: "Gala Ltd" };

/** A worker that is live, at a port of its own. */
let live: { url: string; port: number; child: ChildProcess; token: string };

function start(state: string, port: number): ChildProcess {
  return spawn(process.execPath, [...PROGRAM, "serve", "--state", state, "--port", `${port}`], { cwd: DIRECTORY, stdio: ["ignore", "ignore", "inherit"] });
}

async function answers(url: string): Promise<void> {
  await until(() => fetch(`${url}/time`).then((it) => it.ok, () => false), (ok) => ok, "the worker to answer");
}

before(async () => {
  rmSync(DIRECTORY, { recursive: true, force: true });
  mkdirSync(DIRECTORY, { recursive: true });
  const port = await freePort();
  const child = start("live", port);
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  live = { url, port, child, token: readFileSync(`${DIRECTORY}/live/operator.token`, "utf8").trim() };
});
after(() => void live?.child.kill("SIGTERM"));

beforeEach(() => {
  for (const made of ["project", "account.json.calls", "account.json.secrets"]) rmSync(`${DIRECTORY}/${made}`, { recursive: true, force: true });
  mkdirSync(`${DIRECTORY}/project`);
  const settings = readFileSync(`${ROOT}/wrangler.toml`, "utf8").replaceAll(/"build\//g, `"${ROOT}/build/`);
  writeFileSync(`${DIRECTORY}/project/wrangler.toml`, settings);
});

interface Ran { exit: number | null; stdout: string; stderr: string }

async function deploy(account: StandIn, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  writeFileSync(FILE, JSON.stringify(account));
  const child = spawn(process.execPath, [...PROGRAM, "deploy", ...args], {
    cwd: `${DIRECTORY}/project`,
    stdio: ["ignore", "pipe", "pipe"],
    // Without the command line: what it would look at is looked at here.
    env: { HOME: DIRECTORY, PATH: "/nowhere", STAND_IN: FILE, DOWNBEAT_WRANGLER: `${ROOT}/tests/edge/harness/wrangler.ts`, WRANGLER_SEND_METRICS: "false", ...env },
  });
  const ran: Ran = { exit: null, stdout: "", stderr: "" };
  child.stdout.on("data", (bytes) => void (ran.stdout += String(bytes)));
  child.stderr.on("data", (bytes) => void (ran.stderr += String(bytes)));
  [ran.exit] = await once(child, "close");
  return ran;
}

const calls = (): string[] => (existsSync(`${FILE}.calls`) ? readFileSync(`${FILE}.calls`, "utf8").trim().split("\n").map((line) => line.split(" --")[0]!) : []);

test("--dry-run bundles with wrangler itself, says every step, and asks nobody", async () => {
  const { exit, stdout, stderr } = await deploy({ targets: [] }, ["--dry-run"]);
  assert.equal(exit, 0, stderr);
  assert.match(stdout, /^bundle    [\d.]+ KiB \/ gzip: [\d.]+ KiB$/m);
  assert.match(stdout, /^plan      nothing in the settings needs the paid plan$/m);
  for (let step = 1; step <= 7; step += 1) assert.ok(stdout.includes(`\n  ${step}. `), `step ${step}`);
  assert.deepEqual(calls(), ["deploy"]);
  assert.ok(!existsSync(`${DIRECTORY}/project/operator.token`));
});

test("without a sign-in, or with several accounts, nothing is deployed", async () => {
  const none = await deploy({ targets: [] }, []);
  assert.deepEqual([none.exit, calls()], [1, ["whoami"]]);
  assert.match(none.stderr, /npx wrangler login.*CLOUDFLARE_API_TOKEN/);
  const accounts = [ACCOUNT, { id: "b".repeat(32), name: "Private" }];
  const several = await deploy({ accounts, targets: [] }, []);
  assert.match(several.stderr, /2 accounts; name one as account_id[^]*Gala Ltd[^]*Private/);
  const other = await deploy({ accounts, targets: [] }, [], { CLOUDFLARE_ACCOUNT_ID: "c".repeat(32) });
  assert.match(other.stderr, /does not have the account c+; it has:/);
});

test("the first deployment makes the first operator's token, and waits until the worker knows it", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = deploy({ accounts: [ACCOUNT], targets: [url] }, []);
  // What Cloudflare does: the worker starts, with the secret that came along.
  await until(async () => existsSync(`${FILE}.secrets`), (there) => there, "the deployment");
  const { DOWNBEAT_TOKENS: secret } = JSON.parse(readFileSync(`${FILE}.secrets`, "utf8"));
  mkdirSync(`${DIRECTORY}/deployed`);
  writeFileSync(`${DIRECTORY}/deployed/worker.env`, `DOWNBEAT_TOKENS='${secret}'\n`);
  const child = start("deployed", port);
  const { exit, stdout, stderr } = await running;
  assert.equal(exit, 0, stdout + stderr);
  assert.match(stdout, /^secret    this is the first deployment$/m);
  assert.match(stdout, /^answers   Downbeat \d+\.\d+\.\d+ at http/m);
  assert.match(stdout, /^ok    token    owner: .*admin/m);
  const file = `${DIRECTORY}/project/operator.token`;
  assert.equal(statSync(file).mode & 0o077, 0);
  const token = readFileSync(file, "utf8").trim();
  assert.equal((await call({ url }, "GET", "/v1/token", { token })).status, 200);
  assert.ok(!(stdout + stderr).includes(token), "the token is in no output");

  // The next one knows where the worker answers, and asks it.
  const next = await deploy({ accounts: [ACCOUNT], secrets: ["DOWNBEAT_TOKENS"], targets: [url] }, []);
  assert.equal(next.exit, 0, next.stderr);
  assert.match(next.stdout, /^events    none is live or starts within an hour$/m);
  child.kill("SIGTERM");
  await once(child, "exit");
});

test("a deployment that fails leaves no token behind", async () => {
  const { exit, stderr } = await deploy({ accounts: [ACCOUNT], fails: true, targets: [] }, []);
  assert.equal(exit, 1);
  assert.match(stderr, /error: not deployed; wrangler says why above/);
  assert.ok(!existsSync(`${DIRECTORY}/project/operator.token`));
});

test("while an event is live or near nothing is deployed, unless asked for", async () => {
  writeFileSync(`${DIRECTORY}/project/operator.token`, live.token);
  const account = { accounts: [ACCOUNT], secrets: ["DOWNBEAT_TOKENS"], targets: [live.url] };
  const args = ["--server", live.url];
  const at = await now(live);
  for (const [name, startsAt] of [["gala", at], ["near", at + 1_800_000], ["far", at + 86_400_000]] as const) {
    await new Event(live, name).put({ startsAt, title: name }, live.token);
  }
  const refused = await deploy(account, args);
  assert.equal(refused.exit, 1);
  assert.match(refused.stdout, /^events    gala is running, and began at \d{4}-/m);
  assert.match(refused.stdout, /^events    near starts in 30 min, at \d{4}-/m);
  assert.doesNotMatch(refused.stdout, /far/);
  assert.match(refused.stderr, /not deployed: it would close the sockets of everyone who is watching\. --while-live deploys anyway/);
  assert.ok(!calls().includes("deploy"));
  const anyway = await deploy(account, [...args, "--while-live"]);
  assert.equal(anyway.exit, 0, anyway.stderr);
  assert.match(anyway.stdout, /^events    gala is running/m);
});

test("what cannot be asked counts as live", async () => {
  const account = { accounts: [ACCOUNT], secrets: ["DOWNBEAT_TOKENS"], targets: [live.url] };
  for (const [args, words] of [
    [[], /where it answers is not known here; name it: --server URL/],
    [["--server", live.url], /name a token with the scope read: --token-file FILE/],
    [["--server", `http://127.0.0.1:${await freePort()}`], /whether an event is live cannot be asked at http/],
  ] as [string[], RegExp][]) {
    const { exit, stdout } = await deploy(account, args);
    assert.equal(exit, 1);
    assert.match(stdout, words);
  }
  const wrong = await deploy(account, ["--server", live.url], { DOWNBEAT_TOKEN: `dbt_owner_${"0".repeat(64)}` });
  assert.match(wrong.stdout, /does not let this token list the events \(401\)/);
  assert.ok(!calls().includes("deploy"));
});
