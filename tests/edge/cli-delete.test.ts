// `downbeat event delete`: what it asks, what it keeps, what it says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { begun, call } from "./harness/calls.ts";
import { assertChain } from "./harness/chain.ts";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import type { LogEntry } from "./harness/wire.ts";

let runtime: Runtime;
let maria: Operator;
before(async () => {
  runtime = await Runtime.start("cli-delete");
  maria = new Operator("cli-delete", runtime);
});
after(() => runtime.end());

test("it shows what goes, asks, keeps the log, and says what was deleted", async () => {
  const event = await begun(runtime, "rehearsal", -3_600_000, { title: "Rehearsal" });
  await event.command("announce", { message: "Déjà vu \u2028 🎺" });
  const planned = await maria.run("event", "delete", "rehearsal", "--dry-run");
  assert.equal(planned.exit, 0, planned.stderr);
  assert.match(planned.stdout, /rehearsal, "Rehearsal" \(rev 2\)[^]*is lost; --keep-log FILE saves it first[^]*nothing was sent/);

  const unconfirmed = await maria.json("event", "delete", "rehearsal");
  assert.equal(unconfirmed.code, 6);
  assert.equal((await event.state()).rev, 2);

  const deleted = await maria.run("event", "delete", "rehearsal", "--yes", "--keep-log", "log.jsonl");
  assert.equal(deleted.exit, 0, deleted.stderr);
  assert.match(deleted.stdout, /^deleted rehearsal, with 0 rundowns; 0 viewers disconnected\nits log is in log\.jsonl/m);
  assert.equal((await call(runtime, "GET", event.path, { token: TOKENS.all })).status, 404);
  const lines = readFileSync(`${maria.directory}/log.jsonl`, "utf8").trimEnd().split("\n");
  assertChain(lines.map((line) => JSON.parse(line) as LogEntry).toReversed());
  assert.equal(lines.length, 2);

  const again = await maria.json("event", "delete", "rehearsal", "--yes");
  assert.deepEqual([again.code, again.deleted], [0, false]);
});

test("an event that is under way is kept unless it is forced, whatever --event says", async () => {
  const event = await begun(runtime, "gala", 10_000);
  const refused = await maria.json("event", "delete", "gala", "--event", "main", "--yes");
  assert.deepEqual([refused.code, refused.error?.code], [5, "conflict"]);
  assert.match(refused.error!.hint!, /--force/);
  assert.equal((await event.state()).rev, 1);
  const ines = new Operator("cli-delete-ines", runtime, TOKENS.operator);
  const forbidden = await ines.json("event", "delete", "gala", "--yes", "--force");
  assert.deepEqual([forbidden.code, forbidden.error!.code], [7, "forbidden"]);
  assert.match(forbidden.error!.hint!, /scope admin.*event archive gala/);
  const forced = await maria.json("event", "delete", "gala", "--yes", "--force");
  assert.deepEqual([forced.code, forced.deleted, forced["event"]], [0, true, "gala"]);
  const { stdout } = await maria.run("event", "list", "--all", "--quiet");
  assert.doesNotMatch(stdout, /gala/);
});
