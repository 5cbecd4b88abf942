// Times as the pages write them: one rule for what runs, one for what comes, whatever fraction of a millisecond they carry.

import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCountdown, formatPosition, formatTenths, formatTimeOfDay, formatWhen } from "../../pages/shared/format.ts";

test("seconds, tenths and countdowns of one position say the same", () => {
  for (const [position, seconds, tenths] of [
    [0, "0:00", "0:00.0"],
    [999, "0:00", "0:00.9"],
    [247_399.9, "4:07", "4:07.3"],
    [3_750_000, "1:02:30", "1:02:30.0"],
    [-1, "−0:01", "−0:00.1"],
    [-29_950, "−0:30", "−0:30.0"],
    [-30_000, "−0:30", "−0:30.0"],
  ] as const) {
    assert.deepEqual([formatPosition(position), formatTenths(position)], [seconds, tenths], `${position}`);
    if (position < 0) assert.equal(formatCountdown(-position), seconds.slice(1));
  }
});

test("a computed instant that is a fraction of a millisecond early is not shown a second early, and a clock runs on time", () => {
  const seven = new Date(2026, 11, 24, 19, 0, 0).getTime();
  for (const off of [-0.4, 0, 0.4, 20]) assert.match(formatWhen(seven + off), /^19:00:00/);
  assert.match(formatTimeOfDay(seven - 1), /^18:59:59/);
});
