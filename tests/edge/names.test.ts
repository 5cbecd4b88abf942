// What a made-up name costs: a question to nobody, and not a byte on the disk.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { Agent, request } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { after, before, suite, test } from "node:test";
import { begun, call, Event, now } from "./harness/calls.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import type { EventList } from "./harness/wire.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("names")));
after(() => runtime.end());

/** How many names are made up. */
const COUNT = 2_000;

const { digest, bytes } = rundownAt(1);

/** What anyone may ask of an event. */
const PUBLIC = ["", "/time", "/status", "/rundown.json", `/rundowns/${digest}.json`];

/** What operators ask of an event: method, path and body. */
const OPERATORS: [string, string, unknown?][] = [
  ["GET", ""],
  ["GET", "/log"],
  ["GET", "/audience"],
  ["GET", "/rundowns"],
  ["POST", "/commands", { command: "pause", id: "p1" }],
  ["POST", "/commands?dryRun", { command: "clear", id: "p2" }],
  ["POST", "/commands", { command: "rundown", id: "p3", rundown: digest }],
  ["PUT", `/rundowns/${digest}.json`, bytes],
  ["DELETE", `/rundowns/${digest}.json`],
];

/** Returns the files of the objects of one class: each object has its own. */
function objects(kind: string): string[] {
  const directory = `${runtime.objects}/downbeat-${kind}`;
  return readdirSync(directory).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite").toSorted();
}

/** Returns the number of objects of events and hubs. */
const made = (): number => objects("EventDo").length + objects("HubDo").length;

/** Asks for a socket and returns the status of the answer. */
function joins(path: string): Promise<number> {
  const headers = {
    ...{ connection: "Upgrade", upgrade: "websocket" },
    ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
  };
  return new Promise((resolve, reject) => {
    const asked = request(runtime.url + path, { headers, agent: new Agent({ keepAlive: false }) });
    asked.once("response", (response) => resolve(response.resume().statusCode!)).once("error", reject).end();
    asked.once("upgrade", (_, socket) => (socket.destroy(), resolve(101)));
  });
}

/** Does `work` for each of `count` numbers, 50 at a time. */
async function each(count: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => { while (next < count) await work(next++); };
  await Promise.all(Array.from({ length: 50 }, worker));
}

test(`${COUNT} made-up names on every public path make no object, and known events are answered meanwhile`, async (t) => {
  const gala = await begun(runtime, "gala", 10_000);
  assert.equal((await gala.time()).status, "running");
  assert.equal((await call(runtime, "GET", "/time")).status, 200);
  const before = made();
  assert.ok(before >= 2, `the objects are counted where they are: ${before}`);

  const started = performance.now();
  let asked = 0;
  await each(COUNT, async (number) => {
    const name = `made-up-${number}`;
    for (const path of PUBLIC) {
      const answer = await call(runtime, "GET", `/v1/events/${name}${path}`);
      assert.deepEqual([answer.status, answer.problem.code], [404, "unknown-event"], path);
      asked += 1;
    }
    if (number % 20 === 0) assert.equal((await gala.time()).status, "running");
  });
  const seconds = (performance.now() - started) / 1_000;
  for (let number = 0; number < 20; number++) assert.equal(await joins(`/v1/events/made-up-${number}/live`), 404);
  const signed = { state: "{}", signature: "A".repeat(86) };
  const handedIn = await call(runtime, "POST", "/v1/events/made-up-1/emergency", { body: signed });
  assert.ok(handedIn.status >= 400 && handedIn.status < 500, handedIn.text);
  assert.equal(made(), before, "no object was made");
  t.diagnostic(`${Math.round(asked / seconds)} requests a second by one client; objects before ${before}, after ${made()}`);
});

test("an operator's calls about made-up names make no object either", async () => {
  const before = made();
  for (const [method, path, body] of OPERATORS) {
    const name = `wrong-${OPERATORS.findIndex(([, other]) => other === path)}`;
    const headers: Record<string, string> = method === "DELETE" ? { "if-match": '"x"' } : {};
    const asked = { token: TOKENS.all, headers, ...(body === undefined ? {} : { body }) };
    const answer = await call(runtime, method, `/v1/events/${name}${path}`, asked);
    assert.deepEqual([answer.status, answer.problem.code], [404, "unknown-event"], `${method} ${path}: ${answer.text}`);
  }
  for (const fields of [{ title: "no start" }, { startsAt: 1, hubs: 0 }, { startsAt: "soon" }]) {
    assert.equal((await new Event(runtime, "refused").put(fields)).status, 422);
  }
  assert.equal(made(), before, "no object was made");
  const { body } = await call<EventList>(runtime, "GET", "/v1/events", { token: TOKENS.reader });
  assert.ok(body.events.every(({ name }) => name !== "refused"), "and nothing is listed");
});

test("an event made under a name that was made up before is there for its operator and its viewers", async () => {
  const event = new Event(runtime, "made-up-7");
  assert.equal((await call(runtime, "GET", `${event.path}/time`)).status, 404);
  assert.equal((await event.put({ startsAt: (await now(runtime)) - 1_000 })).status, 201);
  assert.equal((await event.time()).status, "running");
  assert.equal((await event.state()).rev, 1);
});

test("the list survives a restart, and the names with it", async () => {
  await runtime.kill();
  await runtime.restart();
  const before = made();
  assert.equal((await call(runtime, "GET", "/v1/events/made-up-8/time")).status, 404);
  assert.equal((await new Event(runtime, "gala").time()).status, "running");
  assert.equal(made(), before);
});

test("an event of an earlier version that the list lacks is found, and enters itself", async () => {
  const old = await begun(runtime, "old", 10_000);
  await runtime.kill();
  const [file] = objects("CatalogDo");
  const list = new DatabaseSync(`${runtime.objects}/downbeat-CatalogDo/${file}`);
  // As that version left it, after a call to the list had failed.
  list.exec("DELETE FROM events WHERE name = 'old'; DROP TABLE complete; DROP TABLE reserved; DROP TABLE archived");
  list.close();
  for (const object of objects("EventDo")) {
    const event = new DatabaseSync(`${runtime.objects}/downbeat-EventDo/${object}`);
    event.exec("DROP TABLE IF EXISTS registered");
    event.close();
  }
  await runtime.restart();
  assert.equal((await old.time()).status, "running");
  const listed = async () => (await call(runtime, "GET", "/v1/events", { token: TOKENS.reader })).text;
  await until(listed, (text) => text.includes('"name":"old"'), "the event to be in the list");
});

suite("while the list of events is silent", () => {
  let worker: StandIn;
  before(async () => void (worker = await standIn()));
  after(() => worker.end());

  test("known events are answered and paused, made-up names reach few objects, and no event is made", async () => {
    const gala = await begun(worker, "gala", 10_000);
    const { promise, resolve } = Promise.withResolvers<"answer">();
    worker.decideList(() => promise);

    assert.equal((await gala.send({ command: "pause" })).status, 200);
    assert.equal((await gala.put({ title: "Still here" })).status, 200);
    const started = Date.now();
    const names = Array.from({ length: 200 }, (_, number) => new Event(worker, `made-up-${number}`));
    const statuses = await Promise.all(names.map(async ({ path }) => (await call(worker, "GET", path)).status));
    const seconds = Math.ceil((Date.now() - started) / 1_000) + 1;
    assert.deepEqual([...new Set(statuses)].filter((status) => status !== 404 && status !== 503), []);
    const reached = names.filter(({ name }) => worker.asked(name) > 0).length;
    assert.ok(reached <= 10 * seconds, `${reached} objects in ${seconds} s`);
    // The time is always answered.
    assert.ok([200, 404].includes((await call(worker, "GET", `${names[0]!.path}/time`)).status));
    assert.equal((await gala.time()).rev, 3);

    const refused = await new Event(worker, "late").put({ startsAt: await now(worker) });
    assert.deepEqual([refused.status, refused.problem.code], [503, "unavailable"], refused.text);
    resolve("answer");
    const made = async () => (await new Event(worker, "late").put({ startsAt: await now(worker) })).status;
    await until(made, (status) => status === 201, "the event to be made");
  });
});
