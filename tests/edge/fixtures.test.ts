// The golden documents of crates/wire/fixtures against a live worker: what they ask is accepted, and what it answers
// has their shape, down to whether a number is whole.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { call, Event, now } from "./harness/calls.ts";
import { assertChain } from "./harness/chain.ts";
import { ROOT } from "./harness/runtime.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { shapeOf } from "./harness/shape.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { ENTRIES, TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";
import type { Audience, CommandAnswer, Problem } from "./harness/wire.ts";

const DIRECTORY = `${ROOT}/crates/wire/fixtures`;
const fixture = (name: string): any => JSON.parse(readFileSync(`${DIRECTORY}/${name}.json`, "utf8"));

let worker: StandIn;
/** The worker's answers, by the name of the fixture they should match. */
const live = new Map<string, unknown>();
/** The fixtures that the worker accepted. */
const accepted = new Set<string>();

before(async () => {
  worker = await standIn();
  live.set("time-unknown", await answered("/time"));
  live.set("token-entry", ENTRIES.find(({ expires }) => expires !== null));

  const event = new Event(worker, "main");
  const startsAt = (await now(worker)) - 100_000;
  const made = await new Event(worker, "whole").put(fixture("configuration"));
  assert.equal(made.status, 201, made.text);
  accepted.add("configuration");
  // The fixtures' event admits every site.
  const { origins: _, ...configuration } = fixture("configuration");
  assert.equal((await event.put({ ...configuration, startsAt })).status, 201);

  const { bytes, digest: rundown } = rundownAt(1);
  await call(worker, "PUT", `${event.path}/rundowns/${rundown}.json`, { token: TOKENS.all, body: bytes });
  const notes = `${event.path}/rundowns/${rundown}/notes`;
  assert.equal((await call(worker, "PUT", notes, { token: TOKENS.all, body: fixture("notes") })).status, 200);
  live.set("notes", await answered(notes));
  await command(event, "rundown", { rundown });
  live.set("rundown-pointer", await answered(`${event.path}/rundown.json`));
  live.set("rundown-page", await answered(`${event.path}/rundowns`));
  live.set("time", await answered("/time"));

  await command(event, "end", { at: startsAt + 3_600_000 });
  const rate = await command(event, "rate");
  await event.reaches(rate.effectiveAt);
  const viewer = await Viewer.join(worker, event.name);
  const pause = await command(event, "pause");
  live.set("command-answer", pause);
  await viewer.has(pause.rev);
  viewer.send(JSON.stringify({ ...fixture("live-ack"), rev: pause.rev }));
  await event.reaches(pause.effectiveAt);
  live.set("time-paused", await answered("/time"));
  live.set("state", await answered(event.path));
  const late = await Viewer.join(worker, event.name);
  live.set("live-state", late.last);
  late.end();
  live.set("log-page", await answered(`${event.path}/log`));
  live.set("event-list", await answered("/v1/events"));
  live.set("grant", (await call(worker, "GET", "/v1/token", { token: TOKENS.reader })).body);
  const audience = async () => (await answered(`${event.path}/audience`)) as Audience;
  live.set("audience", await until(audience, ({ acks }) => acks?.applied === 1, "the ack"));
  accepted.add("live-ack");
  for (const hub of [0, 1, 2, 3]) worker.decideRelay(event.name, hub, () => "drop");
  live.set("audience-silent", await audience());
  for (const hub of [0, 1, 2, 3]) worker.decideRelay(event.name, hub, () => "answer");
  viewer.end();
  await refusals(event);

  await command(event, "resume");
  await command(event, "clear");
  await command(event, "announce");
  await command(event, "seek", { at: startsAt + 200_000 });
  const undone = await command(event, "undo");
  await command(event, "redo", { rev: undone.rev });
  await command(event, "reopen");
  // What was announced stays after the end; what the hold said does not.
  await event.command("clear");
  const end = await event.command("end");
  await event.reaches(end.effectiveAt);
  live.set("time-ended", await answered("/time"));

  const coming = new Event(worker, "coming");
  await coming.put({ startsAt: startsAt + 3_600_000 });
  await command(coming, "reschedule", { startsAt: startsAt + 7_200_000 });
});
after(() => worker.end());

async function refusals(event: Event): Promise<void> {
  const path = `${event.path}/commands`;
  live.set("problem-stale", (await event.send({ ...fixture("command-resume"), ifRev: 3 })).problem);
  live.set("problem-conflict", (await event.send(fixture("command-reschedule"))).problem);
  live.set("problem-invalid-field", (await event.send({ command: "seek" })).problem);
  live.set("problem-unknown-command", (await event.send({ command: "stop" })).problem);
  live.set("problem-unauthorized", (await call(worker, "POST", path)).problem);
  live.set("problem-unknown-event", (await call(worker, "GET", "/v1/events/gala/time")).problem);
  const body = '{\n  "command": pause}';
  live.set("problem-malformed-json", (await call(worker, "POST", path, { token: TOKENS.all, body })).problem);

  worker.decide(event.name, () => { throw new Error("broken"); });
  live.set("problem-unavailable", (await event.send({ command: "clear" })).problem);
  await until(() => event.time(), ({ status }) => status === "unknown", "the copy to be too old");
  live.set("time-unknown-stale", await answered("/time"));
  worker.decide(event.name, () => "answer");
  await until(() => event.time(), ({ status }) => status === "paused", "the object to be back");
}

/** Sends the fixture `command-<name>` with `changes`; it must be accepted. */
async function command(event: Event, name: string, changes: Record<string, unknown> = {}): Promise<CommandAnswer> {
  const answer = await event.send({ ...fixture(`command-${name}`), ...changes });
  assert.equal(answer.status, 200, answer.text);
  accepted.add(`command-${name}`);
  return answer.body;
}

async function answered(path: string): Promise<unknown> {
  return (await call(worker, "GET", path, { token: TOKENS.all })).body;
}

/** Returns the part that does not depend on when the event's object was asked. */
function comparable(body: any): unknown {
  const { receivedAt: _, confirmed: __, ...rest } = body;
  return rest;
}

/**
 * Fixtures of stores, which tests/publish compares, of signed states, which emergency.test.ts sends, of the audience's history:
 * audience-history.test.ts, and of rooms: rooms.test.ts.
 */
const ELSEWHERE = /^(publication|emergency|audience-history|room-.*)$/;

for (const name of readdirSync(DIRECTORY).filter((file) => file.endsWith(".json")).map((file) => file.replace(/\.json$/, ""))) {
  if (ELSEWHERE.test(name)) continue;
  test(`${name}.json is what a live worker accepts or answers`, () => {
    if (accepted.has(name)) return;
    assert.ok(live.has(name), "this test does not yet compare it with anything");
    assert.deepEqual(shapeOf(comparable(live.get(name))), shapeOf(comparable(fixture(name))));
  });
}

test("a problem's type, title, status and code are those of the fixture", () => {
  const constant = ({ type, title, status, code }: Problem) => ({ type, title, status, code });
  const problems = [...live.keys()].filter((name) => name.startsWith("problem-"));
  assert.equal(problems.length, 8);
  for (const name of problems) assert.deepEqual(constant(live.get(name) as Problem), constant(fixture(name)));
});

test("the time's members are in the order of the fixture", () => {
  assert.deepEqual(Object.keys(comparable(live.get("time")) as object), Object.keys(fixture("time")));
});

test("the hashes of the fixture's log verify", () => assertChain(fixture("log-page").entries));
