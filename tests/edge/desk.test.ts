// A show caller's way, from a spreadsheet to a running event: import, check, publish, list, change, and go back.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";

const MINUTE = 60_000;
const HARNESS = `${import.meta.dirname}/harness`;
const IMPORT = "downbeat cues import xlsx show.xlsx --start 22:30 -o show.jsonc";

let runtime: Runtime;
let caller: Operator;
let event: Event;
before(async () => {
  runtime = await Runtime.start("desk");
  caller = new Operator("caller", runtime);
  event = new Event(runtime, "eve");
  caller.environment["DOWNBEAT_EVENT"] = event.name;
  execFileSync("python3", [`${HARNESS}/rundown.py`, `${caller.directory}/show.xlsx`]);
});
after(() => runtime?.end());

async function done(...args: string[]) {
  const printed = await caller.json(...args);
  assert.equal(printed.code, 0, JSON.stringify(printed));
  return printed;
}

const written = (name: string) => existsSync(`${caller.directory}/${name}`);

/** Runs `line` on a terminal, and answers the question that it asks. */
const answering = (answer: string, line: string) => caller.shell(`python3 ${HARNESS}/terminal.py '[y/N] ' ${answer} ${line}`);

/** The rows of the event's list, by the cues' ids. */
async function rows() {
  const { cues } = await done("cues", "list", "--zone", "UTC");
  return new Map((cues as { id: string; timeOfDay: string; position: string; note: string; group: string }[]).map((row) => [row.id, row]));
}

test("on a terminal an import shows what it understood, asks, and writes nothing after a no", async () => {
  const refused = await answering("n", IMPORT);
  assert.equal(refused.exit, 6, refused.stdout);
  const shown = refused.stdout.slice(0, refused.stdout.indexOf("Write show.jsonc? [y/N]"));
  for (const line of [
    /worksheet "Rundown", header in line 4$/m,
    /^ +Time Start +→ time +such as 22:30:00$/m,
    /^ +Dept +→ owner +such as SND$/m,
    /^not a cue: 4 rows, a heading, the group of the rows below: 5 "PRE-SHOW", 16 "ACT ONE"/m,
    /^not a cue: 5 rows, a total: 14 "Act total", .* 77 "TOTAL"$/m,
    /^60 cues, from 00:00:00.000 to 02:19:00.000$/m,
  ])
    assert.match(shown, line);
  assert.match(refused.stdout, /error: nothing was written: the answer was no/);
  assert.deepEqual([written("show.jsonc"), written("downbeat.schema.json")], [false, false]);
});

test("after a yes it writes the sheet and its schema, and it does not replace one that is there", async () => {
  const accepted = await answering("y", IMPORT);
  assert.equal(accepted.exit, 0, accepted.stdout);
  assert.match(accepted.stdout, /wrote show\.jsonc: "New Year's Eve 2026", 60 cues/);
  assert.deepEqual([written("show.jsonc"), written("downbeat.schema.json")], [true, true]);
  const again = await answering("y", IMPORT);
  assert.match(again.stdout, /show\.jsonc exists already; nothing was written/);
  assert.equal(again.exit, 99, "it asks nothing");
});

test("every column, act and time is as in the spreadsheet, also after midnight", async () => {
  const { understood, first, last } = await done("cues", "import", "xlsx", "show.xlsx", "--start", "22:30", "-o", "other.jsonc", "--dry-run");
  assert.deepEqual([understood.worksheet, understood.otherWorksheets, understood.headerLine], ["Rundown", ["Contacts"], 4]);
  assert.deepEqual(
    understood.columns.map(({ name, field }: { name: string; field: string }) => `${name} ${field}`),
    ["Cue # id", "Time Start time", "Dur duration", "Item action", "Dept owner", "Notes note"],
  );
  assert.deepEqual([first, last, understood.softStarts], [0, 139 * MINUTE, []]);
  const { stdout } = await caller.run("cues", "check", "show.jsonc");
  assert.equal(stdout, 'show.jsonc: no errors; "New Year\'s Eve 2026", 60 cues\n');
});

test("times of day that were not converted are noticed before viewers get them", async () => {
  await done("event", "set", "--create", "--starts-at", "2099-12-31 22:30", "--tz", "UTC", "--duration", "2h30m", "--yes");
  await done("cues", "import", "xlsx", "show.xlsx", "-o", "raw.jsonc", "--yes");
  const { plan } = await done("cues", "plan", "raw.jsonc");
  assert.match(plan.warnings[0], /^32 of 60 cues come after the event's end: the last is at 23:58:45, .* import it again with --start 22:30,/);
  assert.deepEqual((await done("cues", "plan", "show.jsonc"))["plan"].warnings, []);
});

test("published, listed, changed and rolled back, the list says each time what viewers run", async () => {
  const { rundown, warnings, notes } = await done("cues", "publish", "show.jsonc", "--yes");
  assert.deepEqual([warnings, notes.cues, (await event.state()).rundown], [[], 60, rundown]);

  const listed = await caller.run("cues", "list", "-o", "list.html", "--zone", "UTC");
  assert.equal(listed.stdout, "wrote list.html: 60 cues\n", listed.stderr);
  const page = readFileSync(`${caller.directory}/list.html`, "utf8");
  assert.match(page, /<h1[^>]*>New Year.*s Eve 2026<\/h1>/);
  assert.match(page, /starts 2099-12-31 22:30:00 \+00:00/);
  assert.equal(page.match(/<tr>/g)!.length, 61, "a row for the header and one for each cue");
  assert.equal(page.match(/<tr class="group">/g)!.length, 4);

  const before = await rows();
  const midnight = before.get("33")!;
  assert.deepEqual([midnight.timeOfDay, midnight.position], ["00:00:00 +1", "01:30:00"]);
  assert.deepEqual([midnight.note, midnight.group], ["all screens; see page 4, bottom", "ACT TWO: MIDNIGHT"]);

  await done("cues", "shift", "33", "+90s", "show.jsonc");
  const changed = await done("cues", "publish", "show.jsonc", "--yes", "--reason", "the speech is longer");
  assert.notEqual(changed["rundown"], rundown);
  assert.equal((await rows()).get("33")!.timeOfDay, "00:01:30 +1");
  assert.equal((await rows()).get("32")!.timeOfDay, before.get("32")!.timeOfDay);

  const { stdout, exit } = await caller.run("cues", "rollback", "--yes");
  assert.equal(exit, 0, stdout);
  assert.equal((await event.state()).rundown, rundown);
  assert.deepEqual(await rows(), before);
});
