// What can go wrong between a command and its viewers: in each case every viewer ends with the highest revision, none
// goes back, and no answered command is lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, type Event } from "./harness/calls.ts";
import { type Fate, type StandIn, standIn } from "./harness/stand-in.ts";
import { join, Viewer } from "./harness/viewer.ts";

let worker: StandIn;
before(async () => void (worker = await standIn()));
after(() => worker.end());

/** Checks that all of them have `rev` in the end, and that none ever went back; then closes them. */
async function assertAllEndWith(viewers: Viewer[], rev: number): Promise<void> {
  for (const viewer of viewers) {
    assert.equal((await viewer.has(rev)).rev, rev);
    assert.ok(viewer.neverWentBack, JSON.stringify(viewer.states.map((state) => state.rev)));
    viewer.end();
  }
}

/** Returns a fate that `release` decides. */
function held(): { decision: () => Promise<Fate>; release: (fate: Fate) => void } {
  const { promise, resolve } = Promise.withResolvers<Fate>();
  return { decision: () => promise, release: resolve };
}

async function burst(event: Event, count: number): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, index) => event.command("announce", { message: `Message ${index}` })),
  );
  return Math.max(...answers.map(({ rev }) => rev));
}

test("a hub that never answers holds back neither the operator nor the hubs below it", async () => {
  const event = await begun(worker, "silent-relay", 10_000, { hubs: 13 });
  const viewers = await join(worker, event.name, 26);
  worker.decideRelay(event.name, 0, held().decision);
  const asked = performance.now();
  const { rev, delivery } = await event.command("pause");
  assert.ok(performance.now() - asked < 8_000);
  assert.deepEqual([delivery.hubs, delivery.acked, delivery.sockets], [13, 12, 24]);
  // Those of the silent hub get it anyway: the hub polls the event.
  await worker.evict(`${event.name}/0`);
  viewers.push(await Viewer.join(worker, event.name, { not: 1 }));
  worker.decideRelay(event.name, 0, () => "answer");
  await assertAllEndWith(viewers, rev);
});

test("a hub whose answer is lost, and one that receives the change twice, count once", async () => {
  const event = await begun(worker, "twice", 10_000);
  const viewers = await join(worker, event.name, 16);
  worker.decideRelay(event.name, 1, () => "twice");
  let lost = 0;
  worker.decideRelay(event.name, 2, () => (lost++ === 0 ? "lose" : "answer"));
  const { rev, delivery } = await event.command("pause");
  assert.deepEqual([delivery.hubs, delivery.acked, delivery.sockets], [4, 4, 16]);
  assert.ok(lost >= 2, "the event retried the silent hub");
  assert.deepEqual(viewers.map(({ states }) => states.length), viewers.map(() => 1 + 1));
  await assertAllEndWith(viewers, rev);
});

test("a change that never reached a hub arrives with the next attempt", async () => {
  const event = await begun(worker, "dropped", 10_000);
  const viewers = await join(worker, event.name, 16);
  let [dropped, arrived] = [0, 0];
  worker.decideRelay(event.name, 3, () => (dropped++, "drop"));
  const { rev, delivery } = await event.command("pause");
  assert.deepEqual([delivery.hubs, delivery.acked, delivery.sockets], [4, 3, 12]);
  assert.ok(dropped >= 1);
  worker.decideRelay(event.name, 3, () => (arrived++, "answer"));
  await assertAllEndWith(viewers, rev);
  assert.ok(arrived >= 1, "the event retried by itself");
});

test("a hub that never receives a change polls for it", async () => {
  const event = await begun(worker, "untold", 10_000);
  const viewers = await join(worker, event.name, 8);
  worker.decideRelay(event.name, 2, () => "drop");
  const { rev, delivery } = await event.command("pause");
  assert.deepEqual([delivery.acked, delivery.sockets], [3, 6]);
  await assertAllEndWith(viewers, rev);
});

test("changes that are delayed, repeated and out of order end with the last one", async () => {
  const event = await begun(worker, "disorder", 10_000);
  const viewers = await join(worker, event.name, 16);
  const waiting: ((fate: Fate) => void)[] = [];
  worker.decideRelay(event.name, 0, () => new Promise<Fate>((resolve) => void waiting.push(resolve)));
  let count = 0;
  worker.decideRelay(event.name, 1, () => (["twice", "lose", "answer", "drop"] as const)[count++ % 4]!);
  await burst(event, 5);
  // The delayed messages arrive now, the last one first, some twice.
  worker.decideRelay(event.name, 0, () => "answer");
  waiting.reverse().forEach((resolve, index) => resolve(index % 2 ? "twice" : "answer"));
  worker.decideRelay(event.name, 1, () => "answer");
  const { rev } = await event.command("pause");
  assert.equal(rev, 7);
  await assertAllEndWith(viewers, rev);
});

test("objects dropped out of memory amid broadcasts forget nothing, and their sockets stay", async () => {
  const event = await begun(worker, "evicted", 10_000);
  const viewers = await join(worker, event.name, 40);
  let highest = 0;
  for (let round = 0; round < 4; round++) {
    const command = burst(event, 2);
    const evicted = [`${event.name}/${round}`, `${event.name}/${(round + 1) % 4}`];
    await Promise.all([command, ...evicted.map((object) => worker.evict(object))]);
    highest = await command;
  }
  const command = event.command("pause");
  await Promise.all([command.catch(() => {}), worker.evict(event.name)]);
  const { rev } = await event.state();
  assert.ok(rev >= highest, "what was answered is there");
  await assertAllEndWith(viewers, rev);
});

test("two thousand viewers who return at once all get in, with the current state", async () => {
  const event = await begun(worker, "storm", 10_000);
  const viewers: Viewer[] = [];
  while (viewers.length < 2_000) viewers.push(...(await join(worker, event.name, 250)));
  const { rev } = await event.command("announce", { message: "One" });
  for (const viewer of viewers) await viewer.has(rev);
  viewers.forEach((viewer) => viewer.end());
  const back = await Promise.all(viewers.map(({ hub }) => Viewer.join(worker, event.name, { not: hub })));
  const { rev: last, delivery } = await event.command("pause");
  assert.equal(delivery.acked, 4);
  await assertAllEndWith(back, last);
});
