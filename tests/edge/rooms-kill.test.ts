// Rooms through a kill of the runtime, and what remains of them when they end.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { Room } from "./harness/room.ts";
import { Runtime } from "./harness/runtime.ts";
import { until } from "./harness/until.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("rooms-kill", { variables: { ROOMS: "open" } })));
after(() => runtime.end());

/** Returns how many tables of rooms are stored. */
function stored(): number {
  const directory = `${runtime.objects}/downbeat-EventDo`;
  return readdirSync(directory).filter((file) => file.endsWith(".sqlite")).filter((file) => {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(`${directory}/${file}`, { readOnly: true, timeout: 5_000 });
      return database.prepare("SELECT name FROM sqlite_master WHERE name = 'room'").get() !== undefined;
    } catch {
      // The runtime has just opened it, writes to it, or deletes it.
      return true;
    } finally {
      database?.close();
    }
  }).length;
}

test("a room that was killed amid a wait goes on, and members find it as it was", { timeout: 120_000 }, async () => {
  const room = await Room.make(runtime, { wait: { max: 10_000 } });
  const [ana, boris] = await Promise.all([room.controller("Ana"), room.controller("Boris")]);
  const { rev, effectiveAt } = await ana.command("resume");
  await until(async () => Date.now(), (now) => now > effectiveAt, "the room to play");
  boris.send({ type: "ready", ready: false });
  const held = await ana.has(rev + 1);
  await runtime.kill();
  await runtime.restart();
  const again = new Room(runtime, room.name, room.invitations);
  const state = await again.state();
  assert.deepEqual([state.rev, state.timeline], [held.rev, held.timeline]);
  const back = await again.join(room.invitations.control, "Ana", ana.welcome["resume"]);
  assert.equal(back.id, ana.id);
  // Boris is gone, so the room may stop waiting sooner, which is a change.
  const running = await until(() => again.state(), ({ status }) => status === "running", "the wait to end");
  const pause = await back.command("pause");
  assert.equal(pause["rev"], running.rev + 1);
  await again.call("DELETE", "", room.invitations.own);
});

test("rooms are gone, with everything stored, their keep after the last one left, or was lost with the runtime", { timeout: 300_000 }, async () => {
  const [left, lost] = await Promise.all([Room.make(runtime, { keep: 60_000 }), Room.make(runtime, { keep: 60_000 })]);
  const [ana] = await Promise.all([left.controller("Ana"), lost.controller("Boris")]);
  await ana.command("resume");
  assert.equal(stored(), 2);
  ana.end();
  await runtime.kill();
  await runtime.restart();
  // Nobody asks for them: their alarms alone end them.
  await until(async () => stored(), (rooms) => rooms === 0, "the rooms to end", 240_000);
  assert.equal((await new Room(runtime, left.name, left.invitations).call("GET", "", left.invitations.own)).status, 404);
});
