// What a page says while the network fails, and when that is over: the rows of the table in docs/integrate.md that no other test
// shows. Each with the client in a site's page, and with the viewer page.

import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { network } from "./harness/network.ts";
import { openPage } from "./harness/page.ts";
import { PlainPage } from "./harness/plain.ts";
import { moment, show, state } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";
import { connected, type Received, status, turn, Viewer } from "./harness/viewer.ts";

let runtime: Runtime;
let restored: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, restored, browser, ours] = await Promise.all([
    Runtime.start("browser-failures"), Runtime.start("browser-failures-restored"), launch(), site(),
  ]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
  await restored?.end();
});

const NEAR = { roundTrip: 10, jitter: 1, burst: 0, burstsPercent: 0 };

/** The patience for what is tried again after up to a minute, in ms. */
const MINUTES = 240_000;

/** Opens the viewer page of an event. */
async function audience(line: { url: string }, event: string): Promise<Page> {
  return (await openPage(browser, `${line.url}/?event=${event}`, "phone")).page;
}

/** Waits until the light of the viewer page says this. */
async function says(page: Page, words: RegExp): Promise<void> {
  await until(() => page.textContent("#light"), (text) => words.test(text!.trim()), `the light to say ${words}`, MINUTES);
}

/** Returns a matcher for a state of the connection and its reason. */
function because(state: string, ...why: string[]): (received: Received) => boolean {
  return (received) => connected(state)(received) && why.includes(received.value.why);
}

const LIVE = /^live ±[\d,]+ ms$/;
const LOGIN = "<!doctype html><title>Hotel</title><p>Accept our terms to go online.";
const PORTALS = {
  "shows its own page": `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${LOGIN.length}\r\nconnection: close\r\n\r\n${LOGIN}`,
  "sends on to its own page": "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/login\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
};

describe("failures", { concurrency: 3 }, () => {
  Object.entries(PORTALS).forEach(([what, answer], index) => {
    test(`a captive portal that ${what}: the page plays on, and believes nothing`, async () => {
      const event = await begun(runtime, `portal-${index}`, 60_000);
      const line = await network(runtime, NEAR, 1);
      const viewer = await Viewer.join(browser, ours, line, event.name);
      const page = await audience(line, event.name);
      await viewer.receives(connected("live"), "the socket");
      await says(page, LIVE);

      line.capture(answer);
      // A site's page may not read what another origin answers without CORS; a page of the server's own finds that it is no state.
      await viewer.receives(because("holdover", "unreachable", "no-answer"), "the loss");
      await says(page, /^connection lost, playing on$/);
      const late = await Viewer.join(browser, ours, line, event.name);
      await late.receives(because("acquiring", "unreachable", "no-answer"), "the failure");
      const { rev } = await event.command("pause");
      assert.equal(await viewer.evaluate("event.status"), "running", "nobody could tell it");
      assert.deepEqual([await late.evaluate("event.status"), await late.evaluate("event.now()")], [undefined, undefined]);

      line.restore();
      for (const one of [viewer, late]) {
        await one.receives(({ name, value }) => name === "state" && value.rev === rev, "what changed meanwhile", MINUTES);
        await until(() => one.evaluate<string>("event.connection.state"), (state) => state === "live", "being live again", MINUTES);
      }
      await says(page, LIVE);
      await Promise.all([viewer.end(), late.end(), page.context().close()]);
      line.end();
    });
  });

  test("a socket that stays open and is silent is replaced", async () => {
    const event = await begun(runtime, "half-open", 60_000);
    const line = await network(runtime, NEAR, 2);
    const viewer = await Viewer.join(browser, ours, line, event.name);
    const page = await audience(line, event.name);
    await viewer.receives(connected("live"), "the socket");
    await says(page, LIVE);
    const before = line.sockets.length;
    line.silenceSockets();
    const { rev } = await event.command("pause");
    await Promise.all([
      says(page, /^reconnecting ±\d+ ms$/),
      viewer.receives(because("polling", "push-lost"), "the loss", MINUTES),
    ]);
    await viewer.receives(({ name, value }) => name === "state" && value.rev === rev, "the pause", MINUTES);
    await until(() => viewer.evaluate<string>("event.connection.state"), (state) => state === "live", "another socket", MINUTES);
    await says(page, LIVE);
    assert.ok(line.sockets.length >= before + 2, line.sockets.join(", "));
    await Promise.all([viewer.end(), page.context().close()]);
    line.end();
  });

  test("a page that is opened offline waits, says so, and follows as soon as the network is there", async () => {
    const event = await begun(runtime, "offline", 60_000);
    const line = await network(runtime, NEAR, 3);
    line.cut();
    const viewer = await Viewer.join(browser, ours, line, event.name);
    await viewer.receives(because("acquiring", "unreachable"), "the failure");
    // The page itself is there, from a cache or a service worker of its site.
    const { page } = await openPage(browser, "about:blank", "phone");
    let isOffline = true;
    await page.route(/\/(v1|time)/, (route) => isOffline ? route.abort() : route.continue());
    await page.goto(`${runtime.url}/?event=${event.name}`);
    await says(page, /^no answer yet, retrying$/);
    assert.match((await page.textContent("#overlay"))!, /No answer from the server yet\. This page keeps trying/);
    assert.deepEqual([await viewer.evaluate("event.status"), await viewer.evaluate("event.position()")], [undefined, undefined]);

    isOffline = false;
    line.restore();
    await viewer.receives(connected("live"), "the event", MINUTES);
    assert.equal(await viewer.evaluate("event.status"), "running");
    await says(page, LIVE);
    await Promise.all([viewer.end(), page.context().close()]);
    line.end();
  });

  test("storage that was restored to an older copy is followed once it is confirmed, and the page says that it is disputed", async () => {
    const event = await begun(restored, "restored", 60_000);
    const [stored, copy] = [`${restored.directory}/state`, `${restored.directory}/copy`];
    await restored.kill();
    cpSync(stored, copy, { recursive: true });
    await restored.restart();
    await event.command("announce", { message: "ten minutes later" });
    await event.command("announce", { message: "and twenty" });
    const line = await network(restored, NEAR, 4);
    const viewer = await Viewer.join(browser, ours, line, event.name);
    const page = await audience(line, event.name);
    await viewer.receives(connected("live"), "the socket");
    await says(page, LIVE);
    await restored.kill();
    rmSync(stored, { recursive: true });
    cpSync(copy, stored, { recursive: true });
    await restored.restart();
    line.connectTo(restored);

    const disputed = await viewer.receives(because("polling", "disputed"), "the dispute", MINUTES);
    await says(page, /^another state at the server, checking ±\d+ ms$/);
    const followed = await viewer.receives(({ name, value, at }) => name === "state" && value.rev === 1 && at > disputed.at, "the restored state", MINUTES);
    await viewer.receives((received) => connected("live")(received) && received.at > disputed.at, "being live again", MINUTES);
    const between = (await viewer.received()).filter(({ at }) => at > disputed.at && at < followed.at);
    assert.deepEqual(between.filter(connected("live")), [], "it is not live before it follows");
    await says(page, LIVE);
    await Promise.all([viewer.end(), page.context().close()]);
    line.end();
  });

  test("with round trips of 3 s the page is live, and says how wrong its time may be", async (t) => {
    const event = await begun(runtime, "slow", 60_000);
    const line = await network(runtime, { ...NEAR, roundTrip: 3_000 }, 5);
    const viewer = await Viewer.join(browser, ours, line, event.name);
    const page = await audience(line, event.name);
    const live = await viewer.receives(connected("live"), "the socket", MINUTES);
    await says(page, /^live ±1,[5-9]\d\d ms$/);
    const reading = await viewer.evaluate<{ off: number; bound: number }>("({ off: event.now() - Date.now(), bound: event.bound() })");
    t.diagnostic(`off by ${reading.off.toFixed(0)} ms, bound ${reading.bound.toFixed(0)} ms`);
    assert.ok(Math.abs(reading.off) <= reading.bound && reading.bound < 3_200, JSON.stringify(reading));
    // Two pings, whose answers take as long.
    await until(() => viewer.evaluate<number>("performance.timeOrigin + performance.now()"), (now) => now > live.at + 40_000, "40 s", MINUTES);
    const lost = (await viewer.received()).filter(({ name, value, at }) => name === "connection" && at > live.at && value.state !== "live");
    assert.deepEqual(lost, []);
    await event.command("pause");
    const paused = await viewer.receives(status("paused"), "the pause", MINUTES);
    t.diagnostic(`learned of the pause ${paused.lateness.toFixed(0)} ms after its instant`);
    assert.ok(paused.lateness > 0 && paused.lateness < 30_000);
    await Promise.all([viewer.end(), page.context().close()]);
    line.end();
  });

  test("a device that slept, and whose monotonic clock stood still meanwhile, is right again once it has asked", async (t) => {
    const event = await show(runtime, "slept", -15_000, [
      moment("missed", 35_000), state("begun-meanwhile", 40_000, 3_600_000), state("over-meanwhile", 10_000, 42_000),
    ]);
    const { startsAt } = await event.state();
    const page = await PlainPage.open(ours.url);
    t.after(() => page.end());
    // Where nothing has read the clock for five seconds, the device slept.
    await page.evaluate(() => {
      const exact = performance.now.bind(performance);
      let [last, asleep] = [exact(), 0];
      performance.now = () => {
        const at = exact();
        if (at - last > 5_000) asleep += at - last;
        last = at;
        return at - asleep;
      };
      setInterval(() => performance.now(), 500);
      // The browser's own measurements go by the clock that did not stand still.
      (globalThis as any).PerformanceObserver = class { observe() {} disconnect() {} };
      Object.assign(globalThis, { asleep: () => asleep });
    });
    const viewer = await Viewer.on(page, runtime, event.name);
    await viewer.receives(turn("enter", "over-meanwhile"), "the state", MINUTES);
    await viewer.settles();
    await page.freeze();
    // By this machine's clock, which is the worker's: thousands of requests would only keep the machine busy, and one may fail.
    await until(async () => Date.now(), (now) => now >= startsAt + 60_000, "the device to have slept", MINUTES);
    await page.thaw();
    await viewer.receives(turn("enter", "begun-meanwhile"), "the state that began meanwhile", MINUTES);
    assert.ok((await page.evaluate(() => (globalThis as any).asleep())) > 15_000, "it slept");
    const off = "({ off: event.now() - Date.now(), bound: event.bound(), state: event.connection.state })";
    const { off: ms, bound } = await until(
      () => viewer.evaluate<{ off: number; bound: number; state: string }>(off), ({ state }) => state === "live", "being live", MINUTES,
    );
    assert.ok(Math.abs(ms) <= bound + 1, `off by ${ms}, bound ${bound}`);
    const cues = (await viewer.received()).filter(({ name }) => name === "cue").map(({ value }) => `${value.turn} ${value.cue}`);
    assert.deepEqual(cues.sort(), ["enter begun-meanwhile", "enter over-meanwhile", "leave over-meanwhile"]);
  });
});
