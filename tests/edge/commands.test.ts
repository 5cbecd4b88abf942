// What each command changes for viewers.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { begun } from "./harness/calls.ts";
import { Runtime } from "./harness/runtime.ts";
import { instantOf, positionAt } from "./harness/timeline.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("commands")));
after(() => runtime.end());

// Each has its own event; most of their time is the two seconds until a command takes effect.
describe("commands", { concurrency: true }, () => {
  test("the same id twice changes nothing and gets the first answer", async () => {
    const event = await begun(runtime, "repeat", 1_000);
    const pause = { command: "pause", id: "once", message: "Back soon" };
    const first = await event.send(pause);
    await event.command("announce", { message: "Something else" });
    const second = await event.send(pause);
    assert.equal(second.status, 200);
    assert.equal(second.text, first.text);
    assert.equal((await event.state()).rev, 3);
    assert.equal((await event.log()).length, 3);
  });

  test("the same id for a different command is refused", async () => {
    const event = await begun(runtime, "reused", 1_000);
    await event.command("clear", { id: "once" });
    const { status, problem } = await event.send({ command: "pause", id: "once" });
    assert.deepEqual([status, problem.code, problem.pointer], [409, "conflict", "/id"]);
    assert.equal((await event.state()).rev, 2);
  });

  test("of many commands at once each gets its own revision, and an id only one", async () => {
    const event = await begun(runtime, "at-once", 1_000);
    const ids = Array.from({ length: 30 }, (_, index) => `id-${index % 10}`);
    const answers = await Promise.all(ids.map((id) => event.send({ command: "clear", id })));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 10);
    assert.equal((await event.state()).rev, 11);
  });

  test("of many commands decided on the same revision one wins", async () => {
    const event = await begun(runtime, "race", 1_000);
    const answers = await Promise.all(Array.from({ length: 10 }, () => event.send({ command: "resume", ifRev: 1 })));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, ...Array<number>(9).fill(409)]);
  });

  test("a seek jumps, and its undo jumps back by as much", async () => {
    const event = await begun(runtime, "seek", 100_000);
    const { timeline: planned } = await event.state();
    const seek = await event.command("seek", { position: 560_000 });
    assert.equal(seek.effectiveAt - seek.state.serverTime, 2_000);
    assert.equal(positionAt(seek.state.timeline, seek.effectiveAt), 560_000);
    await event.reaches(seek.effectiveAt);
    const undo = await event.command("undo");
    assert.equal(positionAt(undo.state.timeline, undo.effectiveAt), positionAt(planned, undo.effectiveAt));
  });

  test("an undo before the change took effect is as if it was never asked for", async () => {
    const event = await begun(runtime, "undo-early", 100_000);
    const { timeline: planned } = await event.state();
    const pause = await event.command("pause", { at: (await event.time()).serverTime + 3_600_000 });
    assert.equal(pause.state.timeline.length, 2);
    const undo = await event.command("undo");
    assert.deepEqual(undo.state.timeline, planned);
    assert.equal(undo.rev, 3, "the revision only grows");
  });

  test("a pause is undone by going on", async () => {
    const event = await begun(runtime, "undo-pause", 100_000);
    const pause = await event.command("pause", { message: "Oops" });
    await event.reaches(pause.effectiveAt);
    const undo = await event.command("undo");
    const { timeline, message, status } = await event.reaches(undo.effectiveAt);
    assert.deepEqual([message, status], [null, "running"]);
    assert.equal(positionAt(timeline, undo.effectiveAt), positionAt(pause.state.timeline, pause.effectiveAt));
  });

  test("a rate changes how fast the position moves, from the current position", async () => {
    const event = await begun(runtime, "rate", 100_000);
    const { startsAt } = await event.state();
    const { state, effectiveAt } = await event.command("rate", { rate: 1.25 });
    assert.deepEqual(state.timeline.at(-1), { from: effectiveAt, position: effectiveAt - startsAt, rate: 1.25 });
    assert.equal(instantOf(state.timeline, effectiveAt - startsAt + 5_000), effectiveAt + 4_000);
  });

  test("a command can be scheduled, and something newer replaces it", async () => {
    const event = await begun(runtime, "schedule", 100_000);
    const at = (await event.time()).serverTime + 60_000;
    const pause = await event.command("pause", { at });
    assert.deepEqual([pause.effectiveAt, pause.replaced], [at, false]);
    assert.equal((await event.time()).status, "running");
    const earlier = await event.command("pause", { at: at - 30_000 });
    assert.deepEqual([earlier.effectiveAt, earlier.replaced], [at - 30_000, true]);
    const now = (await event.time()).serverTime;
    const soon = await event.command("resume", { at: now });
    assert.equal(soon.effectiveAt, soon.state.serverTime + 2_000, "never without the lead");
  });

  test("an instant that has passed is refused, and nothing changes", async () => {
    const event = await begun(runtime, "past", 100_000);
    const before = await event.state();
    const yesterday = before.serverTime - 86_400_000;
    for (const command of [{ command: "pause" }, { command: "end" }, { command: "seek", position: 0 }, { command: "announce", message: "x" }]) {
      for (const answer of [await event.preview({ ...command, at: yesterday }), await event.send({ ...command, at: yesterday })]) {
        const { status, problem } = answer;
        assert.deepEqual([status, problem.code, problem.pointer], [422, "invalid-field", "/at"], answer.text);
      }
    }
    const { rev, timeline } = await event.state();
    assert.deepEqual([rev, timeline], [before.rev, before.timeline]);
  });

  test("an undo is about the newest change that changed anything, and a redo brings it back", async () => {
    const event = await begun(runtime, "redo", 100_000);
    const seek = await event.command("seek", { position: 600_000, actor: "otto" });
    const same = await event.command("resume");
    assert.deepEqual([same.unchanged, seek.unchanged], [true, undefined]);
    const other = await event.send({ command: "undo", rev: same.rev });
    assert.deepEqual([other.status, other.problem.code, other.problem.pointer], [409, "conflict", "/rev"], other.text);
    const preview = await event.preview({ command: "undo" });
    assert.deepEqual([preview.body.reverted!.rev, preview.body.reverted!.name, preview.body.reverted!.actor], [seek.rev, "seek", "otto"]);
    const undo = await event.command("undo", { rev: seek.rev });
    const again = await event.send({ command: "undo" });
    assert.deepEqual([again.status, again.problem.code], [409, "conflict"], "two who undo the same do not bring it back");
    const redo = await event.command("redo", { rev: seek.rev });
    assert.deepEqual([undo.reverted, redo.reverted], [preview.body.reverted, preview.body.reverted]);
    assert.equal(positionAt(redo.state.timeline, redo.effectiveAt), positionAt(seek.state.timeline, redo.effectiveAt));
    const logged = (await event.log()).map(({ name, body }) => [name, (body as any).reverted?.rev, (body as any).unchanged]);
    assert.deepEqual(logged, [["redo", 2, undefined], ["undo", 2, undefined], ["resume", undefined, true], ["seek", undefined, undefined], ["create", undefined, undefined]]);
  });

  test("what a pause said goes away with the end", async () => {
    const event = await begun(runtime, "said", 100_000);
    const pause = await event.command("pause", { message: "Smoke", severity: "critical" });
    assert.equal((await event.reaches(pause.effectiveAt)).message, "Smoke");
    const end = await event.command("end");
    const { status, message } = await event.reaches(end.effectiveAt);
    assert.deepEqual([status, message], ["ended", null]);
  });

  test("an announcement speaks every locale, and the time the event's own", async () => {
    const event = await begun(runtime, "announce", 1_000, { locale: "fr" });
    const message = { en: "Back at nine", fr: "On reprend à neuf heures" };
    const announced = await event.command("announce", { message, severity: "critical" });
    assert.deepEqual(announced.state.messages, [{ from: announced.effectiveAt, text: message, severity: "critical" }]);
    assert.equal((await event.reaches(announced.effectiveAt)).message, message.fr);
    const cleared = await event.command("clear");
    assert.equal((await event.time()).message, message.fr, "until it is taken away");
    assert.equal((await event.reaches(cleared.effectiveAt)).message, null);
  });

  test("an event ends for good, unless it is reopened where it ended", async () => {
    const event = await begun(runtime, "end", 100_000);
    const { startsAt } = await event.state();
    const end = await event.command("end", { message: "Good night" });
    assert.equal(end.state.endedAt, end.effectiveAt);
    const ended = await event.reaches(end.effectiveAt);
    assert.deepEqual([ended.status, ended.message, ended.endedAt], ["ended", "Good night", end.effectiveAt]);
    const position = end.effectiveAt - startsAt;
    assert.equal(positionAt(ended.timeline, ended.serverTime + 60_000), position);

    const refused = await event.send({ command: "resume" });
    assert.deepEqual([refused.status, refused.problem.code], [409, "conflict"]);
    const reopened = await event.command("reopen");
    assert.equal(reopened.state.endedAt, null);
    const { timeline, status, serverTime } = await event.reaches(reopened.effectiveAt);
    assert.deepEqual([status, positionAt(timeline, serverTime)], ["paused", position]);
  });

  test("the start moves while the event counts down, and not after", async () => {
    const event = await begun(runtime, "reschedule", -60_000);
    const { startsAt } = await event.state();
    const { state } = await event.command("reschedule", { startsAt: startsAt + 900_000 });
    assert.equal(state.startsAt, startsAt + 900_000);
    assert.deepEqual(state.timeline, [{ from: startsAt + 900_000, position: 0, rate: 1 }]);

    const running = await begun(runtime, "reschedule-late", 1_000);
    const refused = await running.send({ command: "reschedule", startsAt: startsAt + 900_000 });
    assert.deepEqual([refused.status, refused.problem.code], [409, "conflict"]);
  });
});
