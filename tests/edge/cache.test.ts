// What operators see where a proxy caches the time against the worker's `Cache-Control`: they are told, and a pause goes ahead.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { begun, call, type Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { cachingProxy, type Proxy } from "./harness/proxy.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";

let runtime: Runtime;
before(async () => {
  runtime = await Runtime.start("cache");
});
after(() => runtime.end());

/** What is cached: all answers that carry the time, or those to requests for nothing else. */
const CACHED = {
  state: (path: string) => path.endsWith("/time") || /^\/v1\/events\/[^/]+$/.test(path),
  time: (path: string) => path.endsWith("/time"),
};

/** An event, a proxy that has cached its answers, and an operator behind it. */
async function behind(name: string, cached: keyof typeof CACHED, age: "age" | "no age"): Promise<{ event: Event; cache: Proxy; operator: Operator }> {
  const event = await begun(runtime, name, 100_000);
  const cache = await cachingProxy(runtime, CACHED[cached], age);
  // Somebody's request, which the cache stores.
  for (const path of ["/time", `${event.path}/time`, event.path]) await call(cache, "GET", `${path}?t1=other`, { token: TOKENS.all });
  const operator = new Operator(name, cache);
  operator.environment["DOWNBEAT_EVENT"] = name;
  return { event, cache, operator };
}

describe("behind a cache", { concurrency: true }, () => {
  for (const [name, age, sign] of [
    ["aged", "age", "its Age header says that it was stored"],
    ["ageless", "no age", "it was made for another request"],
  ] as const) {
    test(`status, watch and doctor name it, and a pause goes ahead (${age})`, async () => {
      const { event, cache, operator } = await behind(name, "state", age);
      for (const command of [["status"], ["watch", "--for", "1s"]]) {
        const { code, error } = await operator.json(...command);
        assert.deepEqual([code, error?.code], [8, "cached-answer"], `${command}`);
        assert.match(error!.message, new RegExp(sign));
        assert.match(error!.hint!, /exclude \/time and \/v1\/\* from whatever caches on the way/);
      }
      const doctor = await operator.run("doctor");
      assert.equal(doctor.exit, 8, doctor.stdout);
      assert.match(doctor.stdout, new RegExp(`cache.*${sign}`));
      // A change that depends on what the event is does not go ahead on what it was.
      assert.equal((await operator.json("seek", "12:30", "--yes")).error?.code, "cached-answer");
      assert.equal((await event.state()).rev, 1);

      const pause = await operator.json("pause", "--yes", "--message", "One moment");
      // It is written, but cannot be seen: the cache does not show it, and nobody is told that it does.
      assert.deepEqual([pause.code, pause.error?.code, pause["rev"]], [9, "unseen", 2], JSON.stringify(pause));
      const paused = await event.reaches(pause["effectiveAt"]);
      assert.deepEqual([paused.status, paused.message], ["paused", "One moment"]);
      assert.equal(pause["seen"].seen, false, JSON.stringify(pause["seen"]));
      cache.end();
    });
  }

  test("watch follows the event where only the time is cached, and says what is wrong", async () => {
    const { event, cache, operator } = await behind("watched-behind", "time", "no age");
    const watch = operator.run("watch", "--json", "--for", "10s", "--every", "1s");
    const { rev } = await event.command("announce", { message: "Hello" });
    const { exit, stdout, stderr } = await watch;
    assert.equal(exit, 0, stderr);
    const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assert.ok(lines.some(({ type, state }) => type === "change" && state.rev === rev), stdout);
    assert.ok(lines.some(({ connection }) => /what answers for the time is a cache/.test(connection ?? "")), stdout);
    cache.end();
  });
});
