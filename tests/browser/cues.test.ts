// Cues in real pages: at their instant, together through realistic networks, and right for viewers who join late.
// Measures milliseconds.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { ENGINE, launch } from "./harness/engine.ts";
import { network } from "./harness/network.ts";
import { moment, show, state } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";
import { connected, median, status, stretch, type Received, turn, Viewer } from "./harness/viewer.ts";

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

/** How far viewers may be apart, or off, in ms. */
const TOGETHER = 50;

/** How long cues keep coming, to find enough in a row on a machine that may stall, in ms. */
const LONG = 120_000;

test("on an idle page a cue fires within 50 ms of its instant", async (t) => {
  const cues = every(500, 12_000, LONG);
  const event = await show(runtime, "idle", 0, cues);
  const { startsAt } = await event.state();
  const viewer = await Viewer.join(browser, ours, runtime, "idle");
  const off = (fired: Received[]) => fired.map(({ at, value }) => at - (startsAt + Number(value.cue)));
  const fired = () => viewer.received().then((received) => received.filter(turn("fire")));
  const received = await until(fired, (fired) => stretch(off(fired), 15, TOGETHER) !== undefined, "15 cues in time", LONG);
  assert.equal(new Set(received.map(({ value }) => value.cue)).size, received.length, "each cue fires once");
  t.diagnostic(`off by ${summary(stretch(off(received), 15, TOGETHER)!)} ms; the page's bound ${received[0]!.value.bound} ms`);
  await viewer.end();
});

test("pages with round trips of 20 to 200 ms fire and pause within 50 ms of each other", async (t) => {
  const cues = every(400, 20_000, LONG);
  const event = await show(runtime, "apart", 0, cues);
  const qualities = [20, 50, 90, 140, 200].map((roundTrip) => {
    return { roundTrip, jitter: roundTrip / 10, burst: roundTrip, burstsPercent: 8 };
  });
  const networks = await Promise.all(qualities.map((quality, index) => network(runtime, quality, index + 1)));
  const viewers = await Promise.all(networks.map((way) => Viewer.join(browser, ours, way, "apart")));
  await Promise.all(viewers.map((viewer) => viewer.settles()));

  /** Returns how far apart the pages fired each cue that all of them did. */
  const apart = async () => {
    const fired = await Promise.all(viewers.map(async (viewer) => (await viewer.received()).filter(turn("fire"))));
    const instants = cues.map(({ id }) => fired.flatMap((received) => received.find(turn("fire", id))?.at ?? []));
    return instants.filter((instants) => instants.length === viewers.length).map(spread);
  };
  const spreads = await until(apart, (spreads) => stretch(spreads, 21, TOGETHER) !== undefined, "21 cues together", LONG);
  const bounds = await Promise.all(viewers.map((viewer) => viewer.evaluate<number>("event.bound()")));
  t.diagnostic(`cues apart by ${summary(stretch(spreads, 21, TOGETHER)!)} ms; bounds ${bounds.join(", ")} ms`);

  // No polling: what the operator does is pushed through the sockets and takes effect half a second later.
  await Promise.all(viewers.map((viewer) => viewer.receives(connected("live"), "the socket")));
  const changes: number[] = [];
  while (stretch(changes, 6, TOGETHER) === undefined) {
    if (changes.length >= 40) assert.fail(`pauses and resumes apart by ${summary(changes)} ms`);
    for (const [command, word] of [["pause", "paused"], ["resume", "running"]] as const) {
      const { effectiveAt } = await event.command(command);
      const received = await Promise.all(viewers.map((viewer) => {
        return viewer.receives((received) => status(word)(received) && received.at > effectiveAt - 1_000, word, LONG);
      }));
      changes.push(spread(received.map(({ at }) => at)));
    }
  }
  t.diagnostic(`pauses and resumes apart by ${summary(stretch(changes, 6, TOGETHER)!)} ms`);
  await Promise.all(viewers.map((viewer) => viewer.end()));
  networks.forEach((way) => way.end());
});

/** How long ago events began, in ms. Windows of Firefox open one after another, and a page is to be there before the first moment. */
const SINCE = ENGINE === "chromium" ? 0 : -20_000;

// These measure nothing that a neighbour could disturb by more than they allow.
describe("whoever joins", { concurrency: 3 }, () => {
  test("where one direction is slower than the other, the stated bound holds", async (t) => {
    const event = await show(runtime, "lopsided", SINCE, every(500, 15_000, LONG));
    const { startsAt } = await event.state();
    const slow = await network(runtime, { roundTrip: 20, jitter: 2, burst: 0, burstsPercent: 0, extraBack: 120 }, 1);
    const viewer = await Viewer.join(browser, ours, slow, "lopsided");
    const fired = () => viewer.received().then((received) => received.filter(turn("fire")));
    const off = ({ at, value }: Received) => at - (startsAt + Number(value.cue));
    /** By how much the cues are further off than the page says. */
    const beyond = (fired: Received[]) => fired.map((one) => Math.max(0, Math.abs(off(one)) - one.value.bound));
    const received = await until(fired, (fired) => stretch(beyond(fired), 9, TOGETHER) !== undefined, "nine cues within the bound", LONG);
    t.diagnostic(`off by ${summary(received.map(off))} ms; the last bound ${received.at(-1)!.value.bound} ms`);
    assert.ok(received.every(({ value }) => value.bound >= 60), "half of the asymmetry is in the bound");
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
      moment("soon", minutes(10) + 20_000 - SINCE),
    ]);
    const viewer = await Viewer.join(browser, ours, runtime, "late");
    await viewer.receives(turn("fire", "soon"), "the next moment");
    const cues = (await viewer.received()).filter(({ name }) => name === "cue");
    assert.deepEqual(cues.map(({ value }) => `${value.turn} ${value.cue}`), ["enter on", "fire soon"]);
    const { into } = cues[0]!.value;
    assert.ok(into >= minutes(2) && into < minutes(2) + 60_000, `it continues from ${into} ms`);
    await viewer.end();
  });

  test("a reload fires nothing twice", async () => {
    const cues = [moment("first", 4_000), { ...moment("wide", 5_000), late: { within: "10m" } }, moment("last", 20_000)];
    await show(runtime, "reload", SINCE, cues);
    const viewer = await Viewer.join(browser, ours, runtime, "reload");
    await viewer.receives(turn("fire", "wide"), "the moment that may be late");
    await viewer.reload(ours, runtime, "reload");
    await viewer.receives(turn("fire", "last"), "the last moment");
    assert.deepEqual((await viewer.received()).filter(turn("fire")).map(({ value }) => value.cue), ["last"]);
    await viewer.end();
  });
});

/** Returns moments every `step` ms from `first` to `last`, each named after its instant. */
function every(step: number, first: number, last: number): { id: string }[] {
  const instants = Array.from({ length: Math.floor((last - first) / step) }, (_, index) => first + index * step);
  return instants.map((instant) => moment(`${instant}`, instant));
}

function spread(instants: number[]): number {
  return Math.max(...instants) - Math.min(...instants);
}

function summary(numbers: number[]): string {
  const sorted = numbers.toSorted((one, other) => one - other);
  const [least, middle, most] = [sorted[0]!, median(numbers), sorted.at(-1)!].map((number) => number.toFixed(1));
  return `${middle} (median; ${least} to ${most}, of ${numbers.length})`;
}
