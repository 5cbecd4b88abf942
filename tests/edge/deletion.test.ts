// Deleting an event: all of it goes, a name is free again, and neither an accident nor a kill leaves half of one.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { type Answer, begun, call, Event, now } from "./harness/calls.ts";
import { assertChain } from "./harness/chain.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";
import type { EventList } from "./harness/wire.ts";

interface Deletion {
  event: string;
  hubs: number;
  sockets: number;
  rundowns: number;
}

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("deletion")));
after(() => runtime.end());

/** Deletes an event; with `force` whatever it is doing. */
function remove(event: Event, force = false, token: string = TOKENS.all): Promise<Answer<Deletion>> {
  return call(runtime, "DELETE", `${event.path}${force ? "?force" : ""}`, { token });
}

/** Returns the names in the list of events, archived ones too. */
async function listed(): Promise<string[]> {
  const { body } = await call<EventList>(runtime, "GET", "/v1/events?all", { token: TOKENS.reader });
  return body.events.map(({ name }) => name);
}

/** Checks that nothing of an event is left, and that its name can be used again. */
async function assertGone(event: Event, epoch: string | null): Promise<void> {
  for (const path of ["", "/time", "/status", "/rundown.json", "/log", "/audience", "/rundowns"]) {
    const answer = await call(runtime, "GET", event.path + path, { token: TOKENS.all });
    assert.deepEqual([answer.status, answer.problem.code], [404, "unknown-event"], `${path}: ${answer.text}`);
  }
  await assert.rejects(Viewer.join(runtime, event.name), /404/);
  assert.ok(!(await listed()).includes(event.name));

  const again = await event.put({ startsAt: await now(runtime), title: "Again" });
  assert.equal(again.status, 201, again.text);
  assert.notEqual(again.body.epoch, epoch);
  const log = await event.log();
  assert.deepEqual(log.map(({ name }) => name), ["create"]);
  assertChain(log);
  const { text } = await call(runtime, "GET", `${event.path}/rundowns`, { token: TOKENS.reader });
  assert.deepEqual(JSON.parse(text), { rundowns: [], more: false });
  const viewer = await Viewer.join(runtime, event.name);
  assert.deepEqual([viewer.last.epoch, viewer.last.rev], [again.body.epoch, 1], "no hub has the old state");
  viewer.end();
}

/** Makes an event with a rundown and a pause. */
async function lived(name: string): Promise<Event> {
  const event = await begun(runtime, name, 10_000);
  const { digest, bytes } = rundownAt(1);
  const put = await call(runtime, "PUT", `${event.path}/rundowns/${digest}.json`, { token: TOKENS.all, body: bytes });
  assert.equal(put.status, 201, put.text);
  await event.command("rundown", { rundown: digest });
  await event.command("pause");
  return event;
}

test("all of an event goes: viewers are sent away, its name is unknown, and free for a new one", async () => {
  const event = await lived("gala");
  await event.command("end");
  const { epoch, endedAt } = await event.state();
  await event.reaches(endedAt!);
  const viewers = await Promise.all(Array.from({ length: 5 }, () => Viewer.join(runtime, "gala")));
  const deleted = await remove(event);
  assert.equal(deleted.status, 200, deleted.text);
  assert.deepEqual(deleted.body, { event: "gala", hubs: 4, sockets: 5, rundowns: 1 });
  for (const viewer of viewers) {
    assert.deepEqual(await viewer.isClosed(), { code: 1001, reason: "the event was deleted" });
  }
  const again = await remove(event);
  assert.deepEqual([again.status, again.problem.code], [404, "unknown-event"]);
  await assertGone(event, epoch);
});

test("an event that is under way or has viewers is deleted by force only", async () => {
  const running = await begun(runtime, "running", 10_000);
  const refused = await remove(running);
  assert.deepEqual([refused.status, refused.problem.code], [409, "conflict"]);
  assert.match(refused.problem.detail, /is running and has 0 viewers/);
  await running.command("pause");
  await running.reaches((await running.state()).timeline.at(-1)!.from);
  assert.match((await remove(running)).problem.detail, /is paused/);
  assert.equal((await running.state()).rev, 2, "nothing changed");

  const waited = await begun(runtime, "waited-for", -3_600_000);
  const viewer = await Viewer.join(runtime, "waited-for");
  assert.match((await remove(waited)).problem.detail, /is scheduled and has 1 viewer connected/);
  viewer.end();
  await until(async () => (await remove(waited)).status, (status) => status === 200, "its viewer to have left");

  const { epoch } = await running.state();
  assert.equal((await remove(running, true)).status, 200);
  await assertGone(running, epoch);
});

test("deleting needs the scope, and a name that was never made is unknown", async () => {
  const event = await begun(runtime, "kept", -3_600_000);
  for (const token of [TOKENS.reader, TOKENS.publisher, TOKENS.operator]) {
    const refused = await remove(event, true, token);
    assert.deepEqual([refused.status, refused.problem.scope], [403, "admin"]);
  }
  assert.equal((await call(runtime, "DELETE", event.path)).status, 401);
  assert.equal((await event.state()).rev, 1);
  const nobody = await remove(new Event(runtime, "nobody"), true);
  assert.deepEqual([nobody.status, nobody.problem.code], [404, "unknown-event"]);
});

/** Runs `change` on the saved database of the event with this epoch, while the runtime is down. */
async function alter(epoch: string | null, change: string): Promise<void> {
  await runtime.kill();
  const directory = `${runtime.objects}/downbeat-EventDo`;
  let altered = 0;
  for (const file of readdirSync(directory).filter((name) => name.endsWith(".sqlite"))) {
    const database = new DatabaseSync(`${directory}/${file}`);
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'state'").all();
    const rows = tables.length > 0 ? database.prepare("SELECT json FROM state").all() : [];
    if (rows.some(({ json }) => String(json).includes(epoch!))) {
      database.exec(change);
      altered += 1;
    }
    database.close();
  }
  assert.equal(altered, 1);
  await runtime.restart();
}

test("an event whose saved state cannot be read is deleted by force", async () => {
  const event = await begun(runtime, "broken", -3_600_000);
  const { epoch } = await event.state();
  await alter(epoch, `UPDATE state SET json = '{"rev":1e400}'`);
  assert.equal((await event.send({ command: "pause" })).status, 503);
  const refused = await remove(event);
  assert.deepEqual([refused.status, refused.problem.code], [409, "conflict"], refused.text);
  assert.equal((await remove(event, true)).status, 200);
  await assertGone(event, epoch);
});

test("an event that was only marked does not exist, cannot be made, and the same call deletes the rest", async () => {
  const event = await lived("marked");
  const { epoch, startsAt } = await event.state();
  await alter(epoch, "CREATE TABLE deleting (one INTEGER PRIMARY KEY)");
  // A hub has its copy until it asks the event, which it does once it is asked itself.
  await until(async () => (await call(runtime, "GET", `${event.path}/time`)).status, (seen) => seen === 404, "404");
  assert.equal((await event.send({ command: "resume" })).status, 404);
  assert.equal((await event.put({ startsAt })).status, 503);
  // It was checked before it was marked.
  const deleted = await remove(event);
  assert.deepEqual([deleted.status, deleted.body?.rundowns], [200, 1], deleted.text);
  await assertGone(event, epoch);
});

test("a name that only the list has is unknown, and the same call removes it", async () => {
  const event = await begun(runtime, "listed", -3_600_000);
  const { epoch } = await event.state();
  await alter(epoch, "DROP TABLE state; DROP TABLE log; DROP TABLE IF EXISTS registered");
  await until(async () => (await call(runtime, "GET", `${event.path}/time`)).status, (seen) => seen === 404, "404");
  assert.ok((await listed()).includes("listed"));
  assert.equal((await remove(event)).status, 404);
  await assertGone(event, epoch);
});

test("killed amid a deletion, the same call finishes it, or it finishes by itself", async () => {
  for (const moment of ["sent", "viewer-sent-away", "alone"] as const) {
    const event = await lived(`killed-${moment}`);
    const { epoch } = await event.state();
    const viewer = await Viewer.join(runtime, event.name);
    const answer = remove(event, true).catch(() => undefined);
    if (moment !== "sent") await viewer.isClosed();
    await runtime.kill();
    await answer;
    await runtime.restart();

    if (moment === "alone") {
      await until(listed, (names) => !names.includes(event.name), "the deletion to finish");
    } else {
      const status = async () => (await remove(event, true)).status;
      await until(status, (seen) => seen === 404, "the call to have nothing left to do");
    }
    await assertGone(event, epoch);
  }
});
