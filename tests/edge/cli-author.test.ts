// An author's commands about a running event, with the shipped command line and the real worker.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { begun } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { ROOT, Runtime } from "./harness/runtime.ts";
import { until } from "./harness/until.ts";

let runtime: Runtime;
let maria: Operator;
const gala = `${ROOT}/cues/good/gala.json`;
/** 10 min 30 s: between two bursts, during the first song. */
const SINCE = 630_000;

before(async () => {
  runtime = await Runtime.start("cli-author");
  maria = new Operator("maria-author", runtime);
});
after(() => runtime.end());

async function publish(name: string): Promise<void> {
  const printed = await maria.json("cues", "publish", gala, "--yes", "--event", name);
  assert.equal(printed.code, 0, JSON.stringify(printed));
}

/** Writes the gala with one of its texts replaced. */
function edited(from: string, to: string): string {
  const text = readFileSync(gala, "utf8");
  assert.ok(text.includes(from));
  maria.file("edited.jsonc", text.replace(from, to));
  return "edited.jsonc";
}

test("at the event's position, its cue is on, and a late viewer gets it", async () => {
  await begun(runtime, "live", SINCE);
  const none = await maria.json("cues", "at", "now", "--event", "live");
  assert.deepEqual([none.code, none.error!.code], [3, "invalid"]);
  await publish("live");
  const at = await maria.json("cues", "at", "now", "--event", "live");
  assert.deepEqual([at.code, at["title"], at["live"].now.status], [0, "Spring gala", "running"]);
  assert.ok(at["position"] >= SINCE, `${at["position"]}`);
  assert.deepEqual(at["on"].map(({ id }: { id: string }) => id), ["curtain", "song1-light", "song1"]);
  assert.equal(at["next"][0].id, "burst2");
  const joined = await maria.json("cues", "join", "now", "--event", "live");
  const song = joined["cues"].find(({ id }: { id: string }) => id === "song1");
  assert.deepEqual([song.outcome, song.from], ["resumes", joined["position"] - 560_000]);
});

test("a change behind the event's position has its own exit code", async () => {
  await begun(runtime, "diff", SINCE);
  await publish("diff");
  const diff = async (sheet: string) => maria.json("cues", "diff", sheet, "--live", "--event", "diff");
  const codes = async (sheet: string) => {
    const { code, behind, cues } = await diff(sheet);
    return [code, behind, cues.length];
  };
  assert.deepEqual(await codes(gala), [0, 0, 0]);
  assert.deepEqual(await codes(edited('"time": "00:58:20"', '"time": "00:58:30"')), [4, 0, 1]);
  assert.deepEqual(await codes(edited('"time": "00:02:03.500"', '"time": "00:02:04"')), [5, 1, 1]);
  // The first song is on; that it ends later is still ahead, and so is the applause that follows it.
  assert.deepEqual(await codes(edited('"duration": "4m"', '"duration": "4m1s"')), [4, 0, 2]);
});

test("viewers of a held event have seen what is behind it, and after the end nothing counts", async () => {
  const event = await begun(runtime, "held", SINCE);
  await publish("held");
  const sheet = edited('"time": "00:02:03.500"', '"time": "00:02:04"');
  for (const [command, status, code] of [["pause", "paused", 5], ["end", "ended", 4]] as const) {
    assert.equal((await maria.json(command, "--yes", "--event", "held")).code, 0);
    await until(() => event.time(), (time) => time.status === status, `the status ${status}`);
    const diff = await maria.json("cues", "diff", sheet, "--live", "--event", "held");
    assert.deepEqual([diff.code, diff["live"].now.status], [code, status]);
  }
});

test("before the event starts every change is ahead of it", async () => {
  await begun(runtime, "early", -600_000);
  await publish("early");
  const sheet = edited('"time": 0, "action": "scene"', '"time": 1, "action": "scene"');
  const { code, behind, live } = await maria.json("cues", "diff", sheet, "--live", "--event", "early");
  assert.deepEqual([code, behind, live.now.status], [4, 0, "scheduled"]);
});
