// An update of the worker: what version 1 stored is served, changed and repeated by this one; events that version 1 could
// no longer change, or no longer deliver, can be paused again.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { call, Event, now } from "./harness/calls.ts";
import { ROOT, Runtime } from "./harness/runtime.ts";
import { alterState, store, storedByVersion1 } from "./harness/storage.ts";
import { sha256, TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";
import type { LogEntry, LogPage, StateBody } from "./harness/wire.ts";

const STORED = ["gala", "over", "coming", "signed", "absurd41", "absurd53", "absurd64"];

let worker: Runtime;

before(async () => {
  worker = await Runtime.start("upgrade");
  for (const name of [...STORED, "crowded", "long"]) await new Event(worker, name).put({ startsAt: 1_796_018_978_503 });
  const begins = await now(worker);
  await worker.end();
  for (const name of STORED) store(worker, name, storedByVersion1(name));
  // What version 1 accepted: 17 scheduled announcements of 64 locales. Hubs refuse such a state.
  alterState(worker, "crowded", (state) => {
    const locales = ["en", ...Array.from({ length: 63 }, (_, place) => `l${String.fromCharCode(97 + (place >> 3), 97 + (place & 7))}`)];
    const text = Object.fromEntries(locales.sort().map((locale) => [locale, "é".repeat(500)]));
    const announcement = (place: number) => ({
      from: begins + (place + 1) * 3_600_000,
      message: { text: { ...text, en: `${place}` }, severity: "info" },
      origin: "announcement",
    });
    state.show.notices = Array.from({ length: 17 }, (_, place) => announcement(place));
    state.last.before = { ...state.show };
  });
  // An event of many changes, the last of which no 32-bit number counts.
  alterState(worker, "long", (state) => { state.rev = 5_000_000_000; });
  await worker.restart();
});
after(() => worker.end());

const answered = (name: string): any =>
  JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/v1/answers/${name}.json`, "utf8"));

/** Every entry of the log, the newest first, read in pages of two as older clients do. */
async function pages(event: Event): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let before = ""; ; ) {
    const { text } = await call<LogPage>(worker, "GET", `${event.path}/log?limit=2${before}`, { token: TOKENS.all });
    const page = JSON.parse(text) as LogPage;
    entries.push(...page.entries);
    assert.ok(entries.length <= 100, "the pages lead on");
    if (!page.more) return entries;
    // As it is written: JavaScript would round it.
    before = `&before=${[...text.matchAll(/\{"rev":(\d+),"at"/g)].at(-1)![1]}`;
  }
}

/** The members that do not depend on the instant of the answer. */
function lasting({ serverTime: _, status: __, message: ___, confirmed: ____, ...rest }: StateBody): unknown {
  return rest;
}

test("an event of version 1 is served as it was, its log is whole, and its commands are repeated", async () => {
  const event = new Event(worker, "gala");
  assert.deepEqual(lasting(await event.state()), lasting(answered("state")));
  assert.deepEqual(lasting((await call<StateBody>(worker, "GET", `${event.path}/status`)).body), lasting(answered("status")));
  const stored = storedByVersion1("gala");
  const { text } = await call(worker, "GET", `${event.path}/log`, { token: TOKENS.all });
  assert.equal(text, `{"entries":[${stored.log.toReversed().map(({ entry }) => entry).join()}],"more":false}`);
  const { id, body, answer } = stored.log.find(({ id }) => id === "p1")!;
  const repeated = await call(worker, "POST", `${event.path}/commands`, { token: TOKENS.all, body: { ...JSON.parse(body), id } });
  assert.deepEqual([repeated.status, repeated.text], [200, answer], "byte for byte");
});

test("an event of version 1 is changed, and its viewers have it", async () => {
  for (const name of ["coming", "signed"]) {
    const event = new Event(worker, name);
    const viewer = await Viewer.join(worker, name);
    const { rev } = await event.state();
    assert.equal(rev, storedByVersion1(name).log.length);
    const paused = await event.command("pause", { message: "Back soon" });
    assert.equal(paused.rev, rev + 1);
    await viewer.has(paused.rev);
    viewer.end();
  }
});

for (const name of ["absurd41", "absurd53", "absurd64"]) {
  test(`${name}: an event whose revision stopped every command goes on, and keeps its log`, async () => {
    const stored = storedByVersion1(name);
    const { epoch } = JSON.parse(stored.state);
    const event = new Event(worker, name);
    const before = await event.state();
    const count = stored.log.length;
    assert.deepEqual([before.rev, before.epoch], [count, `${epoch}r`], "viewers accept a lower revision of another epoch only");
    const viewer = await Viewer.join(worker, name);
    const paused = await event.command("pause", { message: "Back soon" });
    assert.equal(paused.rev, count + 1);
    await viewer.has(paused.rev);
    await until(() => event.time(), (time) => time.message === "Back soon", "the pause");
    assert.equal((await event.command("resume")).rev, count + 2);

    const texts = stored.log.map(({ entry }) => entry);
    const { text } = await call(worker, "GET", `${event.path}/log`, { token: TOKENS.all });
    for (const entry of texts) assert.ok(text.includes(entry), "every entry as it was written");
    const entries = await pages(event);
    assert.equal(entries.length, count + 2);
    // Chained in the order in which they were made; the entries are texts, since JavaScript would round them.
    const written = [...text.slice('{"entries":['.length).matchAll(/\{"rev":.*?"hash":"[0-9a-f]{64}"\}/g)].map(([entry]) => entry);
    let prev = "0".repeat(64);
    for (const entry of written.toReversed()) {
      const hash = /"hash":"([0-9a-f]{64})"\}$/.exec(entry)![1]!;
      // After the greatest number version 1 went back to 0, and no longer found the last hash.
      if (!entry.startsWith('{"rev":0,')) assert.ok(entry.includes(`"prev":"${prev}"`), entry);
      assert.equal(sha256(entry.replace(`,"hash":"${hash}"}`, "}")), hash);
      prev = hash;
    }
    assert.equal(written.length, count + 2);

    // After a restart it is the same.
    await worker.kill();
    await worker.restart();
    const after = await event.state();
    assert.deepEqual([after.rev, after.epoch], [count + 2, `${epoch}r`]);
    viewer.end();
  });
}

test("an event that version 1 filled beyond what hubs accept is paused, and its viewers have it", async () => {
  const event = new Event(worker, "crowded");
  const viewer = await Viewer.join(worker, event.name);
  assert.equal((await event.state()).messages.length, 17);
  const at = (await now(worker)) + 24 * 3_600_000;
  const refused = await event.send({ command: "announce", message: "One more", at });
  assert.equal(refused.problem.code, "state-too-large", "only growth is refused");
  const paused = await event.command("pause", { message: "Back soon" });
  await viewer.has(paused.rev);
  assert.ok(viewer.last.messages.some(({ text }) => text?.["en"] === "Back soon"));
  assert.equal(paused.delivery.acked, paused.delivery.hubs, "every hub accepts it");
  viewer.end();
});

test("an event of version 1 that is over is archived, and taken out again", async () => {
  const event = new Event(worker, "over");
  const { rev } = await event.state();
  assert.equal((await event.put({ archived: true })).body.archived, true);
  assert.equal((await event.send({ command: "reopen" })).problem.code, "archived");
  assert.equal((await event.put({ archived: false })).body.rev, rev + 2);
  await event.command("reopen");
});

test("a log beyond 32 bits is read from its end", async () => {
  const event = new Event(worker, "long");
  const { rev } = await event.command("pause");
  assert.equal(rev, 5_000_000_001);
  assert.deepEqual((await pages(event)).map(({ rev }) => rev), [5_000_000_001, 1]);
});
