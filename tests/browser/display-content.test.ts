// What the stage display shows: literal instants, no browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { displayContent, type EventNow } from "../../pages/display/content.ts";

const HOUR = 3_600_000;
const RUNNING: EventNow = { status: "running", position: 0, rate: 1, duration: HOUR };

/** Returns what the display shows, in a line. */
function shows(event: Partial<EventNow>): string {
  const { label, figure, detail, tone } = displayContent({ ...RUNNING, ...event });
  return `${label} ${figure} (${detail}) ${tone}`;
}

test("before the start it counts down, and changes colour 5 minutes and 1 minute before", () => {
  const scheduled = (position: number, rate = 1) => shows({ status: "scheduled", position, rate });
  assert.equal(scheduled(-2 * HOUR), "starts in 2:00:00 () calm");
  assert.equal(scheduled(-300_001), "starts in 5:01 () calm");
  assert.equal(scheduled(-300_000), "starts in 5:00 () soon");
  assert.equal(scheduled(-60_001), "starts in 1:01 () soon");
  assert.equal(scheduled(-60_000), "starts in 1:00 () last");
  assert.equal(scheduled(-1), "starts in 0:01 () last");
  assert.equal(scheduled(-120_000, 2), "starts in 1:00 (at 2 × speed) last", "in real time");
});

test("then it counts what is left, and continues beyond the end", () => {
  assert.equal(shows({ position: 750_000 }), "remaining 47:30 (12:30 of 1:00:00) calm");
  assert.equal(shows({ position: HOUR - 300_000 }), "remaining 5:00 (55:00 of 1:00:00) soon");
  assert.equal(shows({ position: HOUR - 1 }), "remaining 0:01 (59:59 of 1:00:00) last");
  assert.equal(shows({ position: HOUR }), "overtime +0:00 (1:00:00 of 1:00:00) over");
  assert.equal(shows({ position: HOUR + 130_000 }), "overtime +2:10 (1:02:10 of 1:00:00) over");
  assert.equal(shows({ position: HOUR / 2, rate: 2 }), "remaining 15:00 (30:00 of 1:00:00, at 2 × speed) calm");
  assert.equal(shows({ position: 750_000, duration: undefined }), "running 12:30 () calm");
});

test("while held it shows the position, whatever the time", () => {
  assert.equal(shows({ status: "paused", position: 750_999, rate: 0 }), "HELD 12:30 (position, of 1:00:00) held");
  assert.equal(shows({ status: "paused", position: -29_400, rate: 0 }), "HELD −0:30 (before the start) held");
});

test("where nothing is known or nothing runs, no colour suggests otherwise", () => {
  assert.equal(shows({ status: undefined }), "connecting –:–– () still");
  assert.equal(shows({ status: "ended", position: 3_723_000 }), "the event is over 1:02:03 () still");
});
