// The cue list of an event: in a table that others read, and as the event runs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { begun, type Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";
import { until } from "./harness/until.ts";

let runtime: Runtime;
let maria: Operator;
let event: Event;
before(async () => {
  runtime = await Runtime.start("cli-list");
  maria = new Operator("maria-list", runtime);
  event = await begun(runtime, "listed", 10_000);
  const cues = [
    { time: 5, action: "doors", id: "doors", note: "=1+1", owner: "Ana, Luís", group: "act 1", flags: ["check", "call"] },
    { time: 3_600, action: "say", id: "say", duration: "2m", message: "\"Hello\"\nthere", note: "wait\nfor the nod" },
  ];
  maria.file("sheet.json", JSON.stringify({ version: 1, title: "Listed", duration: "2h", cues }));
  const published = await maria.json("cues", "publish", "sheet.json", "--yes", "--event", "listed");
  assert.equal(published.code, 0, JSON.stringify(published));
});
after(() => runtime.end());

const list = (...args: string[]) => maria.run("cues", "list", "--event", "listed", ...args);

test("Python reads the table, with the notes that the server has, and no cell is a formula", async () => {
  const { exit, stdout, stderr } = await list("--format", "csv", "--start", "2026-12-24 23:30", "--zone", "Europe/Berlin");
  assert.equal(exit, 0, stderr);
  const program = "import csv, json, sys; print(json.dumps(list(csv.DictReader(sys.stdin, strict=True))))";
  const [doors, say] = JSON.parse(execFileSync("python3", ["-c", program], { input: stdout, encoding: "utf8" }));
  assert.deepEqual([doors.timeOfDay, doors.note, doors.owner, doors.group, doors.flags], ["23:30:05", "'=1+1", "Ana, Luís", "act 1", "check call"]);
  assert.deepEqual([say.timeOfDay, say.position, say.duration], ["00:30:00 +1", "01:00:00", "00:02:00"]);
  assert.deepEqual([say.content, say.note], ["\"Hello\"\nthere", "wait\nfor the nod"]);
});

test("times of day count from when the event's server says that it starts", async () => {
  const { startsAt } = await event.state();
  const { stdout } = await list("--format", "csv", "--zone", "UTC");
  const first = new Date(Math.round((startsAt + 5_000) / 1_000) * 1_000).toISOString().slice(11, 19);
  assert.equal(stdout.split("\n")[1]!.split(",")[1], first);
});

test("followed, it says which cue comes next, and that it begins", async () => {
  const { effectiveAt } = await event.command("seek", { position: 3_594_000 });
  await event.reaches(effectiveAt);
  const { exit, stdout, stderr } = await list("--watch", "--json", "--for", "10s");
  assert.equal(exit, 0, stderr);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const said = lines.filter(({ cue }) => cue?.id === "say");
  assert.deepEqual(said.map(({ type }) => type), ["next", "cue"]);
  assert.equal(said[0].cue.note, "wait\nfor the nod");
});

test("while the event is held no cue comes, and it says so", async () => {
  const { effectiveAt: pausedAt } = await event.command("pause");
  await event.reaches(pausedAt);
  const { effectiveAt } = await event.command("seek", { position: 3_590_000 });
  await event.reaches(effectiveAt);
  const watched = await until(() => list("--watch", "--for", "2s"), ({ stdout }) => stdout !== "", "a line");
  assert.match(watched.stdout, /say/);
  assert.match(watched.stdout, /held/);
  assert.doesNotMatch(watched.stdout, /begins/);
});

test("after the last cue it says where the event is, and that no more comes", async () => {
  const { effectiveAt } = await event.command("seek", { position: 3_601_000 });
  await event.reaches(effectiveAt);
  const watched = await until(() => list("--watch", "--for", "2s"), ({ stdout }) => stdout !== "", "a line");
  assert.match(watched.stdout, /paused at 1:00:01/);
  assert.match(watched.stdout, /no more cues/);
});
