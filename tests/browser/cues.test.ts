// Cues in real pages: at their instant, together through networks as they are, and right for who comes late.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { Runtime } from "../edge/harness/runtime.ts";
import { launch } from "./harness/chromium.ts";
import { network } from "./harness/network.ts";
import { moment, show, state } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";
import { median, status, turn, Viewer } from "./harness/viewer.ts";

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser, ours] = await Promise.all([Runtime.start("browser-cues"), launch(), site()]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

/** What viewers may be apart, and off, in ms. */
const TOGETHER = 50;

test("on an idle page a cue fires within 50 ms of its instant", async (t) => {
  const cues = Array.from({ length: 15 }, (_, index) => moment(`cue-${index}`, 9_000 + index * 500));
  const event = await show(runtime, "idle", 0, cues);
  const { startsAt } = await event.state();
  const viewer = await Viewer.join(browser, ours, runtime, "idle");
  await viewer.hears(turn("fire", "cue-14"), "the last cue");
  const fired = (await viewer.told()).filter(turn("fire"));
  assert.equal(new Set(fired.map(({ told }) => told.cue)).size, fired.length, "each cue fires once");
  assert.equal(fired.length, cues.length);
  const off = fired.map(({ at, told }) => at - (startsAt + 9_000 + Number(told.cue.slice(4)) * 500));
  t.diagnostic(`off by ${summary(off)} ms; the page's bound ${fired[0]!.told.bound} ms`);
  assert.ok(Math.abs(median(off)) <= TOGETHER, summary(off));
  await viewer.end();
});

test("pages with round trips of 20 to 200 ms fire and pause within 50 ms of each other", async (t) => {
  const cues = Array.from({ length: 21 }, (_, index) => moment(`cue-${index}`, 30_000 + index * 400));
  const event = await show(runtime, "apart", 0, cues);
  const qualities = [20, 50, 90, 140, 200].map((roundTrip) => {
    return { roundTrip, jitter: roundTrip / 10, burst: roundTrip, burstsPercent: 8 };
  });
  const networks = await Promise.all(qualities.map((quality, index) => network(runtime, quality, index + 1)));
  const viewers = await Promise.all(networks.map((way) => Viewer.join(browser, ours, way, "apart")));
  await Promise.all(viewers.map((viewer) => viewer.settles()));
  await Promise.all(viewers.map((viewer) => viewer.hears(turn("fire", "cue-20"), "the last cue", 80_000)));

  const fired = await Promise.all(viewers.map(async (viewer) => (await viewer.told()).filter(turn("fire"))));
  const spreads = cues.map((_, index) => {
    const instants = fired.map((told) => told.find(turn("fire", `cue-${index}`))!.at);
    return Math.max(...instants) - Math.min(...instants);
  });
  t.diagnostic(`cues apart by ${summary(spreads)} ms; bounds ${fired.map((told) => told[0]!.told.bound).join(", ")} ms`);
  assert.ok(median(spreads) <= TOGETHER, summary(spreads));

  const pauses: number[] = [];
  for (let round = 0; round < 5; round++) {
    for (const [command, word] of [["pause", "paused"], ["resume", "running"]] as const) {
      const { effectiveAt } = await event.command(command, { at: (await event.time()).serverTime + 4_000 });
      await Promise.all(viewers.map((viewer) => viewer.wake()));
      const heard = await Promise.all(viewers.map((viewer) => {
        return viewer.hears((told) => status(word)(told) && told.at > effectiveAt - 1_000, word);
      }));
      const instants = heard.map(({ at }) => at);
      pauses.push(Math.max(...instants) - Math.min(...instants));
    }
  }
  t.diagnostic(`pauses and resumes apart by ${summary(pauses)} ms`);
  assert.ok(median(pauses) <= TOGETHER, summary(pauses));
  await Promise.all(viewers.map((viewer) => viewer.end()));
  networks.forEach((way) => way.end());
});

test("where one way takes longer than the other, the stated bound holds", async (t) => {
  const event = await show(runtime, "lopsided", 0, [moment("late", 9_000)]);
  const { startsAt } = await event.state();
  const slow = await network(runtime, { roundTrip: 20, jitter: 2, burst: 0, burstsPercent: 0, extraBack: 120 }, 1);
  const viewer = await Viewer.join(browser, ours, slow, "lopsided");
  const { at, told } = await viewer.hears(turn("fire", "late"), "the cue");
  const off = at - (startsAt + 9_000);
  t.diagnostic(`off by ${off.toFixed(1)} ms, bound ${told.bound} ms`);
  assert.ok(Math.abs(off) - TOGETHER <= told.bound, `${off} of ${told.bound}`);
  assert.ok(told.bound >= 60, "half of what nobody can see is in the bound");
  await viewer.end();
  slow.end();
});

test("a page that joins at ten minutes has the right states and no stale moments", async () => {
  const minutes = (count: number) => count * 60_000;
  await show(runtime, "late", minutes(10), [
    moment("doors", 5_000),
    state("over", minutes(2), minutes(9)),
    state("on", minutes(8), minutes(30)),
    moment("just-missed", minutes(10) - 3_000),
    moment("soon", minutes(10) + 10_000),
  ]);
  const viewer = await Viewer.join(browser, ours, runtime, "late");
  await viewer.hears(turn("fire", "soon"), "the next moment");
  const cues = (await viewer.told()).filter(({ name }) => name === "cue");
  assert.deepEqual(cues.map(({ told }) => `${told.turn} ${told.cue}`), ["enter on", "fire soon"]);
  const { into } = cues[0]!.told;
  assert.ok(into >= minutes(2) && into < minutes(2) + 20_000, `it goes on from ${into} ms`);
  await viewer.end();
});

test("a reload fires nothing twice", async () => {
  const cues = [moment("first", 4_000), { ...moment("wide", 5_000), late: { within: "10m" } }, moment("last", 12_000)];
  await show(runtime, "reload", 0, cues);
  const viewer = await Viewer.join(browser, ours, runtime, "reload");
  await viewer.hears(turn("fire", "wide"), "the moment that may be late");
  await viewer.reload(ours, runtime, "reload");
  await viewer.hears(turn("fire", "last"), "the last moment");
  assert.deepEqual((await viewer.told()).filter(turn("fire")).map(({ told }) => told.cue), ["last"]);
  await viewer.end();
});

function summary(numbers: number[]): string {
  const sorted = numbers.toSorted((one, other) => one - other);
  const [least, middle, most] = [sorted[0]!, median(numbers), sorted.at(-1)!].map((number) => number.toFixed(1));
  return `${middle} (median; ${least} to ${most}, of ${numbers.length})`;
}
