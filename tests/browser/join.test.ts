// What a developer meets at first: wrong options, values that are readable at any time, leaving, and pages without a document.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun, call } from "../edge/harness/calls.ts";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { sha256, TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { patient, show, state } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";
import { turn, Viewer } from "./harness/viewer.ts";

const CLIENT = `${ROOT}/build/client/downbeat-client.js`;
const { join } = (await import(CLIENT)) as { join(options: any): Promise<any> };

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser, ours] = await Promise.all([Runtime.start("browser-join"), launch(), site()]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

test("a wrong option is refused at once, by its name, before anything is asked", async () => {
  const asked: string[] = [];
  const server = createServer(({ url }, response) => { asked.push(url!); response.writeHead(404).end(); }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const right = { server: url, event: "main" };
  const key = "A".repeat(43);
  const wrong: [options: unknown, names: RegExp][] = [
    [undefined, /object of server/], [null, /object of server/], [{}, /server/], ["main", /object of server/], [{ server: url }, /event/], [{ event: "main" }, /server/],
    [{ ...right, event: undefined }, /event/], [{ ...right, event: "" }, /event/], [{ ...right, event: "Main" }, /event.*Main/],
    [{ ...right, event: "../x" }, /event/], [{ ...right, event: 7 }, /event/], [{ ...right, event: ["main"] }, /event/],
    [{ ...right, server: "downbeat.example.workers.dev" }, /server.*http/], [{ ...right, server: "localhost:8787" }, /server.*http/],
    [{ ...right, server: "wss://downbeat.example" }, /server/], [{ ...right, server: "/" }, /server/],
    [{ ...right, server: "https://downbeat.example/?a=1" }, /server/], [{ ...right, server: "https://me@downbeat.example" }, /server/],
    [{ ...right, evnet: "main" }, /evnet.*event/], [{ ...right, Preload: true }, /Preload/], [{ ...right, toString: 1 }, /toString/],
    [{ ...right, preload: "no" }, /preload.*true/], [{ ...right, locales: "en" }, /locales/], [{ ...right, locales: [1] }, /locales/],
    [{ ...right, emergency: true }, /emergency/], [{ ...right, emergency: { url: "https://cdn.example/c.json" } }, /emergency/],
    [{ ...right, emergency: { url: "cdn.example/c.json", key } }, /emergency/],
    [{ ...right, emergency: { url: "https://cdn.example/c.json", key: "short" } }, /emergency/],
    [{ ...right, emergency: { url: "https://cdn.example/c.json", key, Key: key } }, /emergency.*Key/],
    [{ ...right, signal: true }, /signal/], [{ ...right, signal: new AbortController() }, /signal/],
  ];
  for (const [options, names] of wrong) {
    await assert.rejects(join(options), (error: Error) => {
      assert.equal(error.name, "TypeError", `${JSON.stringify(options)}: ${error}`);
      return names.test(error.message) || assert.fail(`${JSON.stringify(options)}: ${error.message}`);
    });
  }
  assert.deepEqual(asked, []);
  const event = await join({ ...right, server: new URL(url), locales: ["en"], preload: false, signal: AbortSignal.timeout(60_000) });
  for (const [call, names] of [
    [() => event.on("cues", () => {}), /cues.*cue/],
    [() => event.on("toString", () => {}), /toString/],
    [() => event.on("cue"), /function/],
    [() => event.on("cue", () => {}, { noww: true }), /noww/],
    [() => event.on("cue", () => {}, { now: 1 }), /now.*true/],
    [() => event.on("cue", () => {}, true), /object/],
    [() => event.bindMedia(null), /<video>/],
    [() => event.bindMedia({ play() {} }, { begin: 3 }), /begin/],
    [() => event.setNudge("100"), /setNudge.*number/],
  ] as [() => void, RegExp][]) {
    assert.throws(call, (error: Error) => error instanceof TypeError && names.test(error.message), `${call}`);
  }
  event.leave();
  server.closeAllConnections();
  server.close();
});

test("an aborted signal rejects the join with its reason, and leaves an event that was joined", async () => {
  const options = { server: runtime.url, event: "main" };
  const reason = new Error("went elsewhere");
  await assert.rejects(join({ ...options, signal: AbortSignal.abort(reason) }), reason);
  const [early, late] = [new AbortController(), new AbortController()];
  const joining = join({ ...options, signal: early.signal });
  early.abort(reason);
  await assert.rejects(joining, reason);
  const event = await join({ ...options, signal: late.signal });
  const told: unknown[] = [];
  event.on("connection", (connection: unknown) => void told.push(connection));
  late.abort();
  assert.deepEqual(told.at(-1), { state: "left", why: "left" });
  assert.throws(() => event.on("cue", () => {}), { name: "InvalidStateError" });
});

test("what is known can be read at any time, and a listener can begin with it", async () => {
  const event = await show(runtime, "known", 0, [state("on", 2_000, 600_000), patient("first", 3_000), state("over", 500, 1_500)]);
  const viewer = await Viewer.join(browser, ours, runtime, "known");
  assert.deepEqual(await viewer.evaluate("[event.activeCues.length, event.message, event.clock].map(String)"), ["0", "undefined", "undefined"]);
  await viewer.receives(turn("fire", "first"), "the moment");
  await event.command("announce", { message: "Hello", severity: "major" });
  const received = await viewer.receives(({ name, value }) => name === "message" && value !== null, "the message");
  const now = await viewer.evaluate<any>(`(() => {
    const got = {};
    for (const name of ["cue", "state", "status", "message", "connection", "clock"]) {
      event.on(name, (value, lateness) => (got[name] ??= []).push([value, lateness]), { now: true });
    }
    const seen = structuredClone(got);
    return { got: seen, active: event.activeCues, position: event.position(), message: event.message, status: event.status, state: event.state };
  })()`);
  assert.deepEqual(now.message, received.value);
  assert.deepEqual([now.message.text, now.message.severity, now.status], ["Hello", "major", "running"]);
  // Each exactly once, synchronously, and not late; the moment is over and the other state was left.
  for (const name of ["cue", "state", "status", "message", "connection", "clock"]) {
    assert.equal(now.got[name]?.length, 1, name);
    assert.equal(now.got[name][0][1], 0);
  }
  const [[entered]] = now.got.cue;
  assert.deepEqual([entered.turn, entered.cue.id, entered.rate], ["enter", "on", 1]);
  // As far into the state as the event is.
  assert.ok(Math.abs(now.active[0].into - (now.position - 2_000)) < 50, `${now.active[0].into} at ${now.position}`);
  assert.equal(now.got.state[0][0].rev, now.state.rev);

  // A hold adjusts the state: it stands.
  await event.command("pause");
  await viewer.receives(turn("adjust", "on"), "the hold");
  const [first, second] = [await viewer.evaluate<any>("event.activeCues[0]"), await viewer.evaluate<any>("event.activeCues[0]")];
  assert.deepEqual([first.turn, first.rate, first.into], ["enter", 0, second.into]);
  await event.command("seek", { position: 700_000 });
  await viewer.receives(turn("leave", "on"), "the end of the state");
  assert.deepEqual(await viewer.evaluate("event.activeCues"), []);
  await viewer.end();
});

test("listeners are called for changes only: nobody is told the same twice", async () => {
  const event = await begun(runtime, "once", 0);
  const viewer = await Viewer.join(browser, ours, runtime, "once");
  /** Waits for the revision, and returns what the listeners of each name were called with. */
  const after = async (rev: number, what: string) => {
    await viewer.receives(({ name, value }) => name === "state" && value.rev === rev, what);
    const calls: Record<string, string[]> = {};
    for (const { name, value } of await viewer.received()) {
      // A short state is followed by the whole one of the same revision; each has its own server time.
      const brief = name === "state" ? [value.epoch, value.rev, "messages" in value] : value;
      if (name !== "clock" && name !== "cue") (calls[name] ??= []).push(JSON.stringify(brief));
    }
    return calls;
  };
  await viewer.receives(({ name, value }) => name === "connection" && value.state === "live", "the socket");
  const joined = await after(1, "the first state");
  assert.deepEqual([joined["message"], joined["status"]], [["null"], ['"running"']]);
  await event.command("seek", { position: 600_000 });
  const sought = await after(2, "the seek");
  assert.deepEqual([sought["message"], sought["status"]], [["null"], ['"running"']]);
  await event.command("announce", { message: "Hello" });
  await viewer.receives(({ name, value }) => name === "message" && value?.text === "Hello", "the message");
  await event.command("seek", { position: 700_000 });
  await event.command("pause", { message: "Back soon" });
  await viewer.receives(({ name, value }) => name === "status" && value === "paused", "the pause");
  const last = await after(5, "the pause");
  assert.deepEqual(last["message"]!.map((message) => JSON.parse(message)?.text ?? null), [null, "Hello", "Back soon"]);
  assert.deepEqual(last["status"], ['"running"', '"paused"']);
  for (const name of ["state", "connection"]) assert.equal(new Set(last[name]).size, last[name]!.length, `${name}: ${last[name]}`);
  await viewer.end();
});

test("after leave() everything says that it is over", async () => {
  await show(runtime, "left", 0, [state("on", 0, 600_000)]);
  const viewer = await Viewer.join(browser, ours, runtime, "left");
  await viewer.receives(turn("enter", "on"), "the state");
  const left = await viewer.evaluate<any>(`(() => {
    const media = event.bindMedia(document.createElement("video"));
    const whole = event.state;
    event.leave();
    event.leave();
    const thrown = (call) => { try { call(); return "nothing"; } catch (error) { return error.name; } };
    return {
      values: [event.now(), event.bound(), event.position(), event.rate(), event.countdown(), event.heardAgo(), event.snapshotAt(whole, Date.now()),
        event.status, event.message, event.state, event.rundown, event.clock, media.drift, event.activeCues[0]].map(String),
      connection: event.connection,
      provider: event.timingProvider.readyState,
      thrown: [() => event.on("cue", () => {}), () => event.bindMedia(document.createElement("video")), () => event.setNudge(1)].map(thrown),
      release: thrown(() => media.release()),
    };
  })()`);
  assert.deepEqual([...new Set(left.values)], ["undefined"]);
  assert.deepEqual([left.connection, left.provider], [{ state: "left", why: "left" }, "closed"]);
  assert.deepEqual(left.thrown, ["InvalidStateError", "InvalidStateError", "InvalidStateError"]);
  assert.equal(left.release, "nothing");
  const received = await viewer.received();
  assert.deepEqual(received.at(-1)!.value, { state: "left", why: "left" });
  await viewer.end();
});

test("addresses that are none do no harm in a page", async () => {
  const cue = (id: string, time: number, assets?: string[]) => JSON.stringify({
    action: "flash", id, kind: "moment", late: { within: 60_000 }, ...(assets && { preload: { assets, lead: 60_000, spread: 0 } }), time,
  });
  const bad = ["http://[", "https://a:b/", "javascript:alert(1)", "//", "data:,x", "file:///etc/passwd", "\\\\"];
  const cues = [cue("bad", 14_000, [...bad, "/asset.ogg"]), cue("good", 15_000)];
  const bytes = `{"checkpoints":[],"cues":[${cues}],"format":"downbeat.rundown/1","id":"bad","title":"Bad","tracks":{}}`;
  const event = await begun(runtime, "addresses", 0);
  const put = await call(runtime, "PUT", `${event.path}/rundowns/${sha256(bytes)}.json`, { token: TOKENS.all, body: bytes });
  assert.ok(put.status < 300, put.text);
  await event.command("rundown", { rundown: sha256(bytes) });
  const viewer = await Viewer.join(browser, ours, runtime, "addresses");
  for (const wanted of [turn("standby", "bad"), turn("fire", "bad"), turn("fire", "good")]) await viewer.receives(wanted, "the cue");
  await viewer.end();
});

/** Joins, prints the status and how far the clock is off, and leaves at the first message. */
const PROGRAM = `
  const event = await join({ server: SERVER, event: "everywhere", locales: undefined });
  event.on("cue", ({ turn, cue }) => say("cue " + turn + " " + cue.id));
  event.on("connection", ({ state, why }) => say("connection " + state + " " + why), { now: true });
  // Who polls late may learn of the pause before its message: what the time's answer says is shorter than the state.
  const leave = () => { if (event.status === "paused" && event.message) event.leave(); };
  event.on("message", (message) => {
    say("message " + message?.text);
    leave();
  });
  event.on("status", (status) => {
    say("status " + status + " off " + Math.abs(event.now() - Date.now()).toFixed(1) + " of " + event.bound().toFixed(1));
    leave();
  }, { now: true });
  try { event.bindMedia(undefined); } catch (error) { say(error.message); }
`;

/** Node's programs on this machine: the tests' own, and the system's, which is often older. */
const NODES = [process.execPath, "/usr/bin/node"];

test("Node and workers follow an event: all but media", async (t) => {
  const event = await show(runtime, "everywhere", 0, [state("on", 0, 600_000)]);
  const outputs: { name: string; lines: string[] }[] = [];
  const ends: (() => void)[] = [];
  for (const node of NODES) {
    const program = PROGRAM.replace("SERVER", JSON.stringify(runtime.url)).replaceAll("say(", "console.log(");
    const child = spawn(node, ["--input-type=module", "-e", `import { join } from ${JSON.stringify(CLIENT)};\n${program}`]);
    const output = { name: node, lines: [] as string[] };
    outputs.push(output);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => output.lines.push(...text.trim().split("\n")));
    child.on("exit", (code) => output.lines.push(`exit ${code}`));
    child.on("error", () => outputs.splice(outputs.indexOf(output), 1));
    ends.push(() => child.kill());
  }
  const worker = { name: "a worker", lines: [] as string[] };
  outputs.push(worker);
  ours.put("/worker.js", `import { join } from "/client/downbeat-client.js";\nconst say = (text) => postMessage(text);\n${
    PROGRAM.replace("SERVER", JSON.stringify(runtime.url))}`);
  const page = await browser.newPage();
  await page.exposeFunction("say", (line: string) => void worker.lines.push(line));
  await page.goto(ours.url);
  await page.evaluate(() => {
    new Worker("/worker.js", { type: "module" }).onmessage = ({ data }) => (globalThis as any).say(data);
  });
  const all = async (line: string) => {
    const missing = () => outputs.filter(({ lines }) => !lines.some((one) => one.startsWith(line)));
    await until(async () => missing(), (missing) => missing.length === 0, `everywhere: ${line}\n${JSON.stringify(outputs, null, 1)}`);
  };
  await all("cue enter on");
  await event.command("pause", { message: "Back soon" });
  for (const line of ["status paused", "message Back soon", "connection left", "bindMedia needs a <video>"]) await all(line);
  for (const { name, lines } of outputs) {
    t.diagnostic(`${name}: ${lines.join(" | ")}`);
    for (const [, off, of] of lines.join("\n").matchAll(/ off ([\d.]+) of ([\d.]+)/g)) {
      // One machine, one clock, read to the ms.
      assert.ok(Number(off) <= Number(of) + 2, `${name}: off by ${off} ms of ${of}`);
    }
  }
  // A program that has left has nothing to do any more, and ends by itself.
  for (const output of outputs.filter(({ name }) => name !== "a worker")) {
    await until(async () => output.lines, (lines) => lines.includes("exit 0"), `${output.name} to end`);
  }
  ends.forEach((end) => end());
  await page.close();
});

test("where WebAssembly may not be compiled, join says so", async () => {
  const strict = await site("default-src 'none'; script-src 'self'; connect-src *");
  const page = await browser.newPage();
  await page.goto(strict.url);
  const said = await page.evaluate(async (server) => {
    const path = "/client/downbeat-client.js";
    const { join } = await import(path);
    return join({ server, event: "main" }).then(() => "joined", (error: Error) => error.message);
  }, runtime.url);
  assert.match(said, /WebAssembly.*wasm-unsafe-eval/);
  await page.close();
  strict.end();
});
