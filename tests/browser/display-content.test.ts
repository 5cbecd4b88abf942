// What the stage display says: literal instants, no browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { face, type Standing } from "../../pages/display/content.ts";

const HOUR = 3_600_000;
const RUNNING: Standing = { status: "running", position: 0, rate: 1, duration: HOUR };

/** Returns what the display says, in a line. */
function says(standing: Partial<Standing>): string {
  const { word, figure, beside, tone } = face({ ...RUNNING, ...standing });
  return `${word} ${figure} (${beside}) ${tone}`;
}

test("before the start it counts down, and changes colour 5 minutes and 1 minute before", () => {
  const scheduled = (position: number, rate = 1) => says({ status: "scheduled", position, rate });
  assert.equal(scheduled(-2 * HOUR), "starts in 2:00:00 () calm");
  assert.equal(scheduled(-300_001), "starts in 5:01 () calm");
  assert.equal(scheduled(-300_000), "starts in 5:00 () soon");
  assert.equal(scheduled(-60_001), "starts in 1:01 () soon");
  assert.equal(scheduled(-60_000), "starts in 1:00 () last");
  assert.equal(scheduled(-1), "starts in 0:01 () last");
  assert.equal(scheduled(-120_000, 2), "starts in 1:00 (at 2 × speed) last", "in real time");
});

test("then it counts what is left, and goes on beyond the end", () => {
  assert.equal(says({ position: 750_000 }), "left 47:30 (12:30 of 1:00:00) calm");
  assert.equal(says({ position: HOUR - 300_000 }), "left 5:00 (55:00 of 1:00:00) soon");
  assert.equal(says({ position: HOUR - 1 }), "left 0:01 (59:59 of 1:00:00) last");
  assert.equal(says({ position: HOUR }), "over time +0:00 (1:00:00 of 1:00:00) over");
  assert.equal(says({ position: HOUR + 130_000 }), "over time +2:10 (1:02:10 of 1:00:00) over");
  assert.equal(says({ position: HOUR / 2, rate: 2 }), "left 15:00 (30:00 of 1:00:00, at 2 × speed) calm");
  assert.equal(says({ position: 750_000, duration: undefined }), "running 12:30 () calm");
});

test("held it says where, whatever the time", () => {
  assert.equal(says({ status: "paused", position: 750_999, rate: 0 }), "HELD 12:30 (at this position of 1:00:00) held");
  assert.equal(says({ status: "paused", position: -29_400, rate: 0 }), "HELD −0:30 (before the start) held");
});

test("where nothing is known or nothing runs, no colour claims otherwise", () => {
  assert.equal(says({ status: undefined }), "connecting –:–– () still");
  assert.equal(says({ status: "ended", position: 3_723_000 }), "the event is over 1:02:03 () still");
});
