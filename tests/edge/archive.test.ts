// Archiving: an event that has ended stays as it is, out of the list, until it is taken out of the archive again.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, Event } from "./harness/calls.ts";
import { assertChain } from "./harness/chain.ts";
import { Operator } from "./harness/cli.ts";
import { Signer } from "./harness/emergency.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";
import { standIn } from "./harness/stand-in.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";
import type { EventList, ListedEvent } from "./harness/wire.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("archive")));
after(() => runtime.end());

const { digest, bytes } = rundownAt(1);
const put = (event: Event, at = digest, body = bytes) =>
  call(runtime, "PUT", `${event.path}/rundowns/${at}.json`, { token: TOKENS.all, body });

/** Returns the events of the list that are called `name`. */
async function listed(query: string, name: string): Promise<ListedEvent[]> {
  const { body } = await call<EventList>(runtime, "GET", `/v1/events${query}`, { token: TOKENS.reader });
  return body.events.filter((event) => event.name === name);
}

/** Returns in which of the two lists the event is: the usual one, and the one of all events. */
async function places(event: Event): Promise<string> {
  const [current, all] = await Promise.all([listed("", event.name), listed("?all", event.name)]);
  return `${current.length} ${all.length}${all[0]?.archived ? " archived" : ""}`;
}

/** Makes an event with a rundown that has ended. */
async function over(name: string, more: object = {}): Promise<Event> {
  const event = await begun(runtime, name, 10_000, more);
  assert.equal((await put(event)).status, 201);
  await event.command("rundown", { rundown: digest });
  const { effectiveAt } = await event.command("end");
  await event.reaches(effectiveAt);
  return event;
}

test("an archived event is read as ever, is in the list of all only, and is taken out again", async () => {
  const event = await over("gala");
  const before = await event.state();
  assert.equal(await places(event), "1 1");
  const viewer = await Viewer.join(runtime, event.name);
  const archived = await event.put({ archived: true, actor: "ines", reason: "the season is over" });
  assert.equal(archived.status, 200, archived.text);
  assert.equal(archived.body.archived, true);
  assert.equal(await places(event), "0 1 archived");
  assert.equal((await viewer.has(before.rev + 1)).archived, true);
  viewer.end();

  assert.equal((await event.put({ archived: true })).body.rev, before.rev + 1, "twice is once");
  for (const path of ["", "/time", "/status", "/rundown.json", `/rundowns/${digest}.json`, "/rundowns", "/log", "/audience"]) {
    assert.equal((await call(runtime, "GET", event.path + path, { token: TOKENS.all })).status, 200, path);
  }
  assert.equal((await event.time()).status, "ended");
  (await Viewer.join(runtime, event.name)).end();

  const again = await event.put({ archived: false });
  assert.deepEqual([again.status, again.body.rev, "archived" in again.body], [200, before.rev + 2, false]);
  assert.equal(await places(event), "1 1");
  await event.command("reopen");
  const log = await event.log();
  assertChain(log);
  assert.deepEqual(log.slice(0, 3).map(({ name }) => name), ["reopen", "unarchive", "archive"]);
  assert.deepEqual([log[2]!.actor, log[2]!.body["reason"], log[2]!.body["archived"]], ["ines", "the season is over", true]);
});

test("an event that has not ended is not archived", async () => {
  const event = await begun(runtime, "going-on", 10_000);
  const refused = await event.put({ archived: true });
  assert.deepEqual([refused.status, refused.problem.code, refused.problem.pointer], [409, "conflict", "/archived"]);
  assert.match(refused.problem.detail, /"end" it first/);
  await event.command("end", { at: (await event.time()).serverTime + 3_600_000 });
  assert.match((await event.put({ archived: true })).problem.detail, /this one ends at 20.*wait until then/);
  const made = await new Event(runtime, "never").put({ startsAt: 1, archived: true });
  assert.deepEqual([made.status, made.problem.code], [409, "conflict"]);
  assert.equal(await places(new Event(runtime, "never")), "0 0");
});

test("every change of an archived event is refused with the remedy, and whoever may not operate cannot archive", async () => {
  const signer = new Signer();
  const event = await over("kept", signer.channel());
  for (const token of [TOKENS.reader, TOKENS.publisher]) {
    assert.equal((await event.put({ archived: true }, token)).status, 403);
  }
  const known = await event.state();
  assert.equal((await event.put({ archived: true })).status, 200);
  const [{ version }] = JSON.parse((await call(runtime, "GET", `${event.path}/rundowns`, { token: TOKENS.all })).text).rundowns;
  const other = rundownAt(2);
  const signed = signer.pause(known, known.serverTime, "Back soon", { rev: known.rev + 9 });
  const answers = await Promise.all([
    ...["pause", "resume", "clear", "reopen", "end", "undo"].map((command) => event.send({ command })),
    event.send({ command: "rundown", rundown: null }),
    event.preview({ command: "pause" }),
    event.put({ title: "Another" }),
    event.put({ startsAt: known.serverTime + 3_600_000 }),
    event.put({ archived: true, hubs: 8 }),
    put(event, other.digest, other.bytes),
    call(runtime, "DELETE", `${event.path}/rundowns/${digest}.json`, { token: TOKENS.all, headers: { "if-match": `"${version}"` } }),
    call(runtime, "POST", `${event.path}/emergency`, { body: signed }),
  ]);
  for (const { status, problem, text } of answers) {
    assert.deepEqual([status, problem.code, problem.state?.archived], [409, "archived", true], text);
    assert.match(problem.detail, /unarchive it first \(downbeat event unarchive\)/);
  }
  assert.equal((await event.state()).rev, known.rev + 1);
  const copied = await call(runtime, "PUT", `${event.path}/rundowns/${digest}.json?store=event`, { token: TOKENS.all, body: bytes });
  assert.ok([200, 201].includes(copied.status), `copying from one store to the other changes nothing: ${copied.text}`);
});

test("undo archives again", async () => {
  const event = await over("undone");
  await event.put({ archived: true });
  await event.put({ archived: false });
  await event.command("undo");
  assert.equal((await event.state()).archived, true);
  await until(() => places(event), (seen) => seen === "0 1 archived", "the list");
});

test("archived while the list of events does not answer, it leaves the list later", async () => {
  const worker = await standIn();
  try {
    const event = await begun(worker, "unlisted", 10_000);
    await event.reaches((await event.command("end")).effectiveAt);
    worker.decideList(() => "drop");
    assert.equal((await event.put({ archived: true })).status, 200);
    worker.decideList(() => "answer");
    const seen = async () => {
      assert.equal((await event.state()).archived, true);
      return (await call(worker, "GET", "/v1/events", { token: TOKENS.reader })).text;
    };
    await until(seen, (text) => text === '{"events":[]}', "the list");
  } finally {
    await worker.end();
  }
});

test("archived and taken out many times at once, the list says what the event is", async () => {
  const event = await over("swings");
  await Promise.all(Array.from({ length: 20 }, (_, turn) => event.put({ archived: turn % 2 === 0 })));
  const { archived } = await event.state();
  await until(() => places(event), (seen) => seen === (archived ? "0 1 archived" : "1 1"), "the list");
});

test("an archived event is deleted like any other", async () => {
  const event = await over("gone");
  await event.put({ archived: true });
  const deleted = await call(runtime, "DELETE", event.path, { token: TOKENS.all });
  assert.equal(deleted.status, 200, deleted.text);
  assert.equal(await places(event), "0 0");
  await begun(runtime, "gone", 10_000);
  assert.equal(await places(event), "1 1");
});

test("the command line archives, lists, refuses and takes out again", async () => {
  const maria = new Operator("cli-archive", runtime);
  const event = await over("season-2025", { title: "Season" });
  const before = (await event.state()).rev;
  const planned = await maria.run("event", "archive", "season-2025", "--dry-run");
  assert.equal(planned.exit, 0, planned.stderr);
  assert.match(planned.stdout, /season-2025, "Season" \(rev 3\)[^]*ended at[^]*"event list" leaves it out[^]*nothing was sent/);
  assert.equal((await maria.json("event", "archive", "season-2025")).code, 6, "it asks");
  assert.equal((await event.state()).rev, before);

  const archived = await maria.json("event", "archive", "season-2025", "--yes", "--event", "main");
  assert.deepEqual([archived.code, archived["changed"], archived["archived"], archived["event"]], [0, true, true, "season-2025"]);
  assert.doesNotMatch((await maria.run("event", "list")).stdout, /season-2025/);
  assert.match((await maria.run("event", "list", "--all")).stdout, /season-2025 .* archived /);
  assert.match((await maria.run("status", "--event", "season-2025")).stdout, /\(rev 4, archived\)/);
  assert.deepEqual((await maria.json("event", "archive", "season-2025", "--yes"))["changed"], false);
  const pause = await maria.json("pause", "--yes", "--event", "season-2025");
  assert.deepEqual([pause.code, pause.error!.code], [5, "archived"]);
  assert.match(pause.error!.message, /unarchive it first \(downbeat event unarchive\)/);

  const back = await maria.shell(archived["undo"] + " --yes");
  assert.match(back.stdout, /^.*unarchived.*: season-2025 \(rev 5\)/m, back.stderr);
  assert.equal(await places(event), "1 1");
  const missing = await maria.json("event", "archive", "nobody", "--yes");
  assert.deepEqual([missing.code, missing.error!.code], [3, "unknown-event"]);
});
