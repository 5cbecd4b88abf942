// A power failure right after an answer: what was answered is kept, and asking again changes nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, Event, now } from "./harness/calls.ts";
import { assertChain } from "./harness/chain.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("kill")));
after(() => runtime.end());

/** Kills the runtime in this turn, and starts it again with the state it left. */
async function powerFailure(): Promise<void> {
  await runtime.kill();
  await runtime.restart();
}

test("a pause outlives a kill that follows its answer at once, and its repetition is the same answer", async () => {
  const event = await begun(runtime, "pause", 100_000);
  const before = await event.state();
  const pause = { command: "pause", id: "p1", message: { en: "Back soon", fr: "À bientôt" }, reason: "smoke" };
  const answered = await event.send(pause);
  await powerFailure();

  const { serverTime: _, ...state } = await event.state();
  assert.equal(state.epoch, before.epoch);
  assert.equal(state.rev, 2);
  assert.deepEqual(state.timeline, answered.body.state.timeline);
  assert.deepEqual(state.messages, answered.body.state.messages);
  assert.deepEqual((await event.time()).timeline, answered.body.state.timeline);

  const again = await event.send(pause);
  assert.deepEqual([again.status, again.text], [200, answered.text]);
  assert.equal((await event.state()).rev, 2);
  const log = await event.log();
  assert.deepEqual(log.map(({ name }) => name), ["pause", "create"]);
  assertChain(log);
});

test("a new event, its place in the list and its rundown outlive kills", async () => {
  const event = new Event(runtime, "newborn");
  const made = await event.put({ startsAt: await now(runtime), title: "Newborn" });
  assert.equal(made.status, 201);
  await powerFailure();
  assert.equal((await event.state()).title, "Newborn");
  const { text: list } = await call(runtime, "GET", "/v1/events", { token: TOKENS.reader });
  assert.match(list, /"name":"newborn"/);

  const rundown = rundownAt(1);
  const path = `${event.path}/rundowns/${rundown.digest}.json`;
  const put = await call(runtime, "PUT", path, { token: TOKENS.publisher, body: rundown.bytes });
  assert.equal(put.status, 201);
  const pointed = await event.command("rundown", { rundown: rundown.digest });
  await powerFailure();
  assert.equal((await event.time()).rundown, rundown.digest);
  assert.equal((await event.time()).rev, pointed.rev);
  assert.equal((await call(runtime, "GET", path)).text, rundown.bytes);
});

test("killed amid a burst, what was answered is there, and the rest wholly or not at all", async () => {
  const event = await begun(runtime, "burst", 100_000);
  const answered = new Map<string, string>();
  for (const round of [1, 2]) {
    const ids = Array.from({ length: 20 }, (_, index) => `r${round}-${index}`);
    const enough = 5 * round;
    let kill: Promise<void> | undefined;
    let count = 0;
    await Promise.all(ids.map(async (id) => {
      // A request cut off by the kill has no answer, or one from wrangler instead of the worker.
      const answer = await event.send({ command: "announce", id, message: `Message ${id}` }).catch(() => undefined);
      if (answer?.status !== 200) return assert.ok(kill, `${id} failed before the kill: ${answer?.text}`);
      answered.set(id, answer.text);
      count += 1;
      if (count === enough) kill = runtime.kill();
    }));
    assert.ok(count >= enough, `${count} were answered`);
    await kill;
    await runtime.restart();

    const log = await event.log();
    assertChain(log);
    assert.equal((await event.state()).rev, log.length, "the state is the one of the last entry");
    const logged = new Set(log.map(({ body }) => body["id"]));
    for (const id of answered.keys()) assert.ok(logged.has(id), `${id} was answered, and is there`);

    // Sent again, each counts once, whether it was answered, persisted or lost before.
    await Promise.all(ids.map(async (id) => {
      const again = await event.send({ command: "announce", id, message: `Message ${id}` });
      assert.equal(again.status, 200, again.text);
      assert.equal(again.text, answered.get(id) ?? again.text);
      answered.set(id, again.text);
    }));
    assert.equal((await event.state()).rev, 1 + 20 * round);
  }
  assertChain(await event.log());
});
