// An event's object that is slow, silent or broken: the time is answered anyway, within the limit.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, Event, now } from "./harness/calls.ts";
import { type Decision, type Fate, type StandIn, standIn } from "./harness/stand-in.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import type { TimeBody } from "./harness/wire.ts";

let worker: StandIn;
/** A pause sent to a silent object; it waits while the other tests run. */
let patient: ReturnType<Event["send"]>;

before(async () => {
  worker = await standIn();
  const event = await unasked("patient");
  silence(event);
  patient = event.send({ command: "pause" });
});
after(() => worker.end());

/** How long `/time` waits for an object, in ms, and what a busy machine may add. */
const WAIT = 300;
const SCHEDULING = 1_200;
/** How old a copy of the state may be to be answered, in ms. */
const FRESH = 1_000;
/** How long after a failure no request waits for the object, in ms. */
const FAILURE_KEPT = 1_000;

const broken: Decision = () => { throw new Error("broken"); };

/** Silences the object of `event` until `release` is called. */
function silence(event: Event): { release: () => void } {
  const { promise, resolve } = Promise.withResolvers<Fate>();
  worker.decide(event.name, () => promise);
  return {
    release() {
      worker.decide(event.name, () => "answer");
      resolve("answer");
    },
  };
}

/** Makes an event that this isolate has never asked for. */
const unasked = (name: string): Promise<Event> => begun(worker, name, 10_000);

/** Waits, without asking for `event`, until the copy is too old to be answered. */
async function stale(known: TimeBody): Promise<void> {
  await until(() => now(worker), (time) => time >= known.serverTime + FRESH, "the copy to be too old");
}

async function many(event: Event, count: number): Promise<TimeBody[]> {
  return Promise.all(Array.from({ length: count }, () => event.time()));
}

test("while the object is silent, the right time is answered within the limit", async () => {
  const event = await unasked("silent");
  const { release } = silence(event);
  const asked = Date.now();
  const { serverTime, receivedAt, ...told } = await event.time();
  assert.ok(asked <= receivedAt! && serverTime <= Date.now(), "both instants are of this very exchange");
  assert.ok(serverTime - receivedAt! >= WAIT - 10, `it waited for ${serverTime - receivedAt!} ms`);
  assert.ok(serverTime - receivedAt! < WAIT + SCHEDULING, `it waited for ${serverTime - receivedAt!} ms`);
  const nothing = { message: null, epoch: null, rev: 0, timeline: [], rundown: null };
  assert.deepEqual(told, { status: "unknown", ...nothing, resync: 300_000 });
  release();
});

test("the time of the default event is answered too, and begins with the same three fields", async () => {
  const main = await unasked("main");
  const { release } = silence(main);
  const { status, text } = await call(worker, "GET", "/time");
  assert.equal(status, 200);
  assert.match(text, /^\{"serverTime":\d{13},"status":"unknown","message":null,/);
  release();
  await until(() => call<TimeBody>(worker, "GET", "/time"), ({ body }) => body.status === "running", "the status");
});

test("after a failure every request is answered at once", async () => {
  const event = await unasked("at-once");
  const { release } = silence(event);
  const failed = await event.time();
  assert.notEqual(failed.receivedAt, undefined);
  const end = failed.serverTime + FAILURE_KEPT / 2;
  for (let next = await event.time(); next.serverTime < end; next = await event.time()) {
    assert.deepEqual([next.status, next.receivedAt], ["unknown", undefined]);
  }
  release();
});

test("a copy is answered while it is fresh; after that, its revision is the last known one", async () => {
  const event = await unasked("last-known");
  const known = await event.time();
  const { release } = silence(event);
  const during = await event.time();
  const fresh = during.serverTime < (known.receivedAt ?? known.serverTime) + FRESH;
  assert.equal(during.status, fresh ? "running" : "unknown");

  await stale(known);
  const { status, message, epoch, rev, timeline } = await event.time();
  assert.deepEqual([status, message], ["unknown", null]);
  assert.deepEqual({ epoch, rev, timeline }, { epoch: known.epoch, rev: 1, timeline: known.timeline });
  release();
});

test("when the object is back, so is the status, with what happened meanwhile", async () => {
  const event = await unasked("back");
  await event.time();
  const { rev } = await event.command("announce", { message: "Hello" });
  const { release } = silence(event);
  assert.equal((await event.time()).status, "unknown");
  release();
  const back = await until(() => event.time(), ({ status }) => status !== "unknown", "the object to be back");
  assert.deepEqual([back.status, back.rev], ["running", rev]);
});

test("an answer that comes too late for one viewer serves the next", async () => {
  const event = await unasked("late-answer");
  const { promise, resolve } = Promise.withResolvers<Fate>();
  // Only the first request is ever answered.
  let questions = 0;
  worker.decide(event.name, () => (++questions === 1 ? promise : new Promise<Fate>(() => {})));
  assert.equal((await event.time()).status, "unknown");
  resolve("answer");
  const served = await until(() => event.time(), ({ status }) => status !== "unknown", "the late answer");
  assert.deepEqual([served.status, served.rev], ["running", 1]);
});

test("an object that throws is not a missing event", async () => {
  const event = await unasked("throws");
  worker.decide(event.name, broken);
  const { status, serverTime, receivedAt } = await event.time();
  assert.equal(status, "unknown");
  assert.ok(serverTime - (receivedAt ?? serverTime) < WAIT + SCHEDULING);
  for (const [method, rest, body] of [
    ["GET", ""],
    ["GET", "/rundown.json"],
    ["GET", "/log"],
    ["PUT", "", { title: "x" }],
    ["POST", "/commands", { command: "pause", id: "p1" }],
  ] as const) {
    const refused = await call(worker, method, event.path + rest, { token: TOKENS.all, body });
    assert.deepEqual([refused.status, refused.problem.code], [503, "unavailable"], `${method} ${rest}`);
    assert.equal(refused.headers.get("retry-after"), "1");
  }
  worker.decide(event.name, () => "answer");
  await until(() => event.time(), (time) => time.status === "running", "the object to be back");
});

test("a command whose answer was lost is sent again, and counts once", async () => {
  const event = await unasked("lost");
  worker.decide(event.name, () => "lose");
  const pause = { command: "pause", id: "p1" };
  assert.equal((await event.send(pause)).status, 503);
  worker.decide(event.name, () => "answer");
  const again = await event.send(pause);
  assert.deepEqual([again.status, again.body.rev], [200, 2]);
  assert.deepEqual((await event.log()).map(({ name }) => name), ["pause", "create"]);
});

test("an event whose creation was not answered is in the list once it is created again", async () => {
  const event = new Event(worker, "lost-making");
  const startsAt = await now(worker);
  worker.decide(event.name, () => "lose");
  assert.equal((await event.put({ startsAt })).status, 503);
  worker.decide(event.name, () => "answer");
  const again = await event.put({ startsAt });
  assert.deepEqual([again.status, again.body.rev], [200, 1]);
  const { text: list } = await call(worker, "GET", "/v1/events", { token: TOKENS.reader });
  assert.match(list, /"name":"lost-making"/);
});

test("many viewers at once cause hardly more than one request to a cold object", async () => {
  const event = await unasked("cold");
  const before = worker.asked(event.name);
  const seen = await many(event, 200);
  assert.deepEqual([...new Set(seen.map(({ status }) => status))], ["running"]);
  assertFewQuestions(event, before, seen);
});

test("many viewers at once do not flood a silent object", async () => {
  const event = await unasked("cold-silent");
  const { release } = silence(event);
  const before = worker.asked(event.name);
  const seen = await many(event, 200);
  for (const { status, serverTime, receivedAt = serverTime } of seen) {
    assert.equal(status, "unknown");
    assert.ok(serverTime - receivedAt < WAIT + SCHEDULING, `one waited for ${serverTime - receivedAt} ms`);
  }
  assertFewQuestions(event, before, seen);
  release();
});

test("under steady load an object gets a few requests a second, and no viewer waits for it", async () => {
  const event = await unasked("steady");
  await event.time();
  const before = worker.asked(event.name);
  const seen = [await event.time()];
  while (seen.length < 500 || seen.at(-1)!.serverTime < seen[0]!.serverTime + FRESH) {
    const last = seen.at(-1)!.serverTime;
    const next = await many(event, 10);
    // Unless this machine stalled for so long that the copy became too old.
    const steady = next[0]!.serverTime - last < FRESH / 2;
    if (steady) assert.deepEqual(next.filter(({ receivedAt }) => receivedAt !== undefined), []);
    seen.push(...next);
  }
  assertFewQuestions(event, before, seen);
  assert.ok(worker.asked(event.name) > before, "the copy was renewed");
});

test("an event that does not exist is not asked for, and the list of events only once in a while", async () => {
  await call(worker, "GET", "/v1/events/nobody/time");
  const before = worker.askedList();
  const seen = [await now(worker)];
  for (let count = 0; count < 50; count++) {
    assert.equal((await call(worker, "GET", `/v1/events/nobody-${count}/time`)).status, 404);
    assert.equal(worker.asked(`nobody-${count}`), 0);
  }
  seen.push(await now(worker));
  assert.ok(worker.askedList() - before <= 1 + (seen[1]! - seen[0]!) / 5_000, `${worker.askedList() - before} times`);
});

test("an operator does not wait forever either", async () => {
  const { status, problem } = await patient;
  assert.deepEqual([status, problem.code], [503, "unavailable"]);
});

/** Checks that the object was asked at most four times a second while `seen` was answered, and once at the beginning. */
function assertFewQuestions(event: Event, before: number, seen: TimeBody[]): void {
  const times = seen.map(({ serverTime, receivedAt }) => receivedAt ?? serverTime).sort();
  const seconds = (times.at(-1)! - times[0]!) / 1_000;
  const questions = worker.asked(event.name) - before;
  assert.ok(questions <= 2 + 4 * seconds, `${questions} questions in ${seconds} s`);
}
