// A rehearsal of an outage: everything that a signed pause takes, and nothing of it stays.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { test } from "node:test";
import { Site } from "../publish/harness/site.ts";
import { begun } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { ROOT, Runtime } from "./harness/runtime.ts";

test("a rehearsal signs, writes, finds, delivers, resumes and removes, and says what pages may reach", async () => {
  const folder = `${ROOT}/target/edge/rehearsal-store`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [runtime, site] = await Promise.all([Runtime.start("cli-rehearse"), Site.start(folder)]);
  try {
    const ines = new Operator("ines-rehearses", runtime);
    Object.assign(ines.environment, { DOWNBEAT_EVENT: "rehearsal", DOWNBEAT_TARGET: `file:${folder}`, DOWNBEAT_EMERGENCY_KEY_FILE: "duty.key" });
    const { key } = await ines.json("emergency", "init", "--out", "duty.key");
    const event = await begun(runtime, "rehearsal", 600_000);
    await ines.json("event", "set", "--emergency-key", key, "--emergency-url", `${site.url}/events/rehearsal/current.json`, "--yes");
    ines.file("sheet.json", `[{"time": 560, "action": "startSong1"}]`);
    const published = await ines.json("cues", "publish", "sheet.json", "--yes");
    assert.equal(published.code, 0, JSON.stringify(published));

    const beside = JSON.parse(readFileSync(`${folder}/events/rehearsal/event.json`, "utf8"));
    const state = await event.state();
    assert.deepEqual([beside.event, beside.epoch, beside.rev, beside.startsAt], ["rehearsal", state.epoch, state.rev, state.startsAt]);
    assert.equal(beside.url, `../../rundowns/${beside.rundown}.json`);
    const before = readFileSync(`${folder}/events/rehearsal/current.json`, "utf8");

    const rehearsed = await ines.json("emergency", "rehearse", "--yes");
    // The worker's own pages may read stores by https only, and this one is on this machine.
    assert.deepEqual(rehearsed["faults"].filter((fault: string) => !/connect-src/.test(fault)), [], JSON.stringify(rehearsed));
    assert.deepEqual((await event.log()).map(({ name }) => name), ["resume", "emergency", "rundown", "configure", "create"]);
    assert.equal(readFileSync(`${folder}/events/rehearsal/current.json`, "utf8"), before, "what was published is as it was");
  } finally {
    site.end();
    await runtime.end();
  }
});
