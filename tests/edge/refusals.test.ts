// Bad input: each is refused with a problem that says why, and the event is then what it was.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { type Answer, type Asked, begun, call, type Event } from "./harness/calls.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";
import { sha256, TOKENS } from "./harness/tokens.ts";
import type { Problem } from "./harness/wire.ts";

let runtime: Runtime;
let event: Event;

before(async () => {
  runtime = await Runtime.start("refusals");
  event = await begun(runtime, "robust", 100_000);
  await event.command("announce", { message: "Hello" });
  const { effectiveAt } = await event.command("pause", { id: "taken", actor: "maria", reason: "no sound" });
  await event.reaches(effectiveAt + 2_000);
});
after(() => runtime.end());

/** A request, and the expected problem and headers of its answer. */
interface Refused {
  method: string;
  path: string;
  asked: Asked;
  problem: Partial<Problem>;
  headers: Record<string, string>;
}

/** A request to `path`, which is the event's own followed by this, or an absolute one after "//". */
function request(method: string, path: string, asked: Asked = {}, problem: Partial<Problem> = {}): Refused {
  return { method, path, asked, problem, headers: {} };
}

const get = (path: string, token?: string) => request("GET", path, token === undefined ? {} : { token });

/** A body for `path`, by an operator with all scopes. */
const put = (path: string, body: unknown, problem?: Partial<Problem>) =>
  request("PUT", path, { token: TOKENS.all, body }, problem);

/** A body for the event's commands, by an operator with all scopes. */
const post = (body: unknown, problem?: Partial<Problem>) =>
  request("POST", "/commands", { token: TOKENS.all, body }, problem);

/** A command of which only `fields` matter. */
const command = (name: string, fields: Record<string, unknown> = {}, pointer?: string) =>
  post({ command: name, id: "x", ...fields }, pointer === undefined ? {} : { pointer });

/** A harmless command with another token, or without one. */
const clear = (token?: string): Refused =>
  request("POST", "/commands", { ...(token === undefined ? {} : { token }), body: { command: "clear", id: "x" } });

/** The same request with another token, which lacks `scope`; undefined if it is for other events. */
function by(token: string, scope: string | undefined, refused: Refused): Refused {
  const problem = scope === undefined ? { event: "robust" } : { scope };
  return { ...refused, asked: { ...refused.asked, token }, problem };
}

/** A method that `path` does not accept, and those it accepts. */
const wrong = (method: string, path: string, allow: string): Refused =>
  ({ ...request(method, path), headers: { allow } });

/** Returns `size` bytes in chunks, without saying beforehand how many; if `open`, nothing follows, not even an end. */
function chunked(size: number, open = false): ReadableStream {
  const chunk = new Uint8Array(65_536).fill(32);
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent < size) controller.enqueue(chunk.subarray(0, Math.min(chunk.length, size - sent)));
      else if (open) return new Promise(() => {});
      else controller.close();
      sent += chunk.length;
      return undefined;
    },
  });
}

const MIB = 1_048_576;
const tiny = rundownAt(9);
const spoilt = `${tiny.bytes} `;
const unstored = rundownAt(10).digest;
const remove = (digest: string, version?: string) =>
  request("DELETE", place(digest), { token: TOKENS.all, headers: version === undefined ? {} : { "if-match": `"${version}"` } });
const place = (digest: string, event = "") => `${event}/rundowns/${digest}.json`;
const nobody = "//v1/events/nobody";
const known = "pause resume seek rate announce clear reschedule end reopen rundown undo redo".split(" ");
const century = 3_155_760_000_000;

/** Wrong requests, by the status and the code they are refused with. */
const TABLE: Record<string, Record<string, Refused>> = {
  "404 unknown-event": {
    "the time of an unknown event": get(`${nobody}/time`),
    "the state of an unknown event": get(nobody),
    "the rundown pointer of an unknown event": get(`${nobody}/rundown.json`),
    "the log of an unknown event": get(`${nobody}/log`, TOKENS.all),
    "the audience of an unknown event": get(`${nobody}/audience`, TOKENS.all),
    "the audience's history of an unknown event": get(`${nobody}/audience/history`, TOKENS.all),
    "the metrics of an unknown event": get(`${nobody}/metrics`, TOKENS.all),
    "the rundowns of an unknown event": get(`${nobody}/rundowns`, TOKENS.all),
    "a command to an unknown event": { ...command("clear"), path: `${nobody}/commands` },
    "a rundown for an unknown event": put(place(tiny.digest, nobody), tiny.bytes),
  },
  "404 unknown-path": {
    "an unknown path": get("/nothing"),
    "an event's name in capitals": get("//v1/events/Main/time"),
    "an event's name that is too long": get(`//v1/events/${"x".repeat(64)}/time`),
    "a rundown's name that is no digest": get("/rundowns/latest.json"),
  },
  "404 unknown-rundown": {
    "a rundown nobody put": get(place(unstored)),
    "pointing at a rundown nobody put": command("rundown", { rundown: unstored }),
    "deleting a rundown nobody put": remove(unstored, "any"),
  },
  "405 method-not-allowed": {
    "posting to the time": wrong("POST", "/time", "GET, HEAD, OPTIONS"),
    "putting the default time": wrong("PUT", "//time", "GET, HEAD, OPTIONS"),
    "patching the event": wrong("PATCH", "", "DELETE, GET, HEAD, OPTIONS, PUT"),
    "getting the commands": wrong("GET", "/commands", "OPTIONS, POST"),
    "patching a rundown": wrong("PATCH", place(tiny.digest), "DELETE, GET, HEAD, OPTIONS, PUT"),
  },
  "400 bad-request": {
    "a list that goes on after something that is no digest": get("/rundowns?after=latest", TOKENS.all),
    "deleting a rundown without its version": remove(unstored),
  },
  "413 too-large": {
    "a command over 1 MiB": post(" ".repeat(MIB + 1), { limit: MIB }),
    "a command over 1 MiB in chunks": post(chunked(MIB + 1), { limit: MIB }),
    "a command that has no end": post(chunked(MIB + 1, true), { limit: MIB }),
    "a configuration over 1 MiB": put("", " ".repeat(MIB + 1), { limit: MIB }),
    "a rundown over 1 MiB": put(place(tiny.digest), " ".repeat(MIB + 1), { limit: MIB }),
  },
  "400 malformed-json": {
    "no body": post("", { line: 1, column: 0 }),
    "JSON that breaks off": post('{"command":"pause",\n  "id":', { line: 2, column: 7 }),
    "JSON with a comma too many": put("", '{"title":"x",}', { line: 1, column: 14 }),
    "bytes that are no text": post(new Uint8Array([0x7b, 0xff, 0xfe])),
    "JSON so deep that it would exhaust the stack": post("[".repeat(100_000)),
    "a number beyond all numbers": post('{"command":"seek","id":"x","position":1e400}'),
    "exactly 1 MiB of nothing": post(" ".repeat(MIB)),
  },
  "422 unknown-command": {
    "an unknown command": post({ command: "dance", id: "x" }, { known }),
  },
  "422 invalid-field": {
    "JSON that is no object": post("[1]", { pointer: "" }),
    "no command": post({ id: "x" }, { pointer: "/command" }),
    "no id": post({ command: "pause" }, { pointer: "/id" }),
    "a seek to nowhere": command("seek", {}, "/position"),
    "a seek by years": command("seek", { position: 366 * 86_400_000 + 1 }, "/position"),
    "a rate of nothing": command("rate", { rate: 0 }, "/rate"),
    "an empty message": command("announce", { message: " " }, "/message"),
    "a message without the event's locale": command("announce", { message: { fr: "Salut" } }, "/message"),
    "an unknown severity": command("announce", { message: "x", severity: "loud" }, "/severity"),
    "a schedule a century ahead": command("pause", { at: Date.now() + century }, "/at"),
    "half a millisecond": command("pause", { at: 1.5 }, "/at"),
    "pointing at something that is no digest": command("rundown", { rundown: "latest" }, "/rundown"),
    "a configuration out of range": put("", { hubs: 1_025 }, { pointer: "/hubs" }),
    "a new event without a start": put(nobody, { title: "x" }, { pointer: "/startsAt" }),
  },
  "409 conflict": {
    "a start that cannot move": command("reschedule", { startsAt: Date.now() + century }),
    "taking back an end that was not there": command("reopen"),
    "an id that is taken": command("clear", { id: "taken" }, "/id"),
  },
  "401 unauthorized": {
    "no token": clear(),
    "an unknown token": clear(TOKENS.stranger),
    "a known id with another secret": clear(TOKENS.stranger.replace("stranger", "all")),
    "an expired token": clear(TOKENS.expired),
    "something that is no token": clear("hello"),
    "an unknown scheme": request("GET", "/log", { headers: { authorization: `Basic ${TOKENS.all}` } }),
    "no token and a body over 1 MiB": request("POST", "/commands", { body: " ".repeat(MIB + 1) }),
    "deleting the event without a token": request("DELETE", ""),
    "the log without a token": get("/log"),
    "the audience without a token": get("/audience"),
    "the audience's history without a token": get("/audience/history"),
    "the metrics without a token": get("/metrics"),
    "the stored rundowns without a token": get("/rundowns"),
    "the list of events without a token": get("//v1/events"),
  },
  "403 forbidden": {
    "a command with a token to read": by(TOKENS.reader, "hold", clear()),
    "a pause with a token to publish": by(TOKENS.publisher, "hold", command("pause")),
    "a configuration with a token to publish": by(TOKENS.publisher, "operate", put("", { title: "x" })),
    "a seek with a token to hold": by(TOKENS.holder, "operate", command("seek", { position: 0 })),
    "an end with a token to hold": by(TOKENS.holder, "operate", command("end")),
    "undoing a pause with a token to publish": by(TOKENS.publisher, "hold", command("undo")),
    "removing the emergency key with a token to operate": by(TOKENS.operator, "emergency", put("", { emergency: null })),
    "tokens with a token to operate": by(TOKENS.operator, "admin", get("//v1/tokens")),
    "a command with a token of other events": by(TOKENS.gala, undefined, clear()),
    "a dry run with a token of other events":
      by(TOKENS.gala, undefined, request("POST", "/commands?dryRun", { body: { command: "pause", id: "x" } })),
    "a configuration with a token of other events": by(TOKENS.gala, undefined, put("", { title: "x" })),
    "deleting the event with a token to hold": by(TOKENS.holder, "admin", request("DELETE", "")),
    "deleting the event with a token to operate": by(TOKENS.operator, "admin", request("DELETE", "")),
    "deleting the event with a token of other events": by(TOKENS.gala, undefined, request("DELETE", "")),
    "the log with a token of other events": by(TOKENS.gala, undefined, get("/log")),
    "the audience with a token of other events": by(TOKENS.gala, undefined, get("/audience")),
    "the stored rundowns with a token of other events": by(TOKENS.gala, undefined, get("/rundowns")),
    "a rundown with a token of other events": by(TOKENS.gala, undefined, put(place(tiny.digest), tiny.bytes)),
    "deleting a rundown with a token of other events": by(TOKENS.gala, undefined, remove(unstored, "any")),
    "a rundown with a token to operate": by(TOKENS.operator, "publish", put(place(tiny.digest), tiny.bytes)),
    "pointing at none with a token to operate": by(TOKENS.operator, "publish", command("rundown", { rundown: null })),
    "deleting a rundown with a token to operate": by(TOKENS.operator, "publish", remove(unstored, "any")),
    "the stored rundowns with a token to publish": by(TOKENS.publisher, "read", get("/rundowns")),
    "the log with a token to operate": by(TOKENS.operator, "read", get("/log")),
  },
  "422 digest-mismatch": {
    "bytes that do not match their SHA-256": put(place(tiny.digest), spoilt, { sha256: sha256(spoilt) }),
  },
  "422 not-a-rundown": {
    "bytes that are no rundown": put(place(sha256("{}")), "{}"),
    "a rundown that is not canonical": put(place(sha256(spoilt)), spoilt),
  },
};

/** Everything the worker says about the event, except the time. */
async function everything(): Promise<unknown> {
  const { serverTime: _, ...state } = await event.state();
  const { text: list } = await call(runtime, "GET", "/v1/events", { token: TOKENS.all });
  return { state, log: await event.log(), list };
}

function assertProblem(answer: Answer<unknown>, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.equal(answer.headers.get("www-authenticate"), status === 401 ? 'Bearer realm="downbeat"' : null);
  const { problem } = answer;
  assert.deepEqual([problem.code, problem.status, problem.type], [code, status, `urn:downbeat:problem:${code}`]);
  assert.ok(problem.title && problem.detail);
}

for (const [refusal, rows] of Object.entries(TABLE)) {
  const [status, code] = refusal.split(" ") as [string, string];
  for (const [what, { method, path, asked, problem, headers }] of Object.entries(rows)) {
    test(`${what}: ${refusal}, and nothing has changed`, async () => {
      const was = await everything();
      const answer = await call(runtime, method, path.startsWith("//") ? path.slice(1) : event.path + path, asked);
      assertProblem(answer, Number(status), code);
      for (const [name, value] of Object.entries(problem)) {
        assert.deepEqual(answer.problem[name as keyof Problem], value, name);
      }
      for (const [name, value] of Object.entries(headers)) assert.equal(answer.headers.get(name), value);
      assert.deepEqual(await everything(), was);
    });
  }
}

test("a stale command is refused with who changed what, when and why, and changes nothing", async () => {
  const was = await everything();
  const answer = await event.send({ command: "resume", ifRev: 2 });
  assertProblem(answer, 409, "stale");
  const { pointer, state, lastChange } = answer.problem;
  assert.equal(pointer, "/ifRev");
  assert.deepEqual([state?.rev, state?.status, state?.message], [3, "paused", "Hello"]);
  const { at, effectiveAt, ...change } = lastChange!;
  assert.deepEqual(change, { id: "taken", name: "pause", actor: "maria", reason: "no sound" });
  assert.equal(effectiveAt - at, 500);
  assert.deepEqual(await everything(), was);
});

test("the detail names a token's scopes and never the token", async () => {
  const { problem, text } = await event.send({ command: "clear" }, TOKENS.publisher);
  assert.match(problem.detail, /"publisher" has: publish/);
  assert.ok(!text.includes(TOKENS.publisher.slice(-16)));
});

test("unknown fields are tolerated", async () => {
  const answer = await event.send({ command: "clear", flourish: true });
  assert.equal(answer.status, 200, answer.text);
});

test("refused tokens are in the worker's log by their ids, and no part of a secret is", () => {
  const log = readFileSync(`${runtime.directory}/output.log`, "utf8");
  assert.match(log, /authentication failed \d+ times since the last such line; now for the id "[a-z]+" at \/v1\/events\/robust\//);
  for (const [id, text] of Object.entries(TOKENS)) assert.ok(!log.includes(text.slice(-16)), id);
});
