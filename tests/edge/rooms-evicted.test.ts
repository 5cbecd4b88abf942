// A room whose object is dropped out of memory while its members' sockets stay open, and one whose clock is wrong.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Room } from "./harness/room.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { until } from "./harness/until.ts";

let worker: StandIn;
before(async () => void (worker = await standIn({ rooms: "open" })));
after(() => worker.end());

test("a room that was evicted knows its members, their names and roles", async () => {
  const room = await Room.make(worker);
  const [ana, boris, viewer] = await Promise.all([
    room.controller("Ana"),
    room.controller("Boris"),
    room.join(room.invitations.view, "Vera"),
  ]);
  const first = await ana.command("seek", { id: "s-1", position: 5_000 });
  await worker.evict(room.name);
  assert.deepEqual(await ana.command("seek", { id: "s-1", position: 5_000 }), first, "a repetition is known");
  const resume = await boris.command("resume");
  assert.equal((await ana.has(resume["rev"])).room.lastChange.actor, "Boris");
  await worker.evict(room.name);
  assert.equal((await viewer.command("pause")).code, "not-allowed");
  await worker.evict(room.name);
  boris.end();
  await ana.gets("that Boris left", (frame) => frame.type === "presence" && frame["left"]?.includes(boris.id));
  await worker.evict(room.name);
  ana.send({ type: "signal", to: viewer.id, candidate: { n: 1 } });
  assert.equal((await viewer.gets("the signal", ({ type }) => type === "signal"))["from"], ana.id);
});

test("a wait ends although the room is evicted during it", async () => {
  const room = await Room.make(worker, { wait: { max: 1_500 } });
  const [ana, boris] = await Promise.all([room.controller("Ana"), room.controller("Boris")]);
  const { rev, effectiveAt } = await ana.command("resume");
  await until(async () => Date.now(), (now) => now > effectiveAt, "the room to play");
  boris.send({ type: "ready", ready: false });
  await ana.has(rev + 1);
  await worker.evict(room.name);
  await until(() => room.state(), ({ status }) => status === "running", "the room to go on");
});

test("a room decides by the workers' time, however wrong its object's clock is", async () => {
  await worker.shiftClock(3_600_000);
  const room = await Room.make(worker);
  const ana = await room.controller("Ana");
  const before = Date.now();
  const { effectiveAt } = await ana.command("resume");
  assert.ok(effectiveAt >= before && effectiveAt < Date.now() + 2_000, `${effectiveAt - before}`);
  await worker.shiftClock(0);
});
