// The GitHub Action: its declaration is valid, and its steps do what they should on a runner.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { after, before, test } from "node:test";
import { begun, call } from "./harness/calls.ts";
import { Operator, type Ran } from "./harness/cli.ts";
import { ROOT, Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import type { Pointer } from "./harness/wire.ts";

const ACTION = `${ROOT}/scripts/action`;

let runtime: Runtime;
let runner: Operator;

before(async () => {
  runtime = await Runtime.start("action");
  runner = new Operator("runner", runtime);
  delete runner.environment["DOWNBEAT_ACTOR"];
  delete runner.environment["DOWNBEAT_TOKEN_FILE"];
});
after(() => runtime.end());

/** Runs one step as the runner does: inputs as variables, in the root of the checkout. */
function step(name: string, inputs: Record<string, string>): Promise<Ran> {
  for (const file of ["OUTPUT", "STEP_SUMMARY", "PATH"]) {
    runner.file(`GITHUB_${file}`, "");
    runner.environment[`GITHUB_${file}`] = `${runner.directory}/GITHUB_${file}`;
  }
  Object.assign(runner.environment, inputs);
  return runner.shell(`${ACTION}/run ${name}`);
}

function judge(schema: string, file: string): void {
  execFileSync("check-jsonschema", ["--builtin-schema", schema, file], { encoding: "utf8" });
}

test("the action is valid, and so is the workflow that the guide shows", () => {
  judge("vendor.github-actions", `${ACTION}/action.yml`);
  const [, workflow] = /```yaml\n(name: [^`]*)```/.exec(readFileSync(`${ROOT}/docs/cues.md`, "utf8")) ?? [];
  assert.ok(workflow, "docs/cues.md shows a workflow");
  writeFileSync(`${runner.directory}/workflow.yml`, workflow);
  judge("vendor.github-workflows", `${runner.directory}/workflow.yml`);
  const declared = [...readFileSync(`${ACTION}/action.yml`, "utf8").matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name]) => name);
  const [, given] = /with:\n((?: {10}.*\n)*)/.exec(workflow) ?? [];
  for (const [, input] of (given ?? "").matchAll(/^ {10}([a-z-]+):/gm)) {
    assert.ok(declared.includes(input), `the action takes ${input}`);
  }
});

test("the project's own workflows are valid, and use actions at a commit", () => {
  const folder = `${ROOT}/.github/workflows`;
  const workflows = readdirSync(folder).map((name) => `${folder}/${name}`);
  assert.ok(workflows.length >= 2);
  execFileSync("actionlint", workflows, { encoding: "utf8" });
  for (const file of workflows) {
    judge("vendor.github-workflows", file);
    for (const [, action] of readFileSync(file, "utf8").matchAll(/uses: (.*)$/gm)) {
      assert.match(action!, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  }
});

test("an error is shown beside its line, and fails the check", async () => {
  const cues = relative(runner.directory, `${ROOT}/cues`);
  const sheets = `${cues}/good/*\n${cues}/bad/overlap.json`;
  const { exit, stdout } = await step("check", { SHEETS: sheets, DENY_WARNINGS: "true" });
  assert.equal(exit, 3);
  assert.match(stdout, /^::error file=.*cues\/bad\/overlap\.json,line=6,col=30,endColumn=35,title=DB501::cue "song2"/m);
});

test("warnings fail the check unless that is switched off", async () => {
  const SHEETS = `${ROOT}/cues/bad/two-part-time.json`;
  assert.equal((await step("check", { SHEETS, DENY_WARNINGS: "true" })).exit, 3);
  const { exit, stdout } = await step("check", { SHEETS, DENY_WARNINGS: "false" });
  assert.equal(exit, 0);
  assert.match(stdout, /^::warning /m);
});

test("a pattern that nothing matches is an error, not a check of nothing", async () => {
  const { exit, stdout } = await step("check", { SHEETS: "nothing/*.json\nnowhere/*.json", DENY_WARNINGS: "true" });
  assert.equal(exit, 1);
  assert.match(stdout, /^::error title=Downbeat::no file matches "sheets" \(nothing\/\*\.json, nowhere\/\*\.json\)/);
});

test("publishing points the event at the rundown, and passes its hash to later steps", async () => {
  const event = await begun(runtime, "action", 1_000);
  const inputs = {
    SHEET: `${ROOT}/cues/good/gala.json`,
    DOWNBEAT_SERVER: runtime.url,
    DOWNBEAT_EVENT: event.name,
    DOWNBEAT_TOKEN: TOKENS.all,
    DOWNBEAT_TARGET: "",
    GITHUB_ACTOR: "octo",
    GITHUB_REPOSITORY: "hall/shows",
    GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
  };
  const { exit, stderr } = await step("publish", inputs);
  assert.equal(exit, 0, stderr);
  const output = readFileSync(`${runner.directory}/GITHUB_OUTPUT`, "utf8");
  const pointer = await call<Pointer>(runtime, "GET", `${event.path}/rundown.json`);
  assert.equal(output, `rundown=${pointer.body.rundown}\n`);
  assert.match(readFileSync(`${runner.directory}/GITHUB_STEP_SUMMARY`, "utf8"), /gala\.json/);
  const log = await runner.json("log", "--limit", "1");
  assert.deepEqual([log["entries"][0].actor, log["entries"][0].body.reason], ["octo", "hall/shows@0123456789ab"]);
});

test("the released command line is downloaded, and refused if it is not the file of the release", async () => {
  const version = /^version = "(.*)"$/m.exec(readFileSync(`${ROOT}/Cargo.toml`, "utf8"))![1]!;
  const name = `downbeat-${version}-x86_64-unknown-linux-gnu`;
  const release = `${runner.directory}/releases/v${version}`;
  mkdirSync(`${release}/${name}`, { recursive: true });
  writeFileSync(`${release}/${name}/downbeat`, "#!/bin/sh\necho released\n", { mode: 0o755 });
  execFileSync("tar", ["-czf", `${name}.tar.gz`, name], { cwd: release });
  const sum = createHash("sha256").update(readFileSync(`${release}/${name}.tar.gz`)).digest("hex");
  writeFileSync(`${release}/SHA256SUMS`, `${sum}  ${name}.tar.gz\n`);
  const kept = { ...runner.environment };
  const inputs = { RUNNER_OS: "Linux", RUNNER_ARCH: "X64", RUNNER_TEMP: `${runner.directory}/temp`, DOWNBEAT_RELEASES: `file://${runner.directory}/releases`, PATH: "/usr/bin:/bin" };
  const installed = await step("install", inputs);
  assert.equal(installed.exit, 0, installed.stdout + installed.stderr);
  const path = readFileSync(`${runner.directory}/GITHUB_PATH`, "utf8").trim();
  assert.equal(execFileSync(`${path}/downbeat`, { encoding: "utf8" }), "released\n");

  writeFileSync(`${release}/SHA256SUMS`, `${"0".repeat(64)}  ${name}.tar.gz\n`);
  const altered = await step("install", inputs);
  assert.equal(altered.exit, 1);
  assert.match(altered.stdout, /^::error title=Downbeat::.* is not the file of the release/);
  const missing = await step("install", { ...inputs, RUNNER_ARCH: "ARM64" });
  assert.match(missing.stdout, /^::error title=Downbeat::.*aarch64-unknown-linux-gnu\.tar\.gz cannot be downloaded; use this action at the tag/);
  Object.assign(runner.environment, kept);
});
