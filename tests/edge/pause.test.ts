// A pause as viewers see it: everyone holds at the same position and continues from there.

import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { after, before, test } from "node:test";
import { begun, type Event } from "./harness/calls.ts";
import { Runtime } from "./harness/runtime.ts";
import { instantOf, positionAt } from "./harness/timeline.ts";
import type { TimeBody } from "./harness/wire.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("pause")));
after(() => runtime.end());

const VIEWERS = 6;
/** The greatest age of the state in an answer, in ms: what an isolate considers fresh. */
const FRESH = 1_000;

/** Requests the time repeatedly, on a connection of its own, until it is `end`. */
async function watch(event: Event, end: () => number): Promise<TimeBody[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen: TimeBody[] = [];
  do seen.push(await ask(`${event.server.url}${event.path}/time`, agent));
  while (seen.at(-1)!.serverTime < end());
  agent.destroy();
  return seen;
}

function ask(url: string, agent: Agent): Promise<TimeBody> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk)).on("end", () => resolve(JSON.parse(text)));
    }).on("error", reject).end();
  });
}

/** Sends `command` while all viewers watch; returns what they saw from before it until well after it took effect. */
async function watched(event: Event, command: string) {
  let end = Infinity;
  const watching = Promise.all(Array.from({ length: VIEWERS }, () => watch(event, () => end)));
  await event.reaches((await event.time()).serverTime + 1);
  const { effectiveAt, rev, state } = await event.command(command);
  end = effectiveAt + FRESH;
  return { effectiveAt, rev, decidedAt: state.serverTime, seen: (await watching).flat() };
}

test("a pause holds every viewer at one position, and a resume continues from there", async () => {
  const event = await begun(runtime, "freeze", 100_000);
  const { startsAt } = await event.state();

  const pause = await watched(event, "pause");
  assert.equal(pause.effectiveAt - pause.decidedAt, 500);
  const frozen = pause.effectiveAt - startsAt;
  for (const { serverTime, status, rev, timeline } of pause.seen) {
    const position = positionAt(timeline, serverTime);
    if (rev === pause.rev && serverTime >= pause.effectiveAt) {
      assert.deepEqual({ status, position }, { status: "paused", position: frozen });
    } else {
      assert.deepEqual({ status, position }, { status: "running", position: serverTime - startsAt });
      assert.ok(serverTime < pause.decidedAt + FRESH, `revision ${rev} was still told at ${serverTime}`);
    }
  }
  assert.ok(pause.seen.some(({ rev, serverTime }) => rev === pause.rev && serverTime < pause.effectiveAt),
    "viewers knew of the pause before it took effect");

  const resume = await watched(event, "resume");
  assert.equal(resume.effectiveAt - resume.decidedAt, 2_000);
  for (const { serverTime, status, rev, timeline } of resume.seen) {
    const position = positionAt(timeline, serverTime);
    if (rev === resume.rev && serverTime >= resume.effectiveAt) {
      assert.deepEqual({ status, position }, { status: "running", position: frozen + serverTime - resume.effectiveAt });
    } else {
      assert.deepEqual({ status, position }, { status: "paused", position: frozen });
    }
  }
  assert.equal(resume.seen.at(-1)!.status, "running");
});

test("a hold of ten minutes shifts a later cue by ten minutes", async () => {
  const event = await begun(runtime, "ten-minutes", 100_000);
  const planned = await event.state();
  const cue = 560_000;
  assert.equal(instantOf(planned.timeline, cue), planned.startsAt + cue);

  const pause = await event.command("pause");
  assert.equal(instantOf(pause.state.timeline, cue), undefined, "while held, the cue is not reached");
  const resume = await event.command("resume", { at: pause.effectiveAt + 600_000 });
  assert.equal(resume.effectiveAt, pause.effectiveAt + 600_000);

  const { timeline } = await event.time();
  assert.equal(instantOf(timeline, cue), planned.startsAt + cue + 600_000);
  assert.equal(positionAt(timeline, pause.effectiveAt + 1), positionAt(timeline, resume.effectiveAt));
});

test("a pause of the countdown delays the start", async () => {
  const event = await begun(runtime, "countdown", -60_000);
  const { startsAt } = await event.state();
  const pause = await event.command("pause");
  const held = await event.reaches(pause.effectiveAt);
  assert.equal(held.status, "paused");
  assert.equal(positionAt(held.timeline, held.serverTime), pause.effectiveAt - startsAt);
  const { effectiveAt } = await event.command("resume", { at: pause.effectiveAt + 5_000 });
  assert.equal(effectiveAt, pause.effectiveAt + 5_000);
  assert.equal(instantOf((await event.time()).timeline, 0), startsAt + 5_000);
});

test("a pause is never refused as stale", async () => {
  const event = await begun(runtime, "emergency", 1_000);
  await event.command("announce", { message: "Hello" });
  const pause = await event.send({ command: "pause", ifRev: 1 });
  assert.equal(pause.status, 200, pause.text);
  assert.equal(pause.body.rev, 3);
});

test("a pause shows its message for as long as it lasts", async () => {
  const event = await begun(runtime, "message", 1_000);
  const pause = await event.command("pause", { message: "Back in a minute", severity: "major" });
  assert.equal(pause.state.message, null, "not before it takes effect");
  assert.equal((await event.reaches(pause.effectiveAt)).message, "Back in a minute");
  const resume = await event.command("resume");
  assert.equal((await event.reaches(resume.effectiveAt)).message, null);
});
