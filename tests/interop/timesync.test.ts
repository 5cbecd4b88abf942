// The npm package timesync, as its users start it, has its time from the worker.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";

const timesync = createRequire(import.meta.url)("timesync/dist/timesync.js");

let runtime: Runtime;
before(async () => {
  runtime = await Runtime.start("interop-timesync");
});
after(() => runtime.end());

/** How wrong this machine's clock is made for it, in ms. */
const WRONG_BY = 3_600_000;

test("timesync finds how wrong a clock is", async () => {
  const source = timesync.create({
    server: `${runtime.url}/utc/timesync`, interval: null, delay: 50, repeat: 5, now: () => Date.now() - WRONG_BY,
  });
  const errors: unknown[] = [];
  source.on("error", (error: unknown) => errors.push(error));
  source.sync();
  // One machine: it is off by half of what a request takes at most, which is less than a second.
  const offset = await until(async () => source.offset as number, (offset) => Math.abs(offset - WRONG_BY) < 1_000, "the offset");
  assert.ok(Number.isFinite(offset));
  assert.deepEqual(errors, []);
  source.destroy();
});
