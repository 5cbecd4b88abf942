// The exit codes that scripts rely on, each caused for real.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, type Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { type Alter, proxy } from "./harness/proxy.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";

let runtime: Runtime;
let maria: Operator;
let event: Event;

before(async () => {
  runtime = await Runtime.start("cli-exit");
  maria = new Operator("maria-exit", runtime);
  maria.environment["DOWNBEAT_EVENT"] = "exits";
  event = await begun(runtime, "exits", 100_000);
  await event.command("announce", { message: "Hello", actor: "carl", reason: "doors are open" });
});
after(() => runtime.end());

/** Checks that `args` end with `exit` and this code of the error, and that nothing was changed. */
async function ends(operator: Operator, args: string[], exit: number, code: string): Promise<string> {
  const { rev } = await event.state();
  const printed = await operator.json(...args);
  assert.deepEqual([printed.code, printed.error?.code], [exit, code], JSON.stringify(printed));
  assert.equal((await event.state()).rev, rev);
  return printed.error!.message;
}

/** Runs `work` with an operator behind a proxy that alters the worker's answers. */
async function altered(alter: Alter, work: (operator: Operator) => Promise<void>): Promise<void> {
  const between = await proxy(runtime, alter);
  try {
    const operator = new Operator("altered", between);
    operator.environment["DOWNBEAT_EVENT"] = "exits";
    await work(operator);
  } finally {
    between.end();
  }
}

test("0: done", async () => {
  assert.equal((await maria.run("status")).exit, 0);
});

test("2: a command line that is wrong", async () => {
  for (const args of [["dance"], ["seek"], ["pause", "--loud"], ["rate", "fast"], ["event", "set", "--hubs", "many"]]) {
    const { exit, stderr } = await maria.run(...args);
    assert.equal(exit, 2, stderr);
  }
  const nowhere = new Operator("nowhere", runtime);
  delete nowhere.environment["DOWNBEAT_SERVER"];
  await ends(nowhere, ["status"], 2, "settings");
});

test("3: an unknown event, and a value out of range", async () => {
  await ends(maria, ["status", "--event", "nobody"], 3, "unknown-event");
  await ends(maria, ["event", "set", "--yes", "--hubs", "1025"], 3, "invalid-field");
});

test("3: a local time that the clocks skip or show twice; both instants are shown", async () => {
  const set = (at: string) => ["event", "set", "--yes", "--event", "zone", "--starts-at", at, "--tz", "Europe/Paris"];
  const skipped = await maria.json(...set("2027-03-28 02:30"));
  assert.deepEqual([skipped.code, skipped.error?.code], [3, "no-such-time"]);
  const twice = await maria.json(...set("2026-10-25 02:30"));
  assert.deepEqual([twice.code, twice.error?.code], [3, "no-such-time"]);
  const instants = (meant: string[]) => meant.map((text) => Date.parse(text)).sort();
  assert.deepEqual(instants(skipped["meant"]), [Date.UTC(2027, 2, 28, 0, 30), Date.UTC(2027, 2, 28, 1, 30)]);
  assert.deepEqual(instants(twice["meant"]), [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)]);
});

test("4: an altered log", async () => {
  const forge: Alter = (path, text) => path.includes("/log") ? text.replace("doors are open", "doors are shut") : text;
  await altered(forge, async (operator) => {
    const message = await ends(operator, ["log", "--verify"], 4, "log-not-intact");
    assert.match(message, /rev 2/);
  });
});

test("5: the event has changed; the error says who changed what, when and why", async () => {
  const message = await ends(maria, ["clear", "--yes", "--if-rev", "1"], 5, "stale");
  assert.match(message, /announce by carl at 20\d\d-.*because: doors are open/);
  assert.match(message, /state now: running 0:01:4\d\.\d{3} \(rev 2\)/);
});

test("5: the event does not allow it", async () => {
  await ends(maria, ["reopen", "--yes"], 5, "conflict");
});

test("6: not confirmed, so nothing was sent", async () => {
  for (const args of [["pause"], ["resume"], ["end"], ["undo"], ["event", "set", "--title", "x"]]) {
    await ends(maria, args, 6, "unconfirmed");
  }
});

test("7: no token, an unknown one, an expired one, one of another scope", async () => {
  const pause = ["pause", "--yes", "--event", "exits"];
  const without = new Operator("without", runtime);
  delete without.environment["DOWNBEAT_TOKEN_FILE"];
  await ends(without, pause, 7, "no-token");
  await ends(new Operator("stranger", runtime, TOKENS.stranger), pause, 7, "unauthorized");
  await ends(new Operator("expired", runtime, TOKENS.expired), pause, 7, "unauthorized");
  await ends(new Operator("reader", runtime, TOKENS.reader), pause, 7, "forbidden");
});

test("8: nothing listens there", async () => {
  const lost = new Operator("lost", { url: "http://127.0.0.1:9" });
  await ends(lost, ["pause", "--yes", "--event", "exits"], 8, "unreachable");
  await ends(lost, ["status", "--event", "exits"], 8, "unreachable");
});

test("9: written, but the public URL does not show it", async () => {
  const old = JSON.stringify(await event.time());
  await altered((path, text) => path.endsWith("/time") ? old : text, async (operator) => {
    const printed = await operator.json("clear", "--yes", "--timeout", "1s");
    assert.deepEqual([printed.code, printed.error?.code, printed["seen"].seen], [9, "unseen", false]);
    assert.equal(printed["rev"], (await event.state()).rev, "it is written");
    assert.match(printed.error!.hint!, /downbeat undo/);
  });
});
