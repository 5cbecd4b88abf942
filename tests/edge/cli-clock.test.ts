// The clock commands against the real worker: both clocks are this machine's, so the true offset is known.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";

interface Stamps {
  t1: number;
  t2: number;
  t3: number;
  t4: number;
}

let runtime: Runtime;
let anyone: Operator;

before(async () => {
  runtime = await Runtime.start("cli-clock");
  anyone = new Operator("anyone", runtime);
});
after(() => runtime.end());

describe("downbeat clock", { concurrency: true }, () => {
  test("measures this machine against the worker on it: the same clock, within the bound", async () => {
    const measured = await anyone.json("clock", "measure", runtime.url, "--probes", "12");
    assert.deepEqual([measured.code, measured["probes"], measured["answers"], measured["jumped"]], [0, 12, 12, false]);
    const { offset, bound, delay, delayMedian, jitter } = measured;
    assert.ok(Math.abs(offset) <= bound, `off by ${offset} ms, bound ${bound} ms`);
    // The best request and the best answer may be of different exchanges, so the bound can be tighter than the best exchange
    // alone; the server's whole milliseconds and the drift since then add a little.
    assert.ok(delay > 0 && bound > 0 && bound <= delay + 2, `±${bound} ms with a round trip of ${delay} ms`);
    assert.ok(delayMedian >= delay && jitter >= 0, JSON.stringify({ delay, delayMedian, jitter }));
    const exchanges = measured["exchanges"] as Stamps[];
    assert.equal(exchanges.length, 12);
    for (const { t1, t2, t3, t4 } of exchanges) {
      // One machine, one clock: the server's whole milliseconds are between the two readings.
      assert.ok(Math.floor(t1) <= t2 && t2 <= t3 && t3 <= t4, JSON.stringify({ t1, t2, t3, t4 }));
    }
  });

  test("a measurement can be replayed with the same result", async () => {
    const measured = await anyone.json("clock", "measure", "--probes", "5");
    anyone.file("trace.jsonl", measured["exchanges"].map((line: Stamps) => `${JSON.stringify(line)}\n`).join(""));
    const { exit, stdout, stderr } = await anyone.run("clock", "replay", "trace.jsonl");
    assert.equal(exit, 0, stderr);
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(lines.length, 5);
    const { offset, bound, event } = lines.at(-1);
    assert.deepEqual({ offset, bound, event }, { offset: measured["offset"], bound: measured["bound"], event: "none" });
  });

  test("it needs no token, event or settings, and prints a few lines", async () => {
    const stranger = new Operator("stranger", { url: "http://127.0.0.1:9" }, undefined);
    stranger.file("downbeat.toml", "this is broken");
    const { exit, stdout, stderr } = await stranger.run("clock", "measure", runtime.url, "--probes", "3");
    assert.equal(exit, 0, stderr);
    for (const line of [
      new RegExp(`^server +${runtime.url}$`, "m"),
      /^this machine +(agrees with the server|\d+\.\d ms (behind|ahead of) the server)$/m,
      /^certain to +±\d+\.\d ms$/m,
      /^delay +\d+\.\d ms at best, \d+\.\d ms usually$/m,
      /^jitter +\d+\.\d ms$/m,
      /^probes +3 of 3 answered$/m,
    ]) assert.match(stdout, line);
    assert.doesNotMatch(stdout, /jumped/);
  });

  test("a missing server is a network error", async () => {
    const measured = await anyone.json("clock", "measure", "http://127.0.0.1:9");
    assert.deepEqual([measured.code, measured.error!.code], [8, "unreachable"]);
  });
});
