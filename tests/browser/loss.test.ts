// What can happen to a page: the worker is gone, the browser freezes the page, somebody sets the clock.
// Measures milliseconds.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/engine.ts";
import { network } from "./harness/network.ts";
import { PlainPage } from "./harness/plain.ts";
import { moment, patient, show, state } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";
import { connected, median, status, stretch, type Received, turn, Viewer } from "./harness/viewer.ts";

let runtime: Runtime;
let killed: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, killed, browser, ours] = await Promise.all([
    Runtime.start("browser-loss"), Runtime.start("browser-loss-killed"), launch(), site(),
  ]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
  await killed?.end();
});

/** The positions of the moments after the page is thawed, in ms. */
const AFTER = Array.from({ length: 40 }, (_, index) => 52_000 + index * 500);

/** How long ago events began, in ms: not yet, so that a page on a busy machine has joined before the first moment. */
const SOON = -15_000;

/** The patience for what takes a minute, in ms. */
const MINUTES = 240_000;

// Most of each is waiting for half a minute or more to pass.
describe("loss", { concurrency: 3 }, () => {
  test("a page frozen for 30 s recovers: no stale moment, the right states, and what changed meanwhile", async (t) => {
    const event = await show(runtime, "frozen", SOON, [
      patient("before", 8_000),
      moment("missed", 20_000),
      state("begun-meanwhile", 25_000, 300_000),
      state("over-meanwhile", 15_000, 30_000),
      ...AFTER.map((at) => moment(`after-${at}`, at)),
    ]);
    const { startsAt } = await event.state();
    const page = await PlainPage.open(ours.url);
    t.after(() => page.end());
    const viewer = await Viewer.on(page, runtime, "frozen");
    await viewer.receives(turn("fire", "before"), "the first moment");
    await viewer.settles();
    await page.freeze();
    await event.command("announce", { message: "while you slept" });
    await until(() => event.time(), ({ serverTime }) => serverTime >= startsAt + 43_000, "30 s to pass", MINUTES);
    const thawed = (await event.time()).serverTime;
    await page.thaw();
    const back = await viewer.receives(({ name, value }) => name === "message" && value?.text === "while you slept", "the message");
    t.diagnostic(`knew what had changed ${(back.at - thawed).toFixed(0)} ms after it was shown again`);
    const after = () => viewer.received().then((received) => received.filter(turn("fire")).filter(({ value }) => value.cue.startsWith("after-")));
    const off = (fired: Received[]) => fired.map(({ at, value }) => at - (startsAt + Number(value.cue.slice("after-".length))));
    const fired = await until(after, (fired) => stretch(off(fired), 5, 50) !== undefined, "five moments in time", MINUTES);
    t.diagnostic(`the moments after fired ${stretch(off(fired), 5, 50)!.map((ms) => ms.toFixed(1)).join(", ")} ms off`);
    const cues = (await viewer.received()).filter(({ name }) => name === "cue").map(({ value }) => `${value.turn} ${value.cue}`);
    assert.deepEqual(cues.filter((cue) => !cue.includes("after-")), ["fire before", "enter begun-meanwhile"]);
    assert.equal(new Set(cues).size, cues.length, "nothing fires twice");
  });

  test("the worker killed for 60 s: the page plays on in holdover, then reconnects, and nothing fires twice", async (t) => {
    const cues = [8, 20, 40, 60, 80].map((second) => patient(`at-${second}`, second * 1_000));
    const event = await show(killed, "killed", SOON, [...cues, state("long", 5_000, 600_000)]);
    const { startsAt } = await event.state();
    const line = await network(killed, { roundTrip: 10, jitter: 1, burst: 0, burstsPercent: 0 }, 1);
    const viewer = await Viewer.join(browser, ours, line, "killed");
    await viewer.receives(turn("fire", "at-8"), "the first moment");
    await viewer.settles();
    const before = await viewer.evaluate<number>("event.bound()");
    await killed.kill();
    line.cut();
    line.restore();
    await viewer.wake();
    const lost = await viewer.receives(connected("holdover"), "holdover");
    await viewer.receives(turn("fire", "at-60"), "the moment at a minute", MINUTES);
    await until(() => viewer.evaluate<number>("event.heardAgo()"), (ago) => ago >= 60_000, "60 s without an answer", MINUTES);
    const held = await viewer.evaluate<number>("event.bound()");
    assert.ok(held > before, `the bound grows: ${before}, then ${held}`);
    await killed.restart();
    line.connectTo(killed);
    await viewer.page.evaluate(() => window.dispatchEvent(new Event("online")));
    await viewer.receives((received) => connected("live")(received) && received.at > lost.at, "the connection to be live again", MINUTES);
    await viewer.receives(turn("fire", "at-80"), "the last moment", MINUTES);
    const fired = (await viewer.received()).filter(turn("fire"));
    assert.deepEqual(fired.map(({ value }) => value.cue), ["at-8", "at-20", "at-40", "at-60", "at-80"]);
    assert.equal((await viewer.received()).filter(turn("enter")).length, 1);
    const off = fired.map(({ at }, index) => at - (startsAt + [8, 20, 40, 60, 80][index]! * 1_000));
    t.diagnostic(`off by ${off.map((ms) => ms.toFixed(1)).join(", ")} ms; bound ${before} ms, after a minute ${held} ms`);
    assert.ok(Math.abs(median(off)) <= 50, off.join(", "));
    await viewer.end();
    line.end();
  });

  test("the wall clock stepping back an hour changes nothing", async () => {
    await show(runtime, "wall", SOON, [patient("first", 8_000), patient("second", 16_000)]);
    const viewer = await Viewer.join(browser, ours, runtime, "wall");
    await viewer.receives(turn("fire", "first"), "the first moment");
    await viewer.settles();
    const before = await viewer.evaluate<{ ahead: number; bound: number }>("({ ahead: event.now() - performance.timeOrigin - performance.now(), bound: event.bound() })");
    const count = (await viewer.received()).length;
    await viewer.page.evaluate(() => {
      const read = Date.now.bind(Date);
      Date.now = () => read() - 3_600_000;
      window.dispatchEvent(new Event("online"));
    });
    await until(() => viewer.received(), (received) => received.slice(count).some(({ name }) => name === "clock"), "it to poll");
    const after = await viewer.evaluate<{ ahead: number; bound: number }>("({ ahead: event.now() - performance.timeOrigin - performance.now(), bound: event.bound() })");
    assert.ok(Math.abs(after.ahead - before.ahead) <= before.bound + after.bound, `${before.ahead}, then ${after.ahead}`);
    await viewer.receives(turn("fire", "second"), "the second moment");
    const received = await viewer.received();
    assert.deepEqual(received.filter(turn("fire")).map(({ value }) => value.cue), ["first", "second"]);
    assert.ok(received.every(({ name, value }) => name !== "clock" || value.change !== "reset"));
    assert.equal(received.filter(status("running")).length, 1);
    await viewer.end();
  });
});
