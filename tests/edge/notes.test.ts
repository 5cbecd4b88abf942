// Notes for the crew: stored beside a rundown, wherever that is, for operators only. They come with publishing, and go with the
// rundown and the event.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { begun, call, type Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { type Rundown, rundownAt } from "./harness/rundowns.ts";
import { Runtime, type RundownStore } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import { Viewer } from "./harness/viewer.ts";

const NONE = { cues: [] };
const NOTES = { cues: [{ cue: "flash@1", note: "watch the conductor", owner: "Ana", flags: ["rehearse"] }] };

let runtime: Runtime;

const path = (event: Event, { digest }: Rundown) => `${event.path}/rundowns/${digest}`;

function publish(event: Event, rundown: Rundown) {
  return call(runtime, "PUT", `${path(event, rundown)}.json`, { token: TOKENS.publisher, body: rundown.bytes });
}

function put(event: Event, rundown: Rundown, notes: unknown, query = "") {
  return call<{ cues: number; changed: boolean }>(runtime, "PUT", `${path(event, rundown)}/notes${query}`, { token: TOKENS.publisher, body: notes });
}

function get(event: Event, rundown: Rundown, query = "") {
  return call<typeof NOTES>(runtime, "GET", `${path(event, rundown)}/notes${query}`, { token: TOKENS.reader });
}

for (const store of ["event", "bucket"] as const) describe(store, () => {
  before(async () => void (runtime = await Runtime.start(`notes-${store}`, { store })));
  after(() => runtime.end());

  test("notes are stored in one form, and the last ones count", async () => {
    const event = await begun(runtime, "stored", 1_000);
    const rundown = rundownAt(1);
    await publish(event, rundown);
    assert.deepEqual((await get(event, rundown)).body, NONE);
    const first = await put(event, rundown, { cues: [{ cue: "z" }, { ...NOTES.cues[0], owner: "Ana", later: 1 }, { cue: "b", group: "act 1" }] });
    assert.deepEqual([first.status, first.body], [200, { cues: 2, changed: true }], first.text);
    const stored = await get(event, rundown);
    assert.equal(
      stored.text,
      `{"cues":[{"cue":"b","group":"act 1"},{"cue":"flash@1","note":"watch the conductor","owner":"Ana","flags":["rehearse"]}]}`,
    );
    assert.equal(stored.headers.get("cache-control"), "no-store");
    assert.deepEqual((await put(event, rundown, stored.text)).body, { cues: 2, changed: false });
    assert.deepEqual((await put(event, rundown, NOTES)).body, { cues: 1, changed: true });
    assert.deepEqual((await get(event, rundown)).body, NOTES);
    assert.deepEqual((await put(event, rundown, NONE)).body, { cues: 0, changed: true });
    assert.deepEqual((await get(event, rundown)).body, NONE);
    assert.equal((await event.state()).rev, 1, "a note is no change of the event");
  });

  test("notes are refused without their rundown, and when they are none or too large", async () => {
    const event = await begun(runtime, "refused", 1_000);
    const rundown = rundownAt(2);
    for (const answer of [await put(event, rundown, NOTES), await get(event, rundown)]) {
      assert.deepEqual([answer.status, answer.problem.code], [404, "unknown-rundown"], answer.text);
    }
    await publish(event, rundown);
    const wrong = await put(event, rundown, { cues: [{ cue: "a" }, { cue: "b", note: 1 }] });
    assert.deepEqual([wrong.status, wrong.problem.code, wrong.problem["pointer"]], [422, "invalid-field", "/cues/1/note"]);
    const twice = await put(event, rundown, { cues: [{ cue: "a", note: "x" }, { cue: "a", note: "y" }] });
    assert.deepEqual([twice.status, twice.problem["pointer"]], [422, "/cues/1/cue"]);
    const note = "é".repeat(524_288);
    const large = await put(event, rundown, { cues: [{ cue: "a", note }] });
    assert.deepEqual([large.status, large.problem.code], [413, "too-large"]);
    const most = { cues: [{ cue: "a", note: note.slice(0, 524_270) }] };
    assert.equal((await put(event, rundown, most)).status, 200);
    assert.deepEqual((await get(event, rundown)).body, most, "the largest come back as they were");
    const nobody = await call(runtime, "GET", `/v1/events/nobody/rundowns/${rundown.digest}/notes`, { token: TOKENS.reader });
    assert.deepEqual([nobody.status, nobody.problem.code], [404, "unknown-event"]);
    const { effectiveAt } = await event.command("end");
    await event.reaches(effectiveAt);
    assert.equal((await event.put({ archived: true })).status, 200);
    const archived = await put(event, rundown, NOTES);
    assert.deepEqual([archived.status, archived.problem.code], [409, "archived"]);
  });

  test("they need the scopes publish and read, no site can read them, and viewers never get them", async () => {
    const event = await begun(runtime, "scopes", 1_000);
    const rundown = rundownAt(3);
    await publish(event, rundown);
    await event.command("rundown", { rundown: rundown.digest });
    await put(event, rundown, NOTES);
    const notes = `${path(event, rundown)}/notes`;
    for (const [method, token, status] of [
      ["GET", undefined, 401], ["PUT", undefined, 401], ["GET", TOKENS.publisher, 403], ["GET", TOKENS.operator, 403],
      ["PUT", TOKENS.reader, 403], ["PUT", TOKENS.operator, 403], ["GET", TOKENS.gala, 403], ["DELETE", TOKENS.all, 405],
    ] as const) {
      const asked = { ...(token && { token }), ...(method === "PUT" && { body: NOTES }) };
      const answer = await call(runtime, method, notes, asked);
      assert.equal(answer.status, status, `${method} ${token}: ${answer.text}`);
    }
    for (const method of ["GET", "OPTIONS"]) {
      const answer = await call(runtime, method, notes, { token: TOKENS.reader, headers: { origin: "https://elsewhere.example" } });
      assert.equal(answer.headers.get("access-control-allow-origin"), null, method);
      assert.equal(answer.headers.get("cross-origin-resource-policy"), "same-origin", method);
    }
    const viewer = await Viewer.join(runtime, event.name);
    const told = [JSON.stringify(viewer.last)];
    viewer.end();
    for (const one of ["", "/time", "/status", "/rundown.json", `/rundowns/${rundown.digest}.json`]) {
      told.push((await call(runtime, "GET", event.path + one)).text);
    }
    for (const text of told) assert.doesNotMatch(text, /conductor|Ana|rehearse/);
  });

  test("they go with their rundown, and with the event", async () => {
    const event = await begun(runtime, "gone", 1_000);
    const [old, present] = [rundownAt(4), rundownAt(5)];
    for (const rundown of [old, present]) {
      await publish(event, rundown);
      await put(event, rundown, NOTES);
    }
    await event.command("rundown", { rundown: present.digest });
    const list = await call<any>(runtime, "GET", `${event.path}/rundowns`, { token: TOKENS.reader });
    assert.equal(list.body.rundowns.length, 2, "notes are not listed as rundowns");
    const { version } = list.body.rundowns.find((one: any) => one.rundown === old.digest);
    const headers = { "if-match": `"${version}"` };
    assert.equal((await call(runtime, "DELETE", `${path(event, old)}.json`, { token: TOKENS.publisher, headers })).status, 204);
    assert.equal((await get(event, old)).status, 404);
    await publish(event, old);
    assert.deepEqual((await get(event, old)).body, NONE, "published again, it has none");

    const deleted = await call<any>(runtime, "DELETE", `${event.path}?force`, { token: TOKENS.all });
    assert.deepEqual([deleted.status, deleted.body.rundowns], [200, 2], deleted.text);
    assert.equal((await get(event, present)).problem.code, "unknown-event");
    const again = await begun(runtime, "gone", 1_000);
    await publish(again, present);
    assert.deepEqual((await get(again, present)).body, NONE);
  });

  test("publishing sends a sheet's notes; notes that changed are told from nothing to do", async () => {
    const event = await begun(runtime, "sent", 1_000);
    const maria = new Operator(`notes-${store}`, runtime);
    const sheet = (note: object) => {
      maria.file("sheet.json", JSON.stringify([{ id: "a", time: 1, action: "flash", ...note }, { id: "b", time: 2, action: "flash" }]));
      return ["cues", "publish", "sheet.json", "--yes", "--event", event.name];
    };
    const notes = async () => (await get(event, { digest: (await event.state()).rundown! } as Rundown)).body.cues;
    const first = await maria.json(...sheet({ note: "watch the conductor", flags: ["rehearse"] }));
    assert.deepEqual([first.code, first["changed"], first["notes"]], [0, true, { cues: 1, changed: true }], JSON.stringify(first));
    assert.deepEqual(await notes(), [{ cue: "a", note: "watch the conductor", flags: ["rehearse"] }]);
    const { rev } = await event.state();

    const same = await maria.run(...sheet({ note: "watch the conductor", flags: ["rehearse"] }));
    assert.match(same.stdout, /^nothing to change: the event has rundown [0-9a-f]{64} already$/m);
    const changed = await maria.run(...sheet({ note: "do not watch", owner: "Luís" }));
    assert.match(changed.stdout, /^notes changed: the crew has notes about 1 cue; the event has rundown [0-9a-f]{64} already$/m);
    assert.deepEqual([await notes(), (await event.state()).rev], [[{ cue: "a", note: "do not watch", owner: "Luís" }], rev]);

    // A token that may only publish learns from the answer whether they differ.
    maria.file("operator.token", `${TOKENS.publisher}\n`);
    const ci = await maria.json(...sheet({ note: "do not watch", owner: "Luís" }));
    assert.deepEqual([ci["changed"], ci["notes"]], [false, { cues: 1, changed: false }], JSON.stringify(ci));
    const none = await maria.json(...sheet({}));
    assert.deepEqual([none.code, none["notes"]], [0, null], "no read, no notes: what is there stays");
    maria.file("operator.token", `${TOKENS.all}\n`);
    assert.deepEqual((await maria.json(...sheet({})))["notes"], { cues: 0, changed: true });
    assert.deepEqual(await notes(), []);
  });

  test("who calls the show reads them in the terminal, a viewer's token and nobody's does not", async () => {
    const event = await begun(runtime, "called", 500);
    const maria = new Operator(`called-${store}`, runtime);
    maria.file("sheet.json", JSON.stringify([{ id: "a", time: 3_000, action: "flash", note: "watch\u001b[2J the conductor", owner: "Ana", flags: ["rehearse"] }]));
    assert.equal((await maria.json("cues", "publish", "sheet.json", "--yes", "--event", event.name)).code, 0);
    for (const sheet of [[], ["sheet.json"]]) {
      const at = await maria.run("cues", "at", "10:00", ...sheet, "--event", event.name);
      assert.match(at.stdout, / a +flash +in 40 min.*\n      > watch.{0,12} the conductor \(Ana, rehearse\)\n/, at.stdout + at.stderr);
      assert.ok(!at.stdout.includes("\u001b[2J"));
      const join = await maria.run("cues", "join", "51:00", ...sheet, "--event", event.name);
      assert.match(join.stdout, /\n      > watch/, join.stdout);
      const { next } = await maria.json("cues", "at", "10:00", ...sheet, "--event", event.name);
      assert.deepEqual([next[0].crew.owner, next[0].crew.flags], ["Ana", ["rehearse"]]);
    }
    const viewer = new Operator(`viewer-${store}`, runtime, TOKENS.holder);
    for (const token of [TOKENS.holder, ""]) {
      if (token === "") delete viewer.environment["DOWNBEAT_TOKEN_FILE"];
      const at = await viewer.run("cues", "at", "10:00", "--event", event.name);
      assert.match(at.stdout, / a +flash /);
      assert.doesNotMatch(at.stdout + at.stderr, /conductor|could not/);
    }
  });
});

test("a store never gets them, since it is public", async () => {
  runtime = await Runtime.start("notes-public");
  const event = await begun(runtime, "public", 1_000);
  const maria = new Operator("public", runtime);
  maria.file("sheet.json", JSON.stringify([{ id: "a", time: 1, action: "flash", note: "SECRET-NOTE", owner: "Ana" }]));
  const to = ["--target", "file:public", "--yes", "--event", event.name];
  const both = await maria.json("cues", "publish", "sheet.json", ...to);
  assert.deepEqual([both.code, both["notes"]], [0, { cues: 1, changed: true }], JSON.stringify(both));
  const alone = await maria.run("cues", "publish", "sheet.json", ...to, "--store-only", "--dry-run");
  assert.match(alone.stdout, /^notes +those about 1 cue stay here: what is in a store is public$/m);
  const folder = `${maria.directory}/public`;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  assert.ok(files.length >= 3);
  for (const file of files) assert.doesNotMatch(readFileSync(`${file.parentPath}/${file.name}`, "utf8"), /SECRET-NOTE|Ana/, file.name);
  await runtime.end();
});

test("copying rundowns between an event and a bucket takes their notes along", async () => {
  runtime = await Runtime.start("notes-moved", { stack: "wrangler" });
  const event = await begun(runtime, "moved", 1_000);
  const rundown = rundownAt(7);
  await publish(event, rundown);
  await put(event, rundown, NOTES);
  const restart = async (store: RundownStore) => {
    await runtime.end();
    runtime.configure(store);
    await runtime.restart();
  };
  const copy = (to: RundownStore, ...options: string[]) =>
    new Operator("notes-moved", runtime).json("cues", "copy", "--to", to, "--all", ...options);

  await restart("bucket");
  assert.deepEqual((await get(event, rundown)).body, NOTES, "found where they were");
  assert.equal((await get(event, rundown, "?store=bucket")).status, 404);
  assert.deepEqual((await copy("bucket", "--dry-run"))["notes"], 1);
  const there = await copy("bucket");
  assert.deepEqual([there["rundowns"], there["notes"]], [1, 1], JSON.stringify(there));
  assert.deepEqual((await get(event, rundown, "?store=bucket")).body, NOTES);
  const newer = { cues: [{ cue: "flash@7", note: "newer" }] };
  assert.deepEqual((await put(event, rundown, newer)).body, { cues: 1, changed: true });
  assert.equal((await copy("bucket"))["notes"], 0, "what the bucket has counts");
  const back = await copy("event");
  assert.deepEqual([back["rundowns"], back["notes"]], [0, 1], JSON.stringify(back));
  await restart("event");
  assert.deepEqual((await get(event, rundown)).body, newer);
  await runtime.end();
});
