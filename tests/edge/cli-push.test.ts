// The command line and push: many viewers at once, how far a change got, and a live view of an event.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { begun, call, Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";

let runtime: Runtime;
let maria: Operator;

before(async () => {
  runtime = await Runtime.start("cli-push");
  maria = new Operator("push", runtime);
});
after(() => runtime.end());

/** Waits until `count` sockets watch `event`. */
async function watched(event: Event, count: number): Promise<void> {
  const look = () => call<{ sockets: number }>(runtime, "GET", `${event.path}/audience`, { token: TOKENS.all });
  await until(look, ({ body }) => body.sockets === count, `${count} sockets of ${event.name}`);
}

describe("the command line and push", { concurrency: true }, () => {
  test("load connects viewers, who receive its pause, and leaves the event held", async () => {
    const event = await begun(runtime, "load", 100_000);
    const loaded = await maria.json(
      ...["load", runtime.url, "--event", "load", "--viewers", "60", "--duration", "6s", "--pause-after", "1s", "--yes"],
    );
    assert.equal(loaded.code, 0, JSON.stringify(loaded));
    assert.deepEqual([loaded["viewers"], loaded["sockets"], loaded["connected"].count], [60, 60, 60]);
    const { byHub, changes, behind, wentBack, failures } = loaded;
    assert.equal(byHub.reduce((sum: number, hub: { sockets: number }) => sum + hub.sockets, 0), 60);
    assert.deepEqual([changes.length, behind, wentBack, failures], [1, 0, 0, 0], JSON.stringify(loaded));
    const [{ rev, command, expected, heard, missed, duplicate, outOfOrder, afterSent, delivery }] = changes;
    assert.deepEqual([rev, command, expected, heard, missed, duplicate, outOfOrder], [2, "pause", 60, 60, 0, 0, 0]);
    assert.ok(0 < afterSent.first && afterSent.first <= afterSent.median && afterSent.median <= afterSent.last);
    assert.equal(delivery.sockets, 60);
    assert.ok(loaded["acks"] > 0, "some were asked to acknowledge");
    assert.equal((await event.state()).status, "paused");
  });

  test("every viewer of a load fires the cues", async () => {
    await begun(runtime, "cued", 600_000);
    // A cue every second, for as long as the machine may need.
    const cues = Array.from({ length: 300 }, (_, index) => ({ time: 600 + index, action: "flash", id: `flash${index}` }));
    maria.file("cued.json", JSON.stringify(cues));
    assert.equal((await maria.json("cues", "publish", "cued.json", "--yes", "--event", "cued")).code, 0);
    const loaded = await maria.json("load", "--event", "cued", "--viewers", "20", "--duration", "5s");
    assert.equal(loaded.code, 0, JSON.stringify(loaded));
    const { followed, fired, apart } = loaded["cues"];
    assert.equal(followed, 20);
    // Cues just before the end may be fired by some viewers only.
    assert.ok(fired >= 20 && apart.count >= 1 && apart.first >= 0, JSON.stringify(loaded["cues"]));
  });

  test("viewers whose connection is dropped come back and know the newest state", async () => {
    await begun(runtime, "churn", 100_000);
    const loaded = await maria.json("load", "--event", "churn", "--viewers", "40", "--duration", "12s", "--churn", "4");
    assert.equal(loaded.code, 0, JSON.stringify(loaded));
    const { lost, back, busiestSecond } = loaded["reconnects"];
    assert.ok(lost["dropped on purpose"] > 10, JSON.stringify(lost));
    assert.deepEqual(Object.keys(lost), ["dropped on purpose"]);
    assert.ok(back.count > 0 && back.last < 11_000 && busiestSecond < back.count, JSON.stringify(loaded["reconnects"]));
    assert.deepEqual([loaded["behind"], loaded["wentBack"]], [0, 0]);
  });

  test("load needs --i-own-this for another machine, and a yes before it pauses", async () => {
    await begun(runtime, "guarded", 100_000);
    const few = ["--event", "guarded", "--viewers", "2", "--duration", "9s"];
    const foreign = await maria.json("load", "http://downbeat.example:1", ...few);
    assert.deepEqual([foreign.code, foreign.error!.hint], [2, "give --i-own-this if it is yours to load"]);
    assert.equal((await maria.json("load", ...few, "--pause-after", "2s")).code, 6);
    assert.equal((await maria.json("load", ...few, "--pause-after", "8s", "--yes")).code, 2, "hardly to be seen");
    const planned = await maria.json("load", ...few, "--pause-after", "2s", "--dry-run");
    assert.deepEqual([planned.code, planned["dryRun"], planned["pauseAfter"]], [0, true, 2_000]);
    const nobody = await maria.json("load", "--event", "nobody", "--viewers", "2", "--duration", "1s");
    assert.equal(nobody.code, 3);
  });

  test("a change says which hubs have it, then how many viewers applied it", async () => {
    const event = await begun(runtime, "figures", 100_000);
    const load = maria.json("load", "--event", "figures", "--viewers", "20", "--duration", "9s");
    await watched(event, 20);
    const { exit, stdout } = await maria.run("pause", "--yes", "--event", "figures");
    assert.equal(exit, 0, stdout);
    // A hub on a busy machine may need more than the second that operators wait.
    assert.match(stdout, /^(all told: 20 sockets · hubs (\d+)\/\2 · [\d,]+ ms|meanwhile all sockets were told)$/m);
    assert.match(stdout, /^applied by [\d.]+ % \(sample \d+\) · median \d+ ms after effect\n$/m);
    const quiet = await maria.run("resume", "--yes", "--quiet", "--event", "figures");
    assert.doesNotMatch(quiet.stdout, /applied|hubs/);
    const [paused] = (await load)["changes"];
    // A hub counts a socket before its first state has arrived, so on a busy machine a viewer's first state may be the pause.
    assert.deepEqual([paused.heard > 0, paused.heard, paused.missed], [true, paused.expected, 0]);
  });

  test("the sites whose pages may hold sockets are set, shown, and reset", async () => {
    await begun(runtime, "sites", 100_000);
    const set = (...origins: string[]) => maria.run("event", "set", "--yes", "--event", "sites", ...origins);
    const { exit, stdout } = await set("--origin", "https://gala.example", "--origin", "https://www.gala.example");
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /^origins +any → https:\/\/gala\.example, https:\/\/www\.gala\.example$/m);
    const { body } = await call<{ origins?: string[] }>(runtime, "GET", "/v1/events/sites", { token: TOKENS.all });
    assert.deepEqual(body.origins, ["https://gala.example", "https://www.gala.example"]);
    assert.equal((await set("--origin", "gala.example")).exit, 3, "not an origin");
    assert.equal((await set("--origin", "any")).exit, 0);
    assert.match((await maria.run("event", "show", "--event", "sites")).stdout, /^origins +any$/m);
  });

  test("watch prints a line for each change, who made it and how it got there, and now and then that all is well", async () => {
    const event = await begun(runtime, "watched", 100_000);
    const watch = maria.run("watch", "--event", "watched", "--for", "12s", "--every", "2s");
    await watched(event, 1);
    const pause = await maria.json(
      ...["pause", "--yes", "--event", "watched", "--message", "Back soon", "--reason", "smoke"],
    );
    assert.equal(pause.code, 0);
    const { exit, stdout, stderr } = await watch;
    assert.deepEqual([exit, stderr], [0, ""]);
    assert.match(stdout, /^\d\d:\d\d:\d\d  rev 1  running \d:\d\d:\d\d\.\d{3}$/m);
    assert.match(stdout, /^\d\d:\d\d:\d\d  live through hub \d+$/m);
    assert.match(stdout, /^[\d:]{8}  rev 2  running [\d:.]+; paused at [\d:.]+ in 0\.\d s; viewers see "Back soon" \(en\)/m);
    assert.match(stdout, /^[\d:]{8}  rev 2  push paused the event, saying "Back soon", because: smoke/m);
    assert.match(stdout, /^[\d:]{8}  rev 2  paused at [\d:.]+$/m);
    assert.match(stdout, /^[\d:]{8}  rev 2  applied by 100 % \(sample 1\) · median \d+ ms after effect$/m);
    assert.match(stdout, /^[\d:]{8}  rev 2  paused at [\d:.]+ · live, ±\d+ ms · 1 socket on (\d+)\/\1 hubs$/m);
  });

  test("watch prints objects for programs, and does without a token", async () => {
    const event = await begun(runtime, "objects", 100_000);
    const anyone = new Operator("anyone", runtime);
    delete anyone.environment["DOWNBEAT_TOKEN_FILE"];
    const watch = anyone.run("watch", "--json", "--event", "objects", "--for", "8s", "--every", "1s");
    await watched(event, 1);
    assert.equal((await maria.json("pause", "--yes", "--event", "objects")).code, 0);
    const { exit, stdout, stderr } = await watch;
    assert.equal(exit, 0, stderr);
    assert.equal(stderr, "no token: who is connected and the log are for operators\n");
    const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
    const [last, ...rest] = lines.reverse();
    assert.deepEqual([last.ok, last.code], [true, 0]);
    const changes = rest.filter((line) => line.type === "change").map((line) => line.state.rev);
    assert.deepEqual(changes.reverse(), [1, 2]);
    assert.ok(rest.some((line) => line.type === "status" && line.now.status === "paused"), stdout);
    assert.ok(rest.some((line) => line.type === "heartbeat" && line.connection === "live"), stdout);
  });
});
