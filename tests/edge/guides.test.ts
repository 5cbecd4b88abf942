// The guides, followed: their commands, one after the other, on the real worker.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { commands, samples } from "../docs/pages.ts";
import { Site } from "../publish/harness/site.ts";
import { begun, Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";

let runtime: Runtime;
let operator: Operator;
before(async () => {
  runtime = await Runtime.start("guides", { variables: { ROOMS: "open" } });
  operator = new Operator("guides", runtime);
});
after(() => runtime?.end());

/** Returns the commands of the sample of `page` that contains `marks`, without their comments. */
function guide(page: string, marks: string): string[] {
  const sample = samples(page).find(({ language, text }) => language === "sh" && text.includes(marks));
  return commands(sample!).map((line) => line.replace(/ +# .*/, ""));
}

test("the commands of docs/operate.md do what they say", async () => {
  await begun(runtime, "main", 600_000);
  const lines = guide("docs/operate.md", "downbeat pause --message");
  assert.ok(lines.length >= 12, lines.join("\n"));
  for (const line of lines) {
    // Watching ends when the operator leaves.
    const { exit, stdout, stderr } = await operator.shell(/\bwatch\b/.test(line) ? `${line} --for 1s` : `${line} --yes`);
    assert.equal(exit, 0, `${line}\n${stdout}${stderr}`);
  }
});

test("the commands of docs/rooms.md make a room, show it, load it and close it", { timeout: 240_000 }, async () => {
  const lines = guide("docs/rooms.md", "export DOWNBEAT_ROOM");
  let link = "";
  for (const line of lines) {
    if (line.startsWith("export ")) continue;
    operator.environment["DOWNBEAT_ROOM"] = link;
    const { exit, stdout, stderr } = await operator.shell(`${line.replace("--minutes 2", "--minutes 0.1")} --yes`);
    assert.equal(exit, 0, `${line}\n${stdout}${stderr}`);
    link ||= stdout.split("\n").filter((printed) => printed.includes("#r-")).at(-1)!.trim();
  }
  delete operator.environment["DOWNBEAT_ROOM"];
  assert.ok(lines.some((line) => line.includes("room close")), lines.join("\n"));
});

test("the commands of docs/cues.md publish, list and roll back", async () => {
  await begun(runtime, "cues", -600_000);
  operator.environment["DOWNBEAT_EVENT"] = "cues";
  operator.file("gala.jsonc", `[{"time": 560, "action": "startSong1"}]`);
  await operator.json("cues", "publish", "gala.jsonc", "--yes");
  operator.file("gala.jsonc", samples("docs/cues.md").find(({ language }) => language === "jsonc")!.text);
  for (const line of guide("docs/cues.md", "downbeat cues rollback")) {
    const { exit, stdout, stderr } = await operator.shell(`${line} --yes`);
    // 4: something differs, which is why it is published.
    assert.equal(exit, line.includes("diff") ? 4 : 0, `${line}\n${stdout}${stderr}`);
  }
});

test("the command of docs/deploy.md creates the event, with the profile that docs/operate.md shows", async () => {
  const profiles = samples("docs/operate.md").find(({ language }) => language === "toml");
  operator.file("downbeat.toml", profiles!.text);
  operator.environment["DOWNBEAT_EVENT"] = "gala";
  for (const line of guide("docs/deploy.md", "downbeat event set")) {
    const { exit, stdout, stderr } = await operator.shell(`${line} --yes`);
    assert.equal(exit, 0, `${line}\n${stdout}${stderr}`);
  }
  const { startsAt, title } = await new Event(runtime, "gala").state();
  assert.deepEqual([title, startsAt], ["Gala", Date.UTC(2026, 11, 24, 10)]);
});

test("the commands of docs/emergency.md prepare an event, pause it without the worker, and deliver that", async () => {
  const store = `${operator.directory}/store`;
  mkdirSync(`${operator.directory}/.config/downbeat`, { recursive: true });
  mkdirSync(store);
  const site = await Site.start(store);
  const [profile] = samples("docs/emergency.md").filter(({ language }) => language === "toml");
  const local = (text: string) => text.replaceAll("https://cdn.example.com/2026", site.url).replaceAll("s3://shows/2026", "file:store");
  operator.file("downbeat.toml", local(profile!.text));
  Object.assign(operator.environment, { DOWNBEAT_PROFILE: "production", DOWNBEAT_EVENT: "spring-gala" });
  await begun(runtime, "spring-gala", 600_000);
  let key = "";
  const follow = async (lines: string[]) => {
    for (const line of lines) {
      const { exit, stdout, stderr } = await operator.shell(`${local(line).replace(/\bKEY\b/, key)} --yes`);
      // The worker's own pages may read stores by https only, and this one is on this machine.
      const isPolicy = line.includes("emergency status") && /connect-src/.test(stdout);
      assert.equal(exit, isPolicy ? 4 : 0, `${line}\n${stdout}${stderr}`);
      key ||= /[\w-]{43}/.exec(stdout)![0];
    }
  };
  try {
    await follow(guide("docs/emergency.md", "downbeat emergency init"));
    await runtime.kill();
    await follow(guide("docs/emergency.md", "--break-glass --message"));
    await runtime.restart();
    operator.environment["DOWNBEAT_SERVER"] = runtime.url;
    await follow(guide("docs/emergency.md", "downbeat emergency deliver"));
    assert.deepEqual((await new Event(runtime, "spring-gala").log()).map(({ name }) => name), ["resume", "emergency", "configure", "create"]);
  } finally {
    site.end();
  }
});
