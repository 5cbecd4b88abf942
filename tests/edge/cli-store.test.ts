// Publishing to a store beside the event's server: the event says which rundown viewers run, and where they load it.

import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { Site } from "../publish/harness/site.ts";
import { begun, call } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { ROOT, Runtime } from "./harness/runtime.ts";
import type { StateBody, TimeBody } from "./harness/wire.ts";

const folder = `${ROOT}/target/edge/cli-store-site`;
let runtime: Runtime;
let maria: Operator;
let site: Site;

before(async () => {
  runtime = await Runtime.start("cli-store");
  maria = new Operator("maria-store", runtime);
  rmSync(folder, { recursive: true, force: true });
  site = await Site.start(folder);
});
after(async () => {
  site.end();
  await runtime.end();
});

function sheet(second: number): string {
  maria.file(`sheet-${second}.json`, JSON.stringify({ version: 1, title: `Sheet ${second}`, cues: [{ time: second, action: "flash" }] }));
  return `sheet-${second}.json`;
}

const store = () => ["--target", `file:${folder}`, "--public-url", site.url];

async function done(...args: string[]) {
  const printed = await maria.json(...args);
  assert.equal(printed.code, 0, JSON.stringify(printed));
  return printed;
}

const pointer = (event: string) => JSON.parse(readFileSync(`${folder}/events/${event}/current.json`, "utf8"));

test("the event names the rundown and its URL before the store's pointer does, and everyone can load it", async () => {
  const event = await begun(runtime, "both", 1_000);
  const published = await done("cues", "publish", sheet(1), "--yes", "--event", "both", ...store());
  const digest = published["rundown"] as string;
  const url = `${site.url}/rundowns/${digest}.json`;
  const { body: state } = await call<StateBody>(runtime, "GET", event.path);
  assert.deepEqual([state.rundown, state.rundownUrl], [digest, url]);
  const { body: time } = await call<TimeBody>(runtime, "GET", `${event.path}/time`);
  assert.deepEqual([time.rundown, time.rundownUrl], [digest, url]);
  const { body: short } = await call<{ url: string }>(runtime, "GET", `${event.path}/rundown.json`);
  assert.equal(short.url, url);
  assert.deepEqual([pointer("both").rundown, published["store"].rev], [digest, 1]);
  assert.equal((await call(runtime, "GET", `${event.path}/rundowns/${digest}.json`)).status, 200, "the server has it, too");
  // The same again finds everything done, and a pointer that was lost is put back.
  rmSync(`${folder}/events/both/current.json`);
  const again = await done("cues", "publish", sheet(1), "--yes", "--event", "both", ...store());
  assert.deepEqual([again["changed"], again["store"].changed, pointer("both").rundown], [false, true, digest]);
});

test("a rollback goes to what was live before the publication, at the event and in the store alike", async () => {
  await begun(runtime, "back", 1_000);
  const digests: string[] = [];
  const publish = async (second: number) =>
    void digests.push((await done("cues", "publish", sheet(second), "--yes", "--event", "back", ...store()))["rundown"]);
  const back = () => done("cues", "rollback", "--yes", "--event", "back", "--reason", "the wrong song", ...store());
  await publish(1);
  await publish(2);
  assert.equal((await back())["rundown"], digests[0]);
  await publish(3);
  const rolledBack = await back();
  assert.deepEqual([rolledBack["rundown"], pointer("back").rundown], [digests[0], digests[0]], "A, B, rollback, C, rollback: A");
  const first = await maria.json("cues", "rollback", "--yes", "--event", "back", ...store());
  assert.deepEqual([first.code, first.error!.message.includes("the first one published")], [3, true], JSON.stringify(first));
  const { stdout } = await maria.run("cues", "history", "--event", "back");
  assert.equal(stdout.trimEnd().split("\n").length, 6, stdout);
  assert.match(stdout, /rolled back to +[0-9a-f]{12} {2}“Sheet 1” {2}by .*, because: the wrong song/);
});

test("without a server nobody gets it, which has an exit code of its own", async () => {
  const alone = new Operator("alone", runtime);
  delete alone.environment["DOWNBEAT_SERVER"];
  alone.file("sheet.json", JSON.stringify([{ time: 1, action: "flash" }]));
  const args = ["cues", "publish", "sheet.json", "--yes", "--event", "alone", ...store()];
  const published = await alone.json(...args);
  assert.deepEqual([published.code, published.error?.code], [10, "not-pointed"], JSON.stringify(published));
  assert.match(published.error!.message, /no viewer gets it, since no server was told/);
  assert.ok(pointer("alone").rundown);
  assert.equal((await alone.json(...args, "--store-only")).code, 0);
});

test("an event that the server does not have is refused before anything is stored", async () => {
  const refused = await maria.json("cues", "publish", sheet(7), "--yes", "--event", "nowhere", ...store());
  assert.equal(refused.code, 3, JSON.stringify(refused));
  assert.throws(() => pointer("nowhere"), "nothing is in the store");
});

test("an undo takes back the URL with the rundown", async () => {
  const event = await begun(runtime, "undone", 1_000);
  const { rundown: first } = await done("cues", "publish", sheet(1), "--yes", "--event", "undone");
  await done("cues", "publish", sheet(2), "--yes", "--event", "undone", ...store());
  await done("undo", "--yes", "--event", "undone");
  const { body: state } = await call<StateBody>(runtime, "GET", event.path);
  assert.deepEqual([state.rundown, state.rundownUrl], [first, `${event.path}/rundowns/${first}.json`]);
});
