// Making events, changing how they are set up, reading what happened to them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, Event, now } from "./harness/calls.ts";
import { assertChain } from "./harness/chain.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import type { Audience, EventList, LogPage } from "./harness/wire.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("event")));
after(() => runtime.end());

test("an event has its configuration, and defaults for the rest", async () => {
  const event = new Event(runtime, "gala");
  const startsAt = (await now(runtime)) + 3_600_000;
  const fields = { startsAt, duration: 5_400_000, title: "Spring gala", locale: "fr", hubs: 8, resync: 60_000 };
  const made = await event.put(fields);
  assert.equal(made.status, 201, made.text);
  const { serverTime, epoch, ...state } = await event.state();
  assert.match(epoch!, /^[0-9a-f]{16}$/);
  assert.ok(serverTime < startsAt);
  assert.deepEqual(state, {
    ...fields, event: "gala", rev: 1, status: "scheduled", timeline: [{ from: startsAt, position: 0, rate: 1 }],
    endedAt: null, message: null, messages: [], rundown: null, rundownUrl: null, emergency: null,
    liveUrl: "/v1/events/gala/live",
  });

  const plain = await (await begun(runtime, "plain", 0)).state();
  assert.deepEqual([plain.title, plain.duration, plain.locale, plain.hubs, plain.resync], ["", null, "en", 4, 300_000]);
});

test("an event starts by itself", async () => {
  const event = await begun(runtime, "by-itself", -5_000);
  const { startsAt, status } = await event.state();
  assert.equal(status, "scheduled");
  assert.equal((await event.reaches(startsAt)).status, "running");
  assert.equal((await event.time()).rev, 1);
});

test("the same configuration twice is the same revision", async () => {
  const event = await begun(runtime, "same", -60_000, { title: "One" });
  const { startsAt } = await event.state();
  const again = await event.put({ startsAt, title: "One", hubs: "auto" });
  assert.deepEqual([again.status, again.body.rev], [200, 1]);
  const other = await event.put({ title: "Two" });
  assert.deepEqual([other.status, other.body.rev, other.body.title, other.body.startsAt], [200, 2, "Two", startsAt]);
  const without = await event.put({ duration: null });
  assert.deepEqual([without.status, without.body.rev], [200, 2]);
  assert.equal((await event.log()).length, 2);
});

test("a configuration decided on an older revision is refused", async () => {
  const event = await begun(runtime, "if-rev", 1_000);
  assert.equal((await event.put({ title: "One", ifRev: 1 })).status, 200);
  const stale = await event.put({ title: "Two", ifRev: 1 });
  assert.deepEqual([stale.status, stale.problem.code, stale.problem.state?.title], [409, "stale", "One"]);
  assert.equal((await event.state()).title, "One");
});

test("the log says who did what and why, and is chained", async () => {
  const event = await begun(runtime, "log", 1_000);
  await event.send({ command: "pause", id: "p1", actor: "maria", reason: "no sound" }, TOKENS.operator);
  await event.command("rate", { rate: 1.25 });
  await event.command("rate", { rate: 2 });
  await event.command("announce", { message: { en: "Déjà vu \u2028 \"quoted\" \\ 🎺", fr: "Déjà vu" } });
  await event.command("seek", { position: -5_000 });
  await event.put({ title: "Renamed", actor: "ci", reason: "typo" });
  const log = await event.log();
  assertChain(log);
  assert.deepEqual(log.map(({ name }) => name), ["configure", "seek", "announce", "rate", "rate", "pause", "create"]);
  const { actor, token, body, at, effectiveAt } = log[5]!;
  assert.deepEqual({ actor, token, lead: effectiveAt - at }, { actor: "maria", token: "operator", lead: 500 });
  assert.deepEqual(body, { command: "pause", id: "p1", actor: "maria", reason: "no sound" });
  assert.deepEqual([log[0]!.actor, log[0]!.token], ["ci", "all"]);
});

test("the log comes in pages, the newest first", async () => {
  const event = await begun(runtime, "pages", 1_000);
  for (let count = 0; count < 4; count++) await event.command("clear");
  const page = async (query: string) => {
    const answer = await call<LogPage>(runtime, "GET", `${event.path}/log${query}`, { token: TOKENS.reader });
    const { entries, more } = answer.body;
    return { revs: entries.map(({ rev }) => rev), more };
  };
  assert.deepEqual(await page(""), { revs: [5, 4, 3, 2, 1], more: false });
  assert.deepEqual(await page("?limit=2"), { revs: [5, 4], more: true });
  assert.deepEqual(await page("?limit=2&before=4"), { revs: [3, 2], more: true });
  assert.deepEqual(await page("?limit=2&before=2"), { revs: [1], more: false });
  assert.deepEqual(await page("?limit=5"), { revs: [5, 4, 3, 2, 1], more: false });
  const wrong = await call(runtime, "GET", `${event.path}/log?before=yesterday`, { token: TOKENS.reader });
  assert.deepEqual([wrong.status, wrong.problem.code], [400, "bad-request"]);
});

test("every event made is in the list, by name, and no other", async () => {
  for (const name of ["list-b", "list-a"]) await begun(runtime, name, 0);
  await call(runtime, "GET", "/v1/events/list-never/time");
  const { body } = await call<EventList>(runtime, "GET", "/v1/events", { token: TOKENS.reader });
  const names = body.events.map(({ name }) => name).filter((name) => name.startsWith("list-"));
  assert.deepEqual(names, ["list-a", "list-b"]);
  assert.ok(body.events.every(({ createdAt }) => createdAt > 1_704_067_200_000));
});

test("a new event has its hubs, and no viewers", async () => {
  const event = await begun(runtime, "audience", 0);
  const { status, body } = await call<Audience>(runtime, "GET", `${event.path}/audience`, { token: TOKENS.reader });
  const { byHub, byRegion, ...audience } = body;
  assert.equal(status, 200);
  assert.deepEqual(audience, { rev: 1, hubs: 4, answered: 4, sockets: 0, acks: null });
  assert.deepEqual(byHub.map(({ hub, sockets, rev }) => [hub, sockets, rev]), [0, 1, 2, 3].map((hub) => [hub, 0, 1]));
  assert.deepEqual(byRegion.map(({ hubs, answered, sockets }) => [hubs, answered, sockets]), [0, 1, 2, 3].map(() => [1, 1, 0]));
});

test("an event made after it was asked for is found within seconds", async () => {
  const event = new Event(runtime, "late");
  assert.equal((await call(runtime, "GET", `${event.path}/time`)).status, 404);
  await event.put({ startsAt: await now(runtime) });
  assert.equal((await event.time()).rev, 1, "the isolate that created it knows it at once");
});
