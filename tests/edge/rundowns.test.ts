// Publishing: a rundown is put under the hash of its bytes, and the event is pointed at it. It is stored with its event, or in a
// bucket where one is bound.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { begun, call, type Event, now } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { type Rundown, rundownAt, rundownOf } from "./harness/rundowns.ts";
import { Runtime, type RundownStore } from "./harness/runtime.ts";
import { standIn } from "./harness/stand-in.ts";
import { sha256, TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import type { Pointer, RundownPage } from "./harness/wire.ts";

/** The most bytes of a rundown: 1 MiB. */
const MIB = 1_048_576;

let runtime: Runtime;

const path = (event: Event, { digest }: Rundown) => `${event.path}/rundowns/${digest}.json`;

function publish(event: Event, rundown: Rundown) {
  return call(runtime, "PUT", path(event, rundown), { token: TOKENS.publisher, body: rundown.bytes });
}

async function pointer(event: Event): Promise<Pointer> {
  return (await call<Pointer>(runtime, "GET", `${event.path}/rundown.json`)).body;
}

async function stored(event: Event): Promise<RundownPage["rundowns"]> {
  const page = await call<RundownPage>(runtime, "GET", `${event.path}/rundowns`, { token: TOKENS.reader });
  assert.deepEqual([page.status, page.body.more], [200, false], page.text);
  return page.body.rundowns;
}

function remove(event: Event, rundown: Rundown, version: string) {
  const headers = { "if-match": `"${version}"` };
  return call(runtime, "DELETE", path(event, rundown), { token: TOKENS.publisher, headers });
}

for (const store of ["event", "bucket"] as const) describe(store, () => {
  before(async () => void (runtime = await Runtime.start(`rundowns-${store}`, { store })));
  after(() => runtime.end());

  test("a rundown is stored once, and the second time nothing changes", async () => {
    const event = await begun(runtime, "twice", 1_000);
    const rundown = rundownAt(1);
    const first = await publish(event, rundown);
    assert.equal(first.status, 201, first.text);
    assert.deepEqual(first.body, { rundown: rundown.digest, bytes: rundown.bytes.length });
    const second = await publish(event, rundown);
    assert.deepEqual([second.status, second.text], [200, first.text]);
    assert.equal((await event.state()).rev, 1, "storing is not yet showing");
  });

  test("the pointer names the rundown, and its integrity verifies", async () => {
    const event = await begun(runtime, "pointer", 1_000);
    const rundown = rundownAt(2);
    const { epoch } = await event.state();
    assert.deepEqual(await pointer(event), { epoch, rev: 1, rundown: null, url: null, integrity: null, bytes: null });

    await publish(event, rundown);
    const { rev, state } = await event.command("rundown", { rundown: rundown.digest });
    assert.equal(state.rundownUrl, path(event, rundown));
    assert.deepEqual(await pointer(event), {
      epoch,
      rev,
      rundown: rundown.digest,
      url: path(event, rundown),
      integrity: rundown.integrity,
      bytes: rundown.bytes.length,
    });
    const { text } = await call(runtime, "GET", path(event, rundown));
    assert.equal(`sha256-${createHash("sha256").update(text).digest("base64")}`, rundown.integrity);
    assert.equal((await event.time()).rundown, rundown.digest, "the time names it too");
  });

  test("rolling back is pointing at the rundown before", async () => {
    const event = await begun(runtime, "rollback", 1_000);
    const [good, bad] = [rundownAt(3), rundownAt(4)];
    await publish(event, good);
    await publish(event, bad);
    await event.command("rundown", { rundown: good.digest });
    await event.command("rundown", { rundown: bad.digest });
    const back = await event.command("rundown", { rundown: good.digest });
    assert.equal(back.rev, 4);
    assert.equal((await pointer(event)).rundown, good.digest);
    assert.equal((await call(runtime, "GET", path(event, bad))).status, 200, "what viewers may still hold stays there");
  });

  test("undo points back too, and null points at no rundown", async () => {
    const event = await begun(runtime, "none", 1_000);
    const rundown = rundownAt(5);
    await publish(event, rundown);
    await event.command("rundown", { rundown: rundown.digest });
    await event.command("rundown", { rundown: null });
    assert.equal((await pointer(event)).url, null);
    await event.command("undo");
    assert.equal((await pointer(event)).rundown, rundown.digest);
  });

  test("a rundown belongs to the event it was stored for", async () => {
    const [mine, other] = [await begun(runtime, "mine", 1_000), await begun(runtime, "other", 1_000)];
    const rundown = rundownAt(6);
    await publish(mine, rundown);
    assert.equal((await call(runtime, "GET", path(other, rundown))).status, 404);
  });

  test("publishing needs the scope publish, and pointing needs no other", async () => {
    const event = await begun(runtime, "scopes", 1_000);
    const rundown = rundownAt(7);
    await publish(event, rundown);
    const pointed = await event.send({ command: "rundown", rundown: rundown.digest }, TOKENS.publisher);
    assert.equal(pointed.status, 200, pointed.text);
    const refused = await event.send({ command: "rundown", rundown: null }, TOKENS.operator);
    assert.deepEqual([refused.status, refused.problem.code, refused.problem.scope], [403, "forbidden", "publish"]);
  });

  test("stored rundowns are listed by digest, page by page", async () => {
    const event = await begun(runtime, "listed", 1_000);
    const since = await now(runtime);
    const rundowns = [11, 12, 13].map(rundownAt).sort((a, b) => (a.digest < b.digest ? -1 : 1));
    for (const rundown of rundowns) await publish(event, rundown);
    const listed = await stored(event);
    assert.deepEqual(
      listed.map(({ rundown, bytes }) => [rundown, bytes]),
      rundowns.map(({ digest, bytes }) => [digest, bytes.length]),
    );
    for (const { storedAt } of listed) assert.ok(storedAt >= since && storedAt <= since + 60_000, `${storedAt}`);
    const after = `${event.path}/rundowns?after=${rundowns[0]!.digest}`;
    const rest = await call<RundownPage>(runtime, "GET", after, { token: TOKENS.reader });
    assert.deepEqual(rest.body.rundowns, listed.slice(1));
  });

  test("a rundown that the event does not name can be deleted; the event's own cannot", async () => {
    const event = await begun(runtime, "deleted", 1_000);
    const [old, present] = [rundownAt(14), rundownAt(15)];
    await publish(event, old);
    await publish(event, present);
    await event.command("rundown", { rundown: present.digest });
    const version = new Map((await stored(event)).map((it) => [it.rundown, it.version]));

    const refused = await remove(event, present, version.get(present.digest)!);
    assert.deepEqual([refused.status, refused.problem.code], [409, "rundown-in-use"], refused.text);
    const gone = await remove(event, old, version.get(old.digest)!);
    assert.deepEqual([gone.status, gone.text], [204, ""]);
    assert.deepEqual((await stored(event)).map(({ rundown }) => rundown), [present.digest]);
    assert.equal((await call(runtime, "GET", path(event, old))).status, 404);
    assert.equal((await call(runtime, "GET", path(event, present))).status, 200);
  });

  test("what was published again since it was listed is not deleted", async () => {
    const event = await begun(runtime, "again", 1_000);
    const rundown = rundownAt(16);
    await publish(event, rundown);
    const [listed] = await stored(event);
    assert.equal((await publish(event, rundown)).status, 200);
    const refused = await remove(event, rundown, listed!.version);
    assert.deepEqual([refused.status, refused.problem.code], [412, "changed"], refused.text);
    assert.equal((await call(runtime, "GET", path(event, rundown))).status, 200);
  });

  test("the greatest rundown is stored, and comes back as it was", async () => {
    const event = await begun(runtime, "great", 1_000);
    const great = rundownOf(MIB);
    assert.equal((await publish(event, great)).status, 201);
    await event.command("rundown", { rundown: great.digest });
    assert.equal((await call(runtime, "GET", path(event, great))).text, great.bytes);
    assert.equal((await pointer(event)).bytes, MIB);
    assert.deepEqual((await stored(event)).map(({ bytes }) => bytes), [MIB]);
  });
});

test("thousands of viewers ask for a rundown, and their isolate asks the event once; made-up names seldom reach it", async () => {
  const worker = await standIn({ store: "event" });
  after(() => worker.end());
  const event = await begun(worker, "crowd", 1_000);
  const rundown = rundownAt(30);
  const put = await call(worker, "PUT", path(event, rundown), { token: TOKENS.publisher, body: rundown.bytes });
  assert.equal(put.status, 201, put.text);
  await event.command("rundown", { rundown: rundown.digest });
  await until(() => event.time(), (time) => time.rundown === rundown.digest, "the isolate to have the change");

  const get = async (path: string) => (await call(worker, "GET", path)).status;
  const crowd = (path: (place: number) => string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, place) => get(path(place))));
  const before = worker.askedRundowns(event.name);
  assert.deepEqual(new Set(await crowd(() => path(event, rundown), 200)), new Set([200]));
  assert.equal(worker.askedRundowns(event.name) - before, 1);

  const madeUp = (place: number) => `${event.path}/rundowns/${sha256(`${place}`)}.json`;
  const answers = await crowd(madeUp, 200);
  assert.deepEqual(new Set(answers), new Set([404, 503]));
  const asked = worker.askedRundowns(event.name) - before - 1;
  assert.ok(asked >= 20 && asked < 100, `${asked} of 200`);

  worker.decide(event.name, () => "drop");
  assert.deepEqual(new Set(await crowd(() => path(event, rundown), 20)), new Set([200]), "the event is silent");
});

test("a bucket that is bound later is filled from the events, and the events from a bucket that goes", async () => {
  runtime = await Runtime.start("rundowns-moved", { stack: "wrangler" });
  const event = await begun(runtime, "moved", 1_000);
  const [shown, old, later] = [rundownAt(20), rundownAt(21), rundownAt(22)];
  for (const rundown of [shown, old]) await publish(event, rundown);
  await event.command("rundown", { rundown: shown.digest });
  const missing = await call(runtime, "GET", `${event.path}/rundowns?store=bucket`, { token: TOKENS.reader });
  assert.deepEqual([missing.status, missing.problem.code], [400, "bad-request"], missing.text);

  const restart = async (store: RundownStore) => {
    await runtime.end();
    runtime.configure(store);
    await runtime.restart();
  };
  await restart("bucket");
  assert.equal((await call(runtime, "GET", path(event, shown))).text, shown.bytes, "found where it was");
  assert.deepEqual(await stored(event), []);
  await event.command("rundown", { rundown: old.digest });
  await publish(event, later);
  const copy = (to: RundownStore, ...options: string[]) =>
    new Operator("rundowns", runtime).json("cues", "copy", "--to", to, "--all", ...options);
  const digests = async () => (await stored(event)).map(({ rundown }) => rundown);
  const all = [shown, old, later].map(({ digest }) => digest).sort();
  assert.equal((await copy("bucket", "--dry-run"))["rundowns"], 2);
  assert.deepEqual(await digests(), [later.digest]);
  const copied = await copy("bucket");
  assert.deepEqual([copied["rundowns"], copied["events"]], [2, 1], JSON.stringify(copied));
  assert.deepEqual(await digests(), all);
  assert.equal((await copy("event"))["rundowns"], 1);
  await restart("event");
  assert.equal((await copy("bucket")).error?.code, "bad-request");
  assert.deepEqual(await digests(), all);
  for (const rundown of [shown, old, later]) assert.equal((await call(runtime, "GET", path(event, rundown))).text, rundown.bytes);
  await runtime.end();
});
