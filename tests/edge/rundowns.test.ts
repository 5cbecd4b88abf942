// Publishing: a rundown is put under the hash of its bytes, and the event is pointed at it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { begun, call, type Event, now } from "./harness/calls.ts";
import { type Rundown, rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import type { Pointer, RundownPage } from "./harness/wire.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("rundowns")));
after(() => runtime.end());

const path = (event: Event, { digest }: Rundown) => `${event.path}/rundowns/${digest}.json`;

function publish(event: Event, rundown: Rundown) {
  return call(runtime, "PUT", path(event, rundown), { token: TOKENS.publisher, body: rundown.bytes });
}

async function pointer(event: Event): Promise<Pointer> {
  return (await call<Pointer>(runtime, "GET", `${event.path}/rundown.json`)).body;
}

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

async function stored(event: Event): Promise<RundownPage["rundowns"]> {
  const page = await call<RundownPage>(runtime, "GET", `${event.path}/rundowns`, { token: TOKENS.reader });
  assert.deepEqual([page.status, page.body.more], [200, false], page.text);
  return page.body.rundowns;
}

function remove(event: Event, rundown: Rundown, version: string) {
  const headers = { "if-match": `"${version}"` };
  return call(runtime, "DELETE", path(event, rundown), { token: TOKENS.publisher, headers });
}

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
