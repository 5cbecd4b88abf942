// The command line against the real worker: what it reports is what viewers get.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { begun, call, Event } from "./harness/calls.ts";
import { Operator, type Printed } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";
import { positionAt } from "./harness/timeline.ts";
import { ENTRIES, type TokenEntry, TOKENS } from "./harness/tokens.ts";

let runtime: Runtime;
let maria: Operator;
/** An operator whose token the command line itself has made. */
let fresh: Operator;

before(async () => {
  const nowhere = new Operator("fresh", { url: "http://127.0.0.1:9" });
  const options = ["--scopes", "read,operate", "--expires", "90d", "--out", "fresh.token"];
  const made = await nowhere.json("token", "new", "--id", "fresh", ...options);
  runtime = await Runtime.start("cli", { tokens: [...ENTRIES, made["entry"] as TokenEntry] });
  maria = new Operator("maria", runtime);
  fresh = nowhere;
  fresh.environment["DOWNBEAT_SERVER"] = runtime.url;
  fresh.environment["DOWNBEAT_TOKEN_FILE"] = "fresh.token";
});
after(() => runtime.end());

/** Runs `args` on `event`, waits until it has taken effect, and returns what viewers get then. */
async function done(event: Event, ...args: string[]) {
  const printed = await maria.json(...args, "--yes", "--event", event.name);
  assert.equal(printed.code, 0, JSON.stringify(printed));
  return event.reaches(printed["effectiveAt"]);
}

// Each has its own event; most of their time is the two seconds until a command takes effect.
describe("the command line", { concurrency: true }, () => {
  test("a pause shows at the public URL, and the undo it prints reverses it", async () => {
    const event = await begun(runtime, "undo", 100_000);
    const { startsAt } = await event.state();
    const pause = await maria.json("pause", "--yes", "--event", "undo", "--message", "Back soon", "--reason", "smoke");
    assert.deepEqual([pause["command"], pause["rev"], pause["seen"].seen, pause["seen"].rev], ["pause", 2, true, 2]);
    const paused = await event.time();
    assert.equal(paused.rev, 2, "it is already to be seen");
    assert.equal(paused.timeline.at(-1)!.from, pause["effectiveAt"]);
    assert.equal((await event.reaches(pause["effectiveAt"])).message, "Back soon");

    const undone = await maria.shell(`${pause["undo"]} --yes --json`);
    assert.equal(undone.exit, 0, undone.stderr + undone.stdout);
    const { rev, effectiveAt } = JSON.parse(undone.stdout);
    assert.equal(rev, 3);
    const resumed = await event.reaches(effectiveAt);
    assert.deepEqual([resumed.status, resumed.message], ["running", null]);
    assert.equal(positionAt(resumed.timeline, effectiveAt), pause["effectiveAt"] - startsAt);
  });

  test("a pause shows one screen: where, what is now, what will be, and how to undo it", async () => {
    await begun(runtime, "screen", 100_000, { title: "Spring gala" });
    const { exit, stdout } = await maria.run("pause", "--yes", "--event", "screen", "--message", "Back soon");
    assert.equal(exit, 0);
    for (const line of [
      new RegExp(`^environment +${runtime.url}$`, "m"),
      /^event +screen, "Spring gala" \(rev 1\)$/m,
      /^now +running 0:01:4\d\.\d{3}$/m,
      /^then +paused at 0:01:4\d\.\d{3}$/m,
      /^viewers see +"Back soon" \(en\), info \(now no message\)$/m,
      /^takes effect +20\d\d-\S+ \(in 0\.\d s\)$/m,
      /^pause: paused at 0:01:4\d\.\d{3} from 20\d\d-\S+ \(in 0\.\d s\) \(rev 2\)$/m,
      /^seen at the edge after \d+ ms$/m,
      /^undo with: \S*downbeat undo 2 --event screen --server \S+$/m,
    ]) assert.match(stdout, line);
    assert.doesNotMatch(stdout, /\x1b/, "no colour in a pipe");
  });

  test("announce shows a message in every language, and clear removes it", async () => {
    const event = await begun(runtime, "announce", 100_000);
    const told = await done(event, "announce", "-m", "en=Hello", "-m", "fr=Bonjour", "--severity", "minor");
    assert.equal(told.message, "Hello");
    const { text, severity } = (await event.state()).messages.at(-1)!;
    assert.deepEqual([text, severity], [{ en: "Hello", fr: "Bonjour" }, "minor"]);
    assert.equal((await done(event, "clear")).message, null);
  });

  test("a held event seeks and is held there, and resumes from there", async () => {
    const event = await begun(runtime, "seek", 100_000);
    assert.equal((await done(event, "pause")).status, "paused");
    const sought = await done(event, "seek", "12:30");
    assert.deepEqual([sought.status, positionAt(sought.timeline, sought.serverTime)], ["paused", 750_000]);
    const { status, timeline } = await done(event, "resume");
    assert.deepEqual([status, timeline.at(-1)!.position], ["running", 750_000]);
  });

  test("rate, end and reopen do what they say", async () => {
    const event = await begun(runtime, "end", 100_000);
    assert.equal((await done(event, "rate", "1.25")).timeline.at(-1)!.rate, 1.25);
    const ended = await done(event, "end", "-m", "Good night");
    assert.deepEqual([ended.status, ended.message], ["ended", "Good night"]);
    assert.equal((await done(event, "reopen")).status, "paused");
  });

  test("an event is set for a local time in a zone", async () => {
    const set = ["event", "set", "--yes", "--create", "--event", "tokyo", "--title", "Gala"];
    const at = ["--starts-at", "2026-12-24 19:00", "--tz", "Asia/Tokyo", "--duration", "1h30m"];
    const made = await maria.json(...set, ...at);
    assert.deepEqual([made.code, made["created"], made["rev"], made["seen"].seen], [0, true, 1, true]);
    const { startsAt, duration, title } = await new Event(runtime, "tokyo").state();
    assert.deepEqual([startsAt, duration, title], [Date.UTC(2026, 11, 24, 10), 5_400_000, "Gala"]);
    const again = await maria.json(...set);
    assert.deepEqual([again.code, again["changed"], again["rev"]], [0, false, 1]);
  });

  test("status, show, list and doctor report the event", async () => {
    await begun(runtime, "told", 100_000, { title: "Told" });
    const status = await maria.json("status", "--event", "told");
    assert.deepEqual([status.code, status["state"].status, status["state"].rev], [0, "running", 1]);
    assert.equal((await maria.json("event", "show", "--event", "told"))["state"].title, "Told");
    const { events } = await maria.json("event", "list");
    assert.ok(events.some(({ name }: { name: string }) => name === "told"));
    const doctor = await maria.json("doctor", "--event", "told");
    assert.equal(doctor.code, 0, JSON.stringify(doctor));
    const told = (printed: Printed) => printed["findings"].find(({ what }: { what: string }) => what === "token").found;
    assert.match(told(doctor), / is valid for operate, hold, publish, read, rooms, emergency, admin$/);
    const reader = await new Operator("reader", runtime, TOKENS.reader).json("doctor", "--event", "told");
    assert.match(told(reader), / is valid for read, not for operate, publish, until 2132-01-01T00:00:00\+00:00 \(in \d+ d( \d+ h)?\)$/);
  });

  test("a dry run sends nothing", async () => {
    const event = await begun(runtime, "dry", 100_000);
    for (const args of [["pause"], ["seek", "1:00"], ["end"], ["event", "set", "--title", "x"]]) {
      const printed = await maria.json(...args, "--dry-run", "--event", "dry");
      assert.deepEqual([printed.code, printed["dryRun"]], [0, true]);
    }
    assert.equal((await event.log()).length, 1);
  });

  test("the same id sent again changes nothing", async () => {
    const event = await begun(runtime, "again", 100_000);
    const first = await maria.json("pause", "--yes", "--event", "again", "--id", "p1");
    const second = await maria.json("pause", "--yes", "--event", "again", "--id", "p1");
    assert.deepEqual([second.code, second["rev"], second["effectiveAt"]], [0, 2, first["effectiveAt"]]);
    assert.equal((await event.state()).rev, 2);
  });

  test("the log names who and why, and verifies", async () => {
    await begun(runtime, "log", 100_000);
    await maria.run("pause", "--yes", "--event", "log", "--reason", "no sound");
    const { entries } = await maria.json("log", "--event", "log");
    assert.deepEqual([entries[0].name, entries[0].actor, entries[0].body.reason], ["pause", "maria", "no sound"]);
    const verified = await maria.json("log", "--verify", "--event", "log");
    assert.deepEqual([verified.code, verified["intact"], verified["entries"]], [0, true, 2]);
  });

  test("a token that the command line made is taken, within its scopes", async () => {
    const event = await begun(runtime, "token", 100_000);
    assert.equal(statSync(`${fresh.directory}/fresh.token`).mode & 0o777, 0o600, "only its owner can read it");
    assert.equal((await fresh.json("pause", "--yes", "--event", "token")).code, 0);
    assert.equal((await event.log())[0]!.token, "fresh");
    const publish = await fresh.json("cues", "rollback", "--yes", "--event", "token", "--to", "00000000");
    assert.notEqual(publish.code, 0);
  });

  test("a profile names the server, and production needs a confirmation", async () => {
    const event = await begun(runtime, "stage", 100_000);
    const anna = new Operator("anna", runtime);
    delete anna.environment["DOWNBEAT_SERVER"];
    delete anna.environment["DOWNBEAT_TOKEN_FILE"];
    const lines = [`server = "${runtime.url}"`, 'event = "stage"', 'tokenFile = "operator.token"'];
    anna.file("downbeat.toml", ["[profile.production]", ...lines].join("\n"));
    const pause = await anna.json("pause", "--yes", "--profile", "production");
    assert.deepEqual([pause.code, pause["profile"], pause["event"], pause["rev"]], [0, "production", "stage", 2]);
    assert.equal((await anna.json("resume", "--profile", "production")).code, 6);
    assert.equal((await event.state()).rev, 2);
    const undone = await anna.shell(`${pause["undo"]} --yes`);
    assert.equal(undone.exit, 0, undone.stderr);
    assert.equal((await call(runtime, "GET", `${event.path}/time`)).status, 200);
  });
});
