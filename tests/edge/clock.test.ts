// An event's object whose clock is wrong: the worker's counts, to which viewers are aligned.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { begun, call, Event, now } from "./harness/calls.ts";
import { assertChain } from "./harness/chain.ts";
import { Operator } from "./harness/cli.ts";
import { proxy } from "./harness/proxy.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import type { CommandAnswer } from "./harness/wire.ts";

let worker: StandIn;
before(async () => void (worker = await standIn()));
beforeEach(() => worker.shiftClock(0));
after(() => worker.end());

const HOUR = 3_600_000;
/** How far ahead a pause takes effect, and how far clocks may differ unnoticed, in ms. */
const LEAD = 500;
const TOLERANCE = 1_000;

/** Sends a command, and checks that it takes effect `lead` after the worker received it, by the worker's clock. */
async function assertOnTime(event: Event, command: string, lead: number, fields = {}): Promise<CommandAnswer> {
  const asked = await now(worker);
  const answer = await event.command(command, fields);
  const answered = await now(worker);
  const { effectiveAt } = answer;
  assert.ok(asked + lead <= effectiveAt, `${asked + lead - effectiveAt} ms too early`);
  // The first call's duration may count once more.
  const latest = answered + (answered - asked) + lead;
  assert.ok(effectiveAt <= latest, `${effectiveAt - latest} ms too late`);
  return answer;
}

for (const [ahead, name] of [[HOUR, "ahead"], [-HOUR, "behind"]] as const) {
  test(`an object an hour ${name} pauses on time, and both clocks are reported`, async () => {
    const event = await begun(worker, name, 100_000);
    await worker.shiftClock(ahead);
    const paused = await assertOnTime(event, "pause", LEAD);
    const { worker: counted, object } = paused.clock!;
    assert.equal(paused.effectiveAt, counted + LEAD);
    assert.ok(Math.abs(object - counted - ahead) < TOLERANCE, `${object - counted} ms apart`);
    assert.equal(paused.state.serverTime, counted);
    assert.equal((await event.reaches(paused.effectiveAt)).status, "paused");

    const [entry] = await event.log();
    assert.deepEqual([entry!.at, entry!.effectiveAt, entry!.body["clock"]], [counted, paused.effectiveAt, paused.clock]);
    assertChain(await event.log());
    await assertOnTime(event, "resume", 2_000);
  });
}

test("between right clocks nothing is reported", async () => {
  const event = await begun(worker, "right", 100_000);
  const paused = await assertOnTime(event, "pause", LEAD);
  assert.equal("clock" in paused, false);
  assert.equal("clock" in (await event.log())[0]!.body, false);
});

/** Holds the calls to `event` back until `late` ms after they were made. */
function delay(event: Event, late: number): void {
  worker.decide(event.name, async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, late);
    await promise;
    return "answer" as const;
  });
}

test("a slow call between right clocks is decided by the object's own", async () => {
  const event = await begun(worker, "slow", 100_000);
  delay(event, 1_500);
  const asked = await now(worker);
  const paused = await event.command("pause");
  assert.equal("clock" in paused, false);
  assert.ok(paused.effectiveAt >= asked + 1_500 + LEAD, "not for the past");
});

test("a slow call to a wrong clock is not decided for the past", async () => {
  for (const [name, ahead] of [["slow-ahead", HOUR], ["slow-behind", -HOUR]] as const) {
    const event = await begun(worker, name, 100_000);
    await worker.shiftClock(ahead);
    delay(event, 1_200);
    const paused = await assertOnTime(event, "pause", 1_200 + LEAD);
    assert.notEqual(paused.clock, undefined);
    await worker.shiftClock(0);
  }
});

test("a pause that an older worker scheduled an hour ahead gives way to one that is made now", async () => {
  const event = await begun(worker, "before", 100_000);
  await worker.shiftClock(HOUR);
  // As a worker that says nothing about time, so that the object's clock counts.
  const wrong = await worker.ask(event.name, "POST", "/commands", { command: "pause", id: "p1" });
  assert.ok(wrong.effectiveAt > (await now(worker)) + HOUR / 2);
  await worker.shiftClock(0);
  const paused = await assertOnTime(event, "pause", LEAD);
  assert.deepEqual([paused.rev, paused.replaced], [3, true]);
  assert.equal((await event.reaches(paused.effectiveAt)).status, "paused");
  assert.equal((await event.time()).timeline.length, 2, "nothing of the first one is left");
});

test("what is asked for an instant, and what has begun, go by the worker's clock, too", async () => {
  await worker.shiftClock(HOUR);
  const event = await begun(worker, "instants", -HOUR / 2);
  const { startsAt } = await event.state();
  // By the object's clock, this event began half an hour ago.
  await event.command("reschedule", { startsAt: startsAt + 1 });
  const at = (await now(worker)) + 600_000;
  assert.equal((await event.command("end", { at })).effectiveAt, at);
  const far = await event.send({ command: "pause", at: (await now(worker)) + 31 * 24 * HOUR + HOUR / 2 });
  assert.equal(far.status, 422, "31 days from now are the limit, not 31 days and an hour");
  const made = await until(() => event.log(), (log) => log.length === 3, "the log");
  assert.notEqual(made.at(-1)!.body["clock"], undefined, "the creation reports both clocks");
  const dry = await event.preview({ command: "announce", message: "x" });
  assert.notEqual(dry.body.clock, undefined);
  assert.equal((await call(worker, "GET", `${event.path}/log`, { token: TOKENS.all })).status, 200);
});

/** Sends a pause by the command line through a proxy that alters the answers to `path`; it waits 2 s for each. */
async function pausedThrough(name: string, path: string, alter: (answer: any) => object) {
  const event = await begun(worker, name, 100_000);
  const server = await proxy(worker, (asked, text) => {
    return asked.endsWith(path) && text.startsWith("{") ? JSON.stringify(alter(JSON.parse(text))) : text;
  });
  const maria = new Operator(`clock-${name}`, server);
  maria.environment["DOWNBEAT_TIMEOUT"] = "2s";
  const paused = await maria.json("pause", "--yes", "--event", event.name);
  server.end();
  return paused;
}

test("the command line does not believe an answer about an effect that is an hour away", async () => {
  const paused = await pausedThrough("hour", "/commands", (answer) => ({ ...answer, effectiveAt: answer.effectiveAt + HOUR }));
  assert.deepEqual([paused.code, paused["seen"].seen], [9, false], JSON.stringify(paused));
  assert.match(paused.error!.message, /^the change is written as rev 2, but takes effect (59 min.*|1 h) too late: the event's clock differs/);
  assert.match(paused.error!.hint!, /pause --break-glass/);
});

test("the command line waits for the status, and not only for the revision", async () => {
  const paused = await pausedThrough("status", "/time", (time) => ({ ...time, status: "running" }));
  assert.deepEqual([paused.code, paused["seen"].seen, paused["seen"].rev, paused["seen"].status], [9, false, 2, "running"]);
  assert.match(paused.error!.message, /shows "running" after .*, and not "paused"$/);
  const told = await pausedThrough("told", "/nothing", (same) => same);
  assert.deepEqual([told.code, told["seen"].status], [0, "paused"]);
});
