// Releasing rundowns to the event's own server, besides publish and rollback themselves: plan, freeze, gc.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, type Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { proxy } from "./harness/proxy.ts";
import { ROOT, Runtime } from "./harness/runtime.ts";
import { until } from "./harness/until.ts";
import type { LogPage } from "./harness/wire.ts";

let runtime: Runtime;
let maria: Operator;
const tiny = `${ROOT}/cues/good/tiny.json`;
const gala = `${ROOT}/cues/good/gala.json`;
const DAYS = 86_400_000;

before(async () => {
  runtime = await Runtime.start("cli-release");
  maria = new Operator("maria-release", runtime);
});
after(() => runtime.end());

async function done(...args: string[]) {
  const printed = await maria.json(...args);
  assert.equal(printed.code, 0, JSON.stringify(printed));
  return printed;
}

function sheet(second: number): string {
  maria.file(`sheet-${second}.json`, JSON.stringify([{ time: second, action: "flash" }]));
  return `sheet-${second}.json`;
}

test("a plan says what publishing would do, and does nothing", async () => {
  const event = await begun(runtime, "plan", 1_000);
  await done("cues", "publish", tiny, "--yes", "--event", "plan");
  const before = await event.log();
  const { plan } = await done("cues", "plan", gala, "--event", "plan");
  assert.deepEqual([plan.target, plan.rev, plan.present.rev, plan.stored.there], ["worker:", 3, 2, false]);
  assert.deepEqual([plan.changes.added > 0, plan.changes.removed], [true, 3]);
  const { stdout } = await maria.run("cues", "publish", gala, "--dry-run", "--event", "plan");
  assert.match(stdout, /^pointer +the event: rev 2 → rev 3$/m);
  assert.match(stdout, /dry run: nothing was sent/);
  assert.deepEqual(await event.log(), before);
  assert.equal((await call(runtime, "GET", `${event.path}/rundowns/${plan.rundown}.json`)).status, 404);
  const same = (await done("cues", "plan", tiny, "--event", "plan"))["plan"];
  assert.deepEqual([same.changesNothing, same.rev], [true, null]);
});

test("a plan counts the changes behind a running event's position", async () => {
  const event = await begun(runtime, "behind", 90_000);
  await done("cues", "publish", sheet(60), "--yes", "--event", event.name);
  const { plan } = await done("cues", "plan", sheet(61), "--event", event.name);
  assert.equal(plan.behind, 1);
  const { stdout } = await maria.run("cues", "plan", sheet(61), "--event", event.name);
  assert.match(stdout, /^behind +1 change lies behind 00:0[0-9:.]+, where the event is: who joins later gets another show$/m);
  await done("cues", "publish", sheet(6_000), "--yes", "--event", event.name);
  assert.equal((await done("cues", "plan", sheet(6_001), "--event", event.name))["plan"].behind, null);
  const later = await begun(runtime, "before", -600_000);
  await done("cues", "publish", sheet(60), "--yes", "--event", later.name);
  assert.equal((await done("cues", "plan", sheet(61), "--event", later.name))["plan"].behind, null);
});

test("a sheet that does not fit the event's own start and duration is a warning, with the command that corrects it", async () => {
  const event = await begun(runtime, "fit", -3_600_000);
  const at = ["--event", event.name];
  await done("event", "set", "--duration", "1h30m", "--starts-at", "2099-12-24 19:00", "--tz", "UTC", "--yes", ...at);
  const cues = (...times: string[]) => times.map((time) => ({ time, action: "flash" }));
  maria.file("day.json", JSON.stringify(cues("19h30m", "20h35m")));
  const { plan } = await done("cues", "plan", "day.json", ...at);
  const said =
    "every cue comes after the event's end: the last is at 20:35:00, and the event lasts 1 h 30 min. If the sheet has times of day, " +
    "import it again with --start 19:00, when the event starts; or lengthen the event: " +
    `downbeat event set --duration 20h36min --event fit --server ${runtime.url}`;
  assert.deepEqual(plan.warnings, [said]);
  const shown = await maria.run("cues", "plan", "day.json", ...at);
  assert.match(shown.stdout, /^warning +every cue comes after the event's end: the last is at 20:35:00/m);
  assert.deepEqual((await done("cues", "publish", "day.json", "--yes", ...at))["warnings"], [said]);
  const ran = await maria.shell(said.slice(said.lastIndexOf("downbeat event")) + " --yes");
  assert.equal(ran.exit, 0, ran.stderr);
  assert.deepEqual((await done("cues", "publish", "day.json", "--yes", ...at))["warnings"], [], "unchanged, and it fits");

  maria.file("short.json", JSON.stringify({ version: 1, duration: "1h", cues: cues("10s") }));
  const [differs] = (await done("cues", "publish", "short.json", "--yes", ...at))["warnings"];
  assert.match(differs, /the sheet's duration is 1 h, and the event's is 20 h 36 min\..* --duration 1h --event fit /);
});

test("the freeze follows the event's own start and end, for the worker and for a store", async () => {
  const event = await begun(runtime, "freeze", -600_000);
  const folder = `file:${maria.directory}/public`;
  for (const target of ["worker:", folder]) {
    const args = ["cues", "publish", tiny, "--yes", "--event", "freeze", "--target", target];
    const refused = await maria.json(...args, "--freeze", "15m");
    assert.deepEqual([refused.code, refused.error?.code], [5, "frozen"], JSON.stringify(refused));
    assert.match(refused.error!.message, /opens when the event has ended/);
  }
  assert.equal((await event.state()).rundown, null);
  const open = await done("cues", "plan", tiny, "--event", "freeze", "--freeze", "5m");
  assert.equal(open["plan"].freeze.frozen, false);
  const publish = ["cues", "publish", tiny, "--yes", "--event", "freeze", "--freeze", "15m"];
  await done(...publish, "--override-freeze", "--reason", "the second song is cut");
  assert.equal((await event.log())[0]!.body["reason"], "the second song is cut");

  const over = await begun(runtime, "over", 60_000);
  const { effectiveAt } = await over.command("end");
  const while_ = await maria.json("cues", "plan", tiny, "--event", "over", "--freeze", "15m");
  if (while_["plan"].freeze.frozen) assert.equal(while_["plan"].freeze.until, effectiveAt);
  await over.reaches(effectiveAt);
  await until(
    () => maria.json("cues", "plan", tiny, "--event", "over", "--freeze", "15m"),
    ({ plan }) => plan.freeze.frozen === false,
    "the freeze to open after the end",
  );
});

test("rolling back to what the event has changes nothing", async () => {
  const event = await begun(runtime, "already", 1_000);
  const { rundown } = await done("cues", "publish", tiny, "--yes", "--event", "already");
  const again = await done("cues", "rollback", "--to", rundown.slice(0, 12), "--yes", "--event", "already");
  assert.deepEqual([again["changed"], (await event.state()).rev], [false, 2]);
});

/** A server that reports everything published as 40 days older than it is. */
async function aged(event: Event) {
  return proxy(runtime, (path, text) => {
    if (path.startsWith(`${event.path}/log`)) {
      const page = JSON.parse(text) as LogPage;
      return JSON.stringify({ ...page, entries: page.entries.map((entry) => ({ ...entry, at: entry.at - 40 * DAYS })) });
    }
    if (path.split("?")[0] === `${event.path}/rundowns`) {
      const page = JSON.parse(text) as { rundowns: { storedAt: number }[] };
      const rundowns = page.rundowns.map((stored) => ({ ...stored, storedAt: stored.storedAt - 40 * DAYS }));
      return JSON.stringify({ ...page, rundowns });
    }
    return text;
  });
}

test("a gc deletes what is old and not named by a recent revision, and never the event's own", async () => {
  const event = await begun(runtime, "gc", 1_000);
  const rundowns: string[] = [];
  for (const second of [1, 2, 3]) {
    rundowns.push((await done("cues", "publish", sheet(second), "--yes", "--event", "gc"))["rundown"]);
  }
  // Back to the first one, which the newest revision names.
  await done("cues", "rollback", "--to", rundowns[0]!, "--yes", "--event", "gc");
  const gc = ["cues", "gc", "--keep", "1", "--event", "gc"];
  const young = await done(...gc, "--yes");
  assert.deepEqual([young["deleted"], young["kept"]], [[], 3]);

  const between = await aged(event);
  try {
    const later = new Operator("later", between);
    const dry = await later.json(...gc, "--dry-run");
    assert.deepEqual([dry.code, dry["deletable"].length], [0, 2], JSON.stringify(dry));
    assert.equal((await later.json(...gc)).code, 6);
    const collected = await later.json(...gc, "--yes");
    assert.deepEqual(collected["deleted"].sort(), [rundowns[1]!, rundowns[2]!].sort(), JSON.stringify(collected));
  } finally {
    between.end();
  }
  const status = async (rundown: string) => (await call(runtime, "GET", `${event.path}/rundowns/${rundown}.json`)).status;
  assert.deepEqual(await Promise.all(rundowns.map(status)), [200, 404, 404]);
});

test("verify reads every rundown that the log names, and tolerates only what a gc may have deleted", async () => {
  const event = await begun(runtime, "verify", 1_000);
  const rundowns: string[] = [];
  for (const second of [1, 2]) {
    rundowns.push((await done("cues", "publish", sheet(second), "--yes", "--event", "verify"))["rundown"]);
  }
  const verify = ["cues", "verify", "--event", "verify"];
  const intact = await done(...verify);
  assert.deepEqual([intact["intact"], intact["revisions"], intact["rundowns"], intact["faults"]], [true, 2, 2, []]);

  const altered = await proxy(runtime, (path, text) => (path.includes(rundowns[0]!) ? text.replace("flash", "smash") : text));
  try {
    const { code, faults } = await new Operator("reader", altered).json(...verify);
    assert.deepEqual([code, faults], [4, [{ key: `rundowns/${rundowns[0]}.json`, what: "its bytes have another SHA-256" }]]);
  } finally {
    altered.end();
  }

  const between = await aged(event);
  try {
    const later = new Operator("verify-later", between);
    assert.deepEqual((await later.json("cues", "gc", "--keep", "1", "--yes", "--event", "verify"))["deleted"], [rundowns[0]]);
  } finally {
    between.end();
  }
  const missed = await maria.json(...verify);
  assert.deepEqual([missed.code, missed["faults"][0].what], [4, "it is named, but not there"], "young: no gc took it");
});
