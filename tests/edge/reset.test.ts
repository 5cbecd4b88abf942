// An event that is reset after a rehearsal: as before its start, in an epoch that replaces the former one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import { Viewer } from "./harness/viewer.ts";
import type { StateBody } from "./harness/wire.ts";

let runtime: Runtime;
let maria: Operator;
before(async () => {
  runtime = await Runtime.start("reset");
  maria = new Operator("maria-reset", runtime);
});
after(() => runtime.end());

test("a rehearsed event is as before its start, and viewers who are there are told at once", async () => {
  const event = await begun(runtime, "gala", 100_000);
  await event.command("seek", { position: 600_000 });
  const pause = await event.command("pause", { message: "Sound check" });
  await event.reaches(pause.effectiveAt);
  const viewer = await Viewer.join(runtime, "gala");
  const { epoch, rev } = await event.state();

  const late = await maria.json("event", "reset", "gala", "--yes");
  assert.deepEqual([late.code, late["error"]!.code], [2, "usage"], "its start has passed, so it would run at once");
  const past = await maria.json("event", "reset", "gala", "--yes", "--starts-at", "2026-01-01T00:00:00Z");
  assert.deepEqual([past.code, past["error"]!.code], [3, "past"]);
  const unasked = await maria.run("event", "reset", "gala", "--starts-at", "+1h");
  assert.equal(unasked.exit, 6, unasked.stderr);
  assert.equal((await event.state()).rev, rev, "nothing was sent");

  const reset = await maria.json("event", "reset", "gala", "--yes", "--starts-at", "+1h", "--reason", "rehearsed");
  assert.deepEqual([reset.code, reset["rev"], reset["replaces"]], [0, rev + 1, epoch], JSON.stringify(reset));
  await viewer.has(rev + 1);
  assert.deepEqual([viewer.last.epoch, viewer.last.replaces], [reset["epoch"], epoch]);
  viewer.end();
  const { status, message, messages, timeline, startsAt } = await event.state();
  assert.deepEqual([status, message, messages], ["scheduled", null, []]);
  assert.deepEqual(timeline, [{ from: startsAt, position: 0, rate: 1 }]);
  assert.deepEqual((await event.log()).map(({ name }) => name), ["reset", "pause", "seek", "create"]);
  assert.equal((await maria.run("log", "--verify", "--event", "gala")).exit, 0);

  const undo = await event.command("undo");
  assert.deepEqual([undo.reverted!.name, undo.state.startsAt < startsAt], ["reset", true], "a reset by mistake is undone");
});

test("a reset needs an event, the scope operate, and a start to come", async () => {
  const event = await begun(runtime, "guarded", 100_000);
  const reset = (path: string, token: string, body: object) => call<StateBody>(runtime, "PUT", `${path}?reset`, { token, body });
  const { serverTime } = await event.state();
  const body = { startsAt: serverTime + 3_600_000 };
  const cases: [string, string, object, number, string][] = [
    [event.path, TOKENS.reader, body, 403, "forbidden"],
    [event.path, TOKENS.all, {}, 422, "invalid-field"],
    [event.path, TOKENS.all, { ...body, ifRev: 9 }, 409, "stale"],
    ["/v1/events/nobody", TOKENS.all, body, 404, "unknown-event"],
  ];
  for (const [path, token, fields, status, code] of cases) {
    const answer = await reset(path, token, fields);
    assert.deepEqual([answer.status, answer.problem.code], [status, code], answer.text);
  }
  const { body: list } = await call<{ events: { name: string }[] }>(runtime, "GET", "/v1/events", { token: TOKENS.all });
  assert.ok(!list.events.some(({ name }) => name === "nobody"), "a reset makes no event");
});
