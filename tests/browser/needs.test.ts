// Cues that need a precise clock, in real pages on a network too slow for one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { Runtime } from "../edge/harness/runtime.ts";
import { launch } from "./harness/chromium.ts";
import { network } from "./harness/network.ts";
import { moment, show, state } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";
import { turn, Viewer } from "./harness/viewer.ts";

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser, ours] = await Promise.all([Runtime.start("browser-needs"), launch(), site()]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

test("a cue is withheld, or marked uncertain, where the clock is less certain than it needs", async (t) => {
  const at = 12_000;
  await show(runtime, "needs", 0, [
    { ...moment("exact", at), needs: { bound: "50ms" } },
    { ...moment("marked", at), needs: { bound: "50ms", otherwise: "fire" } },
    { ...moment("easy", at), needs: { bound: "5s" } },
    { ...state("scene", at, at + 30_000), needs: { bound: "50ms", otherwise: "fire" } },
    moment("last", at + 1_000),
  ]);
  // The bound is at least half of the best round trip.
  const slow = await network(runtime, { roundTrip: 300, jitter: 2, burst: 0, burstsPercent: 0 }, 1);
  const viewers = await Promise.all([slow, runtime].map((way) => Viewer.join(browser, ours, way, "needs")));
  await Promise.all(viewers.map((viewer) => viewer.receives(turn("fire", "last"), "the last cue")));
  const [uncertain, certain] = await Promise.all(viewers.map(async (viewer) => {
    const cues = (await viewer.received()).filter(({ name, value }) => name === "cue" && value.cue !== "last");
    return cues.map(({ value }) => ({ ...value, say: `${value.turn} ${value.cue} ${value.certain}` }));
  }));
  t.diagnostic(`bounds ${uncertain![0].bound} and ${certain![0].bound} ms`);
  assert.ok(uncertain!.every(({ bound }) => bound >= 145), "half of the round trip is in the bound");
  assert.deepEqual(uncertain!.map(({ say }) => say).sort(), [
    "enter scene false", "fire easy true", "fire marked false", "withhold exact false",
  ]);
  assert.deepEqual(certain!.map(({ say }) => say).sort(), [
    "enter scene true", "fire easy true", "fire exact true", "fire marked true",
  ]);
  await Promise.all(viewers.map((viewer) => viewer.end()));
  slow.end();
});
