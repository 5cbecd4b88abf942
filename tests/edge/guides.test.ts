// The operator's guide, done: its commands, one after the other, on an event that runs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { commands, samples } from "../docs/pages.ts";
import { begun } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";

let runtime: Runtime;
let operator: Operator;
before(async () => {
  runtime = await Runtime.start("guides");
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
    const { exit, stdout, stderr } = await operator.shell(line === "downbeat watch" ? `${line} --for 1s` : `${line} --yes`);
    assert.equal(exit, 0, `${line}\n${stdout}${stderr}`);
  }
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
