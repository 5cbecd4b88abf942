// `downbeat-worker serve`: the worker on a machine of one's own, its state, and what a backup of it is worth.

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import type { Socket } from "node:net";
import { after, test } from "node:test";
import { call, Event, now } from "./harness/calls.ts";
import { ROOT, freePort } from "./harness/runtime.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";

const DIRECTORY = `${ROOT}/target/edge/serve`;
const PROGRAM = ["--no-warnings", `${ROOT}/packages/worker/src/main.ts`];

rmSync(DIRECTORY, { recursive: true, force: true });
mkdirSync(DIRECTORY, { recursive: true });

/** Runs `downbeat-worker` to its end. */
function run(...args: string[]) {
  return spawnSync(process.execPath, [...PROGRAM, ...args], { cwd: DIRECTORY, encoding: "utf8" });
}

interface Served {
  readonly url: string;
  readonly output: string;
  readonly token: string;
  end(): Promise<void>;
}

const running = new Set<ChildProcess>();
after(() => running.forEach((child) => child.kill("SIGTERM")));

/** Ends `child` with the tests, also if one fails before it ends it: a process that node waits for would keep them from ending. */
function endsWithTests(child: ChildProcess): void {
  running.add(child);
  child.unref();
  (child.stdout as Socket).unref();
}

/** Serves from a state in the tests' folder until the test ends it. */
async function serve(state: string, ...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [...PROGRAM, "serve", "--port", "0", "--state", state, ...args], { cwd: DIRECTORY, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  for await (const bytes of child.stdout!.iterator({ destroyOnReturn: false })) {
    output += String(bytes);
    if (output.includes("/console")) break;
  }
  child.stdout!.resume();
  endsWithTests(child);
  return {
    url: /^(?:listening on|ready) (.*)$/m.exec(output)![1]!,
    output,
    token: readFileSync(`${DIRECTORY}/${state}/operator.token`, "utf8").trim(),
    end: async () => {
      child.ref();
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      running.delete(child);
      assert.equal(child.exitCode, 0);
    },
  };
}

test("the first start makes a token that may everything, which only its owner can read, and the next one keeps it", async () => {
  const served = await serve("first");
  const { body } = await call<{ id: string; scopes: string[] }>(served, "GET", "/v1/token", { token: served.token });
  assert.deepEqual([body.id, body.scopes.toSorted()], ["owner", ["admin", "emergency", "operate", "publish", "read"]]);
  for (const file of ["operator.token", "worker.env", "run/config.capnp"]) {
    assert.equal(statSync(`${DIRECTORY}/first/${file}`).mode & 0o077, 0, file);
  }
  assert.doesNotMatch(readFileSync(`${DIRECTORY}/first/run/config.capnp`, "utf8"), /sha256/, "no secret is in the configuration");
  const event = new Event(served, "kept");
  await event.put({ startsAt: await now(served), title: "Kept" }, served.token);
  await served.end();
  const again = await serve("first");
  assert.equal(again.token, served.token);
  assert.equal((await new Event(again, "kept").state()).title, "Kept");
  await again.end();
});

test("two cannot serve from one state", async () => {
  const served = await serve("single");
  for (const command of [["serve"], ["restore", "any.tar.gz"]]) {
    writeFileSync(`${DIRECTORY}/any.tar.gz`, "");
    const { status, stderr } = run(...command, "--state", "single");
    assert.equal(status, 1);
    assert.match(stderr, /^error: .*single is in use: something serves from it/);
  }
  await served.end();
});

test("variables are those of worker.env, and pages say where a signed pause is", async () => {
  await (await serve("settings")).end();
  appendFileSync(`${DIRECTORY}/settings/worker.env`, "DEFAULT_EVENT=gala\nEMERGENCY_URL=https://cdn.example/{event}.json?a=1&b=2\n");
  const served = await serve("settings");
  const event = new Event(served, "gala");
  await event.put({ startsAt: await now(served), title: "Gala" }, served.token);
  const { epoch } = await event.state();
  const time = () => call<{ epoch: string | null }>(served, "GET", "/time");
  // It was asked for the time before the event was there.
  await until(time, ({ body }) => body.epoch === epoch, "the default event to be gala");
  const { text } = await call(served, "GET", "/");
  assert.match(text, /content="https:\/\/cdn\.example\/\{event\}\.json\?a=1&amp;b=2"/);
  await served.end();
});

test("pages are compressed, in parts where asked, and have one address each", async () => {
  const served = await serve("pages");
  const get = (path: string, headers = {}) => fetch(served.url + path, { headers, redirect: "manual" });
  const client = await get("/downbeat-client.js", { "accept-encoding": "gzip" });
  assert.deepEqual([client.headers.get("content-encoding"), client.headers.get("vary")], ["gzip", "accept-encoding"]);
  assert.equal(await client.text(), readFileSync(`${ROOT}/build/pages/downbeat-client.js`, "utf8"));
  const plain = await get("/downbeat-client.js", { "accept-encoding": "identity" });
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.notEqual(plain.headers.get("etag"), client.headers.get("etag"));
  const part = await get("/clip.mp4", { range: "bytes=4-7" });
  assert.deepEqual([part.status, await part.text()], [206, "ftyp"]);
  for (const [path, to] of [["/console.html", "/console"], ["/console/", "/console"], ["/index.html?event=gala", "/?event=gala"]]) {
    const moved = await get(path!);
    assert.deepEqual([moved.status, moved.headers.get("location")], [307, to]);
  }
  await served.end();
});

test("workerd speaks HTTPS with a certificate, and the address is the domain", async () => {
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=time.example.com",
    "-addext", "subjectAltName=DNS:time.example.com", "-keyout", "key.pem", "-out", "cert.pem"], { cwd: DIRECTORY, stdio: "pipe" });
  const served = await serve("tls", "--domain", "time.example.com", "--host", "127.0.0.1", "--tls-cert", "cert.pem", "--tls-key", "key.pem");
  const port = Number(new URL(served.url).port);
  assert.match(served.output, new RegExp(`^ready https://time\\.example\\.com:${port}$`, "m"));
  const ca = readFileSync(`${DIRECTORY}/cert.pem`);
  const status = await new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, servername: "time.example.com", path: "/time", ca }, (response) => (response.resume(), resolve(response.statusCode))).on("error", reject).end();
  });
  assert.equal(status, 200);
  await served.end();
});

test("a backup made amid an event is that event, and a damaged one changes nothing", async () => {
  const served = await serve("origin");
  const event = new Event(served, "gala");
  await event.put({ startsAt: await now(served), title: "Gala" }, served.token);
  const send = (body: object) => call(served, "POST", `${event.path}/commands`, { token: served.token, body });
  await send({ id: "p1", command: "pause", message: "Back soon" });
  const viewer = await Viewer.join(served, "gala");
  const made = run("backup", "gala.tar.gz", "--state", "origin");
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /^wrote .*gala\.tar\.gz: \d+ objects/);
  assert.equal(statSync(`${DIRECTORY}/gala.tar.gz`).mode & 0o077, 0, "it has the secrets");
  assert.match(run("backup", "gala.tar.gz", "--state", "origin").stderr, /is there already, and a backup replaces no file/);
  const saved = await event.state();
  await send({ id: "r1", command: "resume" });
  viewer.end();
  await served.end();

  const refused = run("restore", "gala.tar.gz", "--state", "origin");
  assert.match(refused.stderr, /has a state already; --replace puts the backup in its place/);
  const bytes = readFileSync(`${DIRECTORY}/gala.tar.gz`);
  writeFileSync(`${DIRECTORY}/damaged.tar.gz`, bytes.subarray(0, bytes.length / 2));
  const damaged = run("restore", "damaged.tar.gz", "--state", "elsewhere");
  assert.match(damaged.stderr, /not a backup .* nothing was changed/);

  const restored = run("restore", "gala.tar.gz", "--state", "elsewhere");
  assert.equal(restored.status, 0, restored.stderr);
  const other = await serve("elsewhere");
  assert.equal(other.token, served.token, "tokens are part of the state");
  const state = await new Event(other, "gala").state();
  assert.deepEqual([state.title, state.rev, state.timeline, state.messages], [saved.title, saved.rev, saved.timeline, saved.messages]);
  const again = await call(other, "POST", `${event.path}/commands`, { token: other.token, body: { id: "r2", command: "resume" } });
  assert.equal(again.status, 200, again.text);
  await other.end();

  // In the place of what is there, which is kept beside it.
  assert.equal(run("restore", "gala.tar.gz", "--state", "origin", "--replace").status, 0);
  const kept = readdirSync(`${DIRECTORY}/origin`).filter((name) => name.startsWith("before-restore-"));
  assert.equal(kept.length, 1);
  assert.ok(readdirSync(`${DIRECTORY}/origin/${kept[0]}/objects`).length > 0);
});

test("a viewer who knows a later revision accepts the restored state at once", async () => {
  const port = `${await freePort()}`;
  const served = await serve("ahead", "--port", port);
  const event = new Event(served, "gala");
  const send = (body: object) => call<{ rev: number }>(served, "POST", `${event.path}/commands`, { token: served.token, body });
  await event.put({ startsAt: await now(served), title: "Gala" }, served.token);
  await send({ id: "p1", command: "pause", message: "Back soon" });
  assert.equal(run("backup", "ahead.tar.gz", "--state", "ahead").status, 0);
  for (const id of ["a1", "a2", "a3"]) await send({ id, command: "announce", message: id });
  await send({ id: "r1", command: "resume" });
  // A real session, in the command line.
  const watch = spawn(`${ROOT}/target/debug/downbeat`, ["watch", "--json", "--server", served.url, "--event", "gala", "--for", "90s", "--every", "1s"], {
    stdio: ["ignore", "pipe", "inherit"], env: { PATH: process.env["PATH"], HOME: DIRECTORY },
  });
  endsWithTests(watch);
  let lines = "";
  watch.stdout.on("data", (bytes) => void (lines += String(bytes)));
  const changes = async () => lines.split("\n").slice(0, -1).map((line) => JSON.parse(line)).filter(({ type }) => type === "change").map(({ state }) => state);
  await until(changes, (seen) => seen.at(-1)?.rev === 6, "the viewer to know revision 6");
  await served.end();
  assert.equal(run("restore", "ahead.tar.gz", "--state", "ahead", "--replace").status, 0);
  const again = await serve("ahead", "--port", port);
  const seen = await until(changes, (seen) => seen.at(-1)?.rev === 2, "the viewer to accept revision 2");
  assert.equal(seen.at(-1)!.status, "paused");
  assert.equal(seen.at(-1)!.replaces, seen.at(-2)!.epoch);
  watch.kill("SIGTERM");
  running.delete(watch);
  await again.end();
});

test("a signal that comes before it listens ends it, and workerd with it", async () => {
  const child = spawn(process.execPath, [...PROGRAM, "serve", "--port", "0", "--state", "early"], { cwd: DIRECTORY, stdio: ["ignore", "ignore", "inherit"] });
  running.add(child);
  const started = async () => spawnSync("pgrep", ["-P", `${child.pid}`], { encoding: "utf8" }).stdout.trim();
  const workerd = Number(await until(started, (pid) => pid !== "", "workerd to be started"));
  child.kill("SIGTERM");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  running.delete(child);
  assert.deepEqual([child.exitCode, child.signalCode], [0, null]);
  const gone = async () => {
    try {
      return !process.kill(workerd, 0);
    } catch {
      return true;
    }
  };
  await until(gone, (gone) => gone, "workerd to have ended");
});

test("what is wrong is said with what to do", () => {
  for (const [args, status, words] of [
    [["sevre"], 2, /there is no command "sevre"; there are init, dev, deploy, serve, backup, restore/],
    [["serve", "--prot", "1"], 2, /Unknown option '--prot'; see downbeat-worker serve --help/],
    [["serve", "--port", "70000"], 2, /--port "70000" is not a port: 0 to 65535/],
    [["serve", "--tls-cert", "cert.pem"], 2, /--tls-cert and --tls-key belong together/],
    [["serve", "--tls-cert", "none.pem", "--tls-key", "none.pem"], 1, /none\.pem does not exist/],
    [["backup"], 2, /name the file to write/],
    [["backup", "new.tar.gz", "--state", "nothing"], 1, /nothing has no state of "downbeat-worker serve"/],
    [["restore", "nothing.tar.gz"], 1, /nothing\.tar\.gz does not exist/],
  ] as [string[], number, RegExp][]) {
    const ran = run(...args);
    assert.deepEqual([ran.status, ran.stdout], [status, ""], args.join(" "));
    assert.match(ran.stderr, words);
    assert.match(ran.stderr, /^error: /);
  }
});
