// Cue sheets through the shipped command line: checked, compiled, published, listed, rolled back.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { begun, call, type Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { ROOT, Runtime } from "./harness/runtime.ts";
import { sha256, TOKENS } from "./harness/tokens.ts";
import type { Pointer } from "./harness/wire.ts";

let runtime: Runtime;
let maria: Operator;
const tiny = `${ROOT}/cues/good/tiny.json`;
const gala = `${ROOT}/cues/good/gala.json`;

before(async () => {
  runtime = await Runtime.start("cli-cues");
  maria = new Operator("maria-cues", runtime);
});
after(() => runtime.end());

function sheets(folder: string): string[] {
  return readdirSync(`${ROOT}/cues/${folder}`).filter((name) => !name.endsWith(".expected.json"));
}

async function pointer(event: Event): Promise<Pointer> {
  return (await call<Pointer>(runtime, "GET", `${event.path}/rundown.json`)).body;
}

async function publish(event: Event, sheet: string) {
  const printed = await maria.json("cues", "publish", sheet, "--yes", "--event", event.name);
  assert.equal(printed.code, 0, JSON.stringify(printed));
  return printed;
}

for (const name of sheets("good")) {
  test(`cues/good/${name} has no errors, and compiles to the bytes of its name`, async () => {
    const path = `${ROOT}/cues/good/${name}`;
    const { sheets, diagnostics } = await maria.json("cues", "check", path);
    assert.deepEqual(diagnostics, []);
    const { exit, stdout } = await maria.run("cues", "compile", path);
    assert.deepEqual([exit, sha256(stdout)], [0, sheets[0].rundown]);
    const written = await maria.json("cues", "compile", path, "--out", name);
    assert.equal(written["rundown"], sha256(readFileSync(`${maria.directory}/${name}`)));
  });
}

for (const name of sheets("bad")) {
  test(`cues/bad/${name} gets the expected diagnostics`, async () => {
    const path = `${ROOT}/cues/bad/${name}`;
    const expected = JSON.parse(readFileSync(path.replace(/\.json$/, ".expected.json"), "utf8"));
    const { code: exit, errors, diagnostics } = await maria.json("cues", "check", path);
    const told = ({ code, pointer, line, column, message, hint }: Record<string, unknown>) =>
      ({ code, pointer, line, column, message, hint });
    assert.deepEqual(diagnostics.map(told), expected);
    assert.equal(exit, errors > 0 ? 3 : 0);
    assert.equal((await maria.run("cues", "compile", path, "--out", `perhaps-${name}`)).exit, exit);
    assert.equal(existsSync(`${maria.directory}/perhaps-${name}`), errors === 0);
  });
}

test("the published bytes are the compiled ones, and the event points viewers at them", async () => {
  const event = await begun(runtime, "publish", 1_000);
  const { stdout: compiled } = await maria.run("cues", "compile", tiny);
  const published = await publish(event, tiny);
  const { rundown: digest, stored, cues: count, rev } = published;
  assert.deepEqual({ digest, stored, count, rev }, { digest: sha256(compiled), stored: true, count: 3, rev: 2 });
  const { url, rundown } = await pointer(event);
  assert.equal(rundown, sha256(compiled));
  assert.equal((await call(runtime, "GET", url!)).text, compiled);
  const { cues } = JSON.parse(compiled);
  const moments = cues.map(({ time, action }: Record<string, unknown>) => `${action} at ${time}`);
  assert.deepEqual(moments, ["startSong1 at 560000", "particles at 563500", "startSong2 at 800000"]);

  const again = await publish(event, tiny);
  assert.deepEqual([again["changed"], (await event.state()).rev], [false, 2]);
});

test("what was published is listed, and rolled back to", async () => {
  const event = await begun(runtime, "rollback", 1_000);
  const first = (await publish(event, tiny))["rundown"];
  const second = (await publish(event, gala))["rundown"];
  const list = async () => {
    const { rundowns } = await maria.json("cues", "history", "--event", "rollback");
    return rundowns.map(({ rundown, present }: Record<string, unknown>) => [rundown, present]);
  };
  assert.deepEqual(await list(), [[first, false], [second, true]]);
  const back = await maria.json("cues", "rollback", "--yes", "--event", "rollback");
  assert.equal(back.code, 0, JSON.stringify(back));
  assert.equal((await pointer(event)).rundown, first);
  assert.deepEqual(await list(), [[first, true], [second, false]]);
  const forth = await maria.json("cues", "rollback", "--yes", "--event", "rollback", "--to", second.slice(0, 12));
  assert.equal(forth.code, 0, JSON.stringify(forth));
  assert.equal((await pointer(event)).rundown, second);
  const undone = await maria.shell(`${forth["undo"]} --yes`);
  assert.equal(undone.exit, 0, undone.stderr);
  assert.equal((await pointer(event)).rundown, first);
});

test("without a yes nothing is stored; with an error nothing is sent", async () => {
  const event = await begun(runtime, "careful", 1_000);
  const refused = await maria.json("cues", "publish", tiny, "--event", "careful");
  assert.deepEqual([refused.code, refused.error?.code], [6, "unconfirmed"]);
  const digest = sha256((await maria.run("cues", "compile", tiny)).stdout);
  assert.equal((await call(runtime, "GET", `${event.path}/rundowns/${digest}.json`)).status, 404);
  const bad = `${ROOT}/cues/bad/unknown-field.json`;
  const faulty = await maria.json("cues", "publish", bad, "--yes", "--event", "careful");
  assert.deepEqual([faulty.code, faulty.error?.code], [3, "sheet"]);
  assert.equal((await event.log()).length, 1);
});

test("CI publishes with a token in its environment and the scope publish only", async () => {
  const event = await begun(runtime, "ci", 1_000);
  const ci = new Operator("ci", runtime);
  delete ci.environment["DOWNBEAT_TOKEN_FILE"];
  ci.environment["DOWNBEAT_TOKEN"] = TOKENS.publisher;
  const published = await ci.json("cues", "publish", gala, "--yes", "--event", "ci");
  assert.equal(published.code, 0, JSON.stringify(published));
  assert.equal((await pointer(event)).rundown, published["rundown"]);
  assert.equal((await event.log())[0]!.token, "publisher");
});
