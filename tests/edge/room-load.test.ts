// `downbeat load --room`: members that come, stall, use the controls, leave and come back, against the real worker.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Operator } from "./harness/cli.ts";
import { Room } from "./harness/room.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";

let runtime: Runtime;
let operator: Operator;
before(async () => {
  runtime = await Runtime.start("room-load", { variables: { ROOMS: "open" } });
  operator = new Operator("load", runtime);
});
after(() => runtime.end());

const linkOf = (room: Room, role: "view" | "control" | "own") => `${runtime.url}/room#${room.name}.${room.invitations[role]}`;

test("twenty members stall, use the controls, leave and come back, and nobody is behind", { timeout: 240_000 }, async () => {
  const room = await Room.make(runtime, { wait: { max: 3_000 } }, TOKENS.all);
  const links = ["--room", linkOf(room, "control"), "--room", linkOf(room, "view")];
  const report = await operator.json("load", ...links, "--members", "20", "--minutes", "0.4", "--stall", "60", "--gestures", "6", "--churn", "0.5", "--seed", "7");
  assert.equal(report.code, 0, JSON.stringify(report));
  assert.deepEqual([report["came"], report["present"], report["controllers"], report["seed"]], [20, 20, 10, 7]);
  assert.deepEqual([report["behind"], report["changed"].missed, report["changed"].wentBack], [0, 0, 0]);
  assert.ok(report["changes"].length > 0 && report["changed"].byGestures > 0, JSON.stringify(report["changed"]));
  for (const change of report["changes"]) assert.equal(change.received, change.expected, JSON.stringify(change));
  // Those with the viewer's link leave the controls alone.
  assert.equal(report["refused"]["not-allowed"], undefined);
  const { waits, presence } = report as any;
  assert.ok(report["stalls"] > 0 && waits.count > 0, JSON.stringify(waits));
  assert.ok(waits.longest <= 3_000 && waits.inTenMinutes <= 30_000, JSON.stringify(waits));
  assert.ok(presence.linear && presence.messages > 0 && presence.messages <= presence.limit, JSON.stringify(presence));
});

test("two hundred members have one gesture, and their messages about each other grow with their number", { timeout: 240_000 }, async () => {
  const each: number[] = [];
  for (const members of [50, 200]) {
    const room = await Room.make(runtime, {}, TOKENS.all);
    // 25 a second, so that a slow machine greets each within the 10 s that a hello may take.
    const quiet = ["--stall", "0", "--gestures", "1", "--arrive", `${members / 25}s`, "--minutes", "0.1"];
    const report = await operator.json("load", "--room", linkOf(room, "control"), "--members", String(members), ...quiet);
    assert.equal(report.code, 0, JSON.stringify(report));
    assert.equal(report["changes"][0].received, members);
    each.push(report["presence"].messages / members);
  }
  // Were every member told of each other, four times as many would get four times as many messages each.
  assert.ok(each[1]! <= 2 * each[0]!, `messages by member: ${each}`);
});

test("what it cannot load it says before it begins", async () => {
  const [room, other] = await Promise.all([Room.make(runtime, {}, TOKENS.all), Room.make(runtime, {}, TOKENS.all)]);
  const load = (...args: string[]) => operator.json("load", ...args, "--members", "2", "--minutes", "0.1");
  const two = await load("--room", linkOf(room, "view"), "--room", linkOf(other, "view"));
  assert.deepEqual([two.code, two.error!.code], [2, "usage"]);
  const bare = await load("--room", room.name);
  assert.deepEqual([bare.code, bare.error!.code], [7, "invalid-invitation"]);
  const wrong = await load("--room", linkOf(room, "view").slice(0, -22) + "A".repeat(22));
  assert.deepEqual([wrong.code, wrong.error!.code], [7, "invalid-invitation"]);
  const far = await load("--room", linkOf(room, "view").replace(runtime.url, "https://downbeat.example.com"));
  assert.match(far.error!.hint!, /--i-own-this/);
  const dry = await load("--room", linkOf(room, "view"), "--dry-run");
  assert.deepEqual([dry.code, dry["dryRun"], dry["members"]], [0, true, 2]);
});
