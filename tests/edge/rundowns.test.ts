// Publishing: a rundown is put under the name its bytes have, and the event is pointed at it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { begun, call, type Event } from "./harness/calls.ts";
import { type Rundown, rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import type { Pointer } from "./harness/wire.ts";

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

test("undo points back too, and null at none", async () => {
  const event = await begun(runtime, "none", 1_000);
  const rundown = rundownAt(5);
  await publish(event, rundown);
  await event.command("rundown", { rundown: rundown.digest });
  await event.command("rundown", { rundown: null });
  assert.equal((await pointer(event)).url, null);
  await event.command("undo");
  assert.equal((await pointer(event)).rundown, rundown.digest);
});

test("a rundown belongs to the event it was put for", async () => {
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
