// Tokens that the worker keeps itself: adding, listing, rotating, revoking, and signing a phone in with a link.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { begun, call, Event, now } from "./harness/calls.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { type Scope, sha256, token, TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import type { EventList } from "./harness/wire.ts";

interface ListedToken {
  id: string;
  scopes: Scope[];
  events?: string[];
  expires: number | null;
  source: "secret" | "worker";
  madeBy?: string;
  device?: boolean;
  lastUsed?: number;
  signedIn: boolean;
  oldSecretUntil?: number;
  codeUntil?: number;
  revokedAt?: number;
}

let worker: StandIn;
before(async () => void (worker = await standIn()));
after(() => worker.end());

const code = (id: string, fill = "c") => `dbl_${id}_${fill.repeat(40)}`;

function add(id: string, more: object = {}, maker: string = TOKENS.all) {
  const body = { id, scopes: ["hold", "read"], sha256: sha256(token(id)), expires: null, ...more };
  return call<ListedToken>(worker, "POST", "/v1/tokens", { token: maker, body });
}

async function added(id: string, more: object = {}): Promise<string> {
  const answer = await add(id, more);
  assert.equal(answer.status, 201, answer.text);
  return token(id);
}

function addLink(id: string, text: string) {
  const { sha256: _, ...body } = { id, scopes: ["hold"], sha256: "", codeSha256: sha256(text) };
  return call<ListedToken>(worker, "POST", "/v1/tokens", { token: TOKENS.all, body });
}

const rotate = (id: string, body: object, maker: string = TOKENS.all) =>
  call<ListedToken>(worker, "POST", `/v1/tokens/${id}`, { token: maker, body });
const revoke = (id: string, maker: string = TOKENS.all, query = "") =>
  call<ListedToken>(worker, "DELETE", `/v1/tokens/${id}${query}`, { token: maker });
const redeem = (text: string, own: string) =>
  call<{ id: string; scopes: Scope[] }>(worker, "POST", "/v1/token", { body: { code: text, sha256: sha256(own) } });
const grant = async (shown: string) => (await call(worker, "GET", "/v1/token", { token: shown })).status;

async function listed(maker: string = TOKENS.all): Promise<Map<string, ListedToken>> {
  const answer = await call<{ tokens: ListedToken[] }>(worker, "GET", "/v1/tokens", { token: maker });
  assert.equal(answer.status, 200, answer.text);
  return new Map(answer.body.tokens.map((one) => [one.id, one]));
}

test("a token works as soon as it is added, within its scopes, and the log names it", async () => {
  const event = await begun(worker, "added", 1_000);
  const phone = await added("phone");
  assert.equal((await event.send({ command: "pause", id: "p" }, phone)).status, 200);
  const seek = await event.send({ command: "seek", position: 0 }, phone);
  assert.deepEqual([seek.status, seek.problem.scope], [403, "operate"]);
  assert.equal((await event.log())[0]!.token, "phone");
  // The same request again, and another one for the same id.
  assert.equal((await add("phone")).status, 201);
  const taken = await add("phone", { sha256: sha256(token("other")) });
  assert.deepEqual([taken.status, taken.problem.code], [409, "token-conflict"]);
  const shadowed = await add("all");
  assert.deepEqual([shadowed.status, shadowed.problem.code], [409, "token-conflict"]);
  assert.match(shadowed.problem.detail, /DOWNBEAT_TOKENS/);
  await until(listed, (list) => list.get("phone")?.lastUsed !== undefined, "its last use to be noted");
  const { lastUsed, madeBy, source } = (await listed()).get("phone")!;
  assert.deepEqual([lastUsed! % 86_400_000, madeBy, source], [0, "all", "worker"]);
  assert.equal((await listed()).get("holder")!.source, "secret");
});

test("a revoked token is refused in every isolate, and does not come back", async () => {
  const shown = await added("short-lived");
  assert.equal(await grant(shown), 200);
  assert.equal(await worker.elsewhere("/v1/token", shown), 200);
  const asked = worker.askedTokens();
  assert.equal(await worker.elsewhere("/v1/token", shown), 200);
  assert.equal(worker.askedTokens(), asked, "the other isolate has a copy");
  const revoked = await revoke("short-lived");
  assert.equal(revoked.status, 200, revoked.text);
  assert.equal(await grant(shown), 401, "here at once");
  await until(() => worker.elsewhere("/v1/token", shown), (status) => status === 401, "the other isolate to refuse it");
  // Whoever got no answer asks again; a delayed copy of the request that made it arrives last.
  assert.equal((await revoke("short-lived")).status, 200);
  assert.equal((await add("short-lived")).status, 409);
  assert.equal(await grant(shown), 401);
  assert.ok((await listed()).get("short-lived")!.revokedAt);
  const unknown = await revoke("short-livd");
  assert.deepEqual([unknown.status, unknown.problem.code], [404, "unknown-token"]);
  assert.equal((await revoke("reader")).status, 409, "one of the secret");
});

test("a rotation leaves the old secret its grace", async () => {
  const old = await added("ci", { scopes: ["publish"] });
  const fresh = `${token("ci").slice(0, -4)}ffff`;
  const rotated = await rotate("ci", { sha256: sha256(fresh), grace: 3_600_000 });
  assert.equal(rotated.status, 200, rotated.text);
  assert.ok(rotated.body.oldSecretUntil! > (await now(worker)));
  assert.deepEqual([await grant(old), await grant(fresh)], [200, 200]);
  const last = `${token("ci").slice(0, -4)}eeee`;
  assert.equal((await rotate("ci", { sha256: sha256(last), grace: 0 })).status, 200);
  assert.deepEqual([await grant(old), await grant(fresh), await grant(last)], [401, 401, 200]);
  assert.equal((await rotate("nobody", { sha256: sha256(last), grace: 0 })).status, 404);
});

test("a token of some events is refused for all others, reads and lists included", async () => {
  await Promise.all([begun(worker, "gala-1", 1_000), begun(worker, "other", 1_000)]);
  const shown = await added("gala-phone", { scopes: ["operate", "read"], events: ["gala-*"] });
  for (const [name, status] of [["gala-1", 200], ["other", 403]] as const) {
    const event = new Event(worker, name);
    assert.equal((await event.preview({ command: "seek", position: 0 }, shown)).status, status);
    for (const path of ["/log", "/audience", "/rundowns"]) {
      assert.equal((await call(worker, "GET", event.path + path, { token: shown })).status, status, path);
    }
    assert.equal((await event.put({ title: "x" }, shown)).status, status);
  }
  const list = await call<EventList>(worker, "GET", "/v1/events", { token: shown });
  assert.deepEqual(list.body.events.map(({ name }) => name).filter((name) => !name.startsWith("gala-")), []);
  assert.ok(list.body.events.length > 0);
});

test("nobody grants more than they have, or revokes what they are using", async () => {
  const lead = await added("lead", { scopes: ["admin", "operate"], events: ["gala-*"] });
  const refused = async (more: object, pointer: string) => {
    const answer = await add("more", more, lead);
    assert.deepEqual([answer.status, answer.problem.pointer], [403, pointer], answer.text);
  };
  await refused({ scopes: ["operate"] }, "/events");
  await refused({ scopes: ["read"], events: ["gala-1"] }, "/scopes");
  await refused({ scopes: ["emergency"], events: ["gala-1"] }, "/scopes");
  assert.equal((await add("less", { scopes: ["hold"], events: ["gala-1"] }, lead)).status, 201);
  await added("other-lead", { scopes: ["admin", "read"] });
  assert.equal((await rotate("other-lead", { sha256: sha256(lead), grace: 0 }, lead)).status, 403);
  assert.equal((await revoke("other-lead", lead)).status, 403);
  const seen = [...(await listed(lead)).keys()];
  assert.ok(seen.includes("less") && seen.includes("lead") && !seen.includes("other-lead") && !seen.includes("all"), `${seen}`);
  assert.equal((await revoke("lead", lead)).status, 409);
  assert.equal((await revoke("lead", lead, "?own")).status, 200);
  assert.equal(await grant(lead), 401);
});

test("a link signs one device in, once", async () => {
  const link = code("tablet");
  assert.equal((await addLink("tablet", link)).status, 201);
  assert.equal((await addLink("tablet", link)).status, 201, "the answer was lost");
  assert.ok((await listed()).get("tablet")!.codeUntil);
  const own = token("tablet");
  assert.equal(await grant(own), 401, "before it is opened");
  const first = await redeem(link, own);
  assert.deepEqual([first.status, first.body.id, first.body.scopes], [200, "tablet", ["hold"]]);
  assert.equal(await grant(own), 200);
  assert.equal((await redeem(link, own)).status, 200, "the device that got no answer");
  const second = await redeem(link, `${own.slice(0, -1)}0`);
  assert.deepEqual([second.status, second.problem.code], [410, "code-used"]);
  assert.match(second.problem.detail, /token revoke tablet/);
  assert.equal((await redeem(code("tablet", "d"), own)).status, 401);
  assert.equal((await redeem(code("nobody"), own)).status, 401);
  const wrong = await call(worker, "POST", "/v1/token", { body: { code: own, sha256: sha256(own) } });
  assert.deepEqual([wrong.status, wrong.problem.pointer], [422, "/code"]);
  assert.ok(!wrong.text.includes(own.slice(-20)) && !second.text.includes(link));
});

test("of two devices that open a link at once one is signed in", async () => {
  const link = code("race");
  assert.equal((await addLink("race", link)).status, 201);
  const owns = ["0", "1", "2", "3"].map((digit) => `${token("race").slice(0, -1)}${digit}`);
  const statuses = await Promise.all(owns.map(async (own) => (await redeem(link, own)).status));
  assert.deepEqual(statuses.sort(), [200, 410, 410, 410]);
  const grants = await Promise.all(owns.map(grant));
  assert.deepEqual(grants.sort(), [200, 401, 401, 401]);
});

describe("scopes", () => {
  test("undo needs the scope of what it undoes, through undo and redo", async () => {
    const event = await begun(worker, "undo-scopes", 1_000);
    const undo = async (shown: string) => (await event.send({ command: "undo" }, shown)).status;
    await event.command("pause");
    assert.deepEqual([await undo(TOKENS.publisher), await undo(TOKENS.holder)], [403, 200]);
    const rundown = rundownAt(9);
    const put = { token: TOKENS.publisher, body: rundown.bytes };
    assert.equal((await call(worker, "PUT", `${event.path}/rundowns/${rundown.digest}.json`, put)).status, 201);
    await event.command("rundown", { rundown: rundown.digest });
    const dry = await event.preview({ command: "undo" }, TOKENS.operator);
    assert.deepEqual([dry.status, dry.problem.scope], [403, "publish"]);
    assert.deepEqual([await undo(TOKENS.operator), await undo(TOKENS.publisher)], [403, 200]);
    const redo = async (shown: string) => (await event.send({ command: "redo" }, shown)).status;
    assert.deepEqual([await redo(TOKENS.operator), await redo(TOKENS.publisher)], [403, 200], "undoing the undo");
    await event.command("seek", { position: 0 });
    assert.deepEqual([await undo(TOKENS.holder), await undo(TOKENS.operator)], [403, 200]);
    await event.put({ emergency: { key: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", url: "https://cdn.example.com/e.json" } });
    const refused = await event.send({ command: "undo" }, TOKENS.operator);
    assert.deepEqual([refused.status, refused.problem.scope], [403, "emergency"]);
  });

  test("the same undo again gets its first answer, whatever happened since", async () => {
    const event = await begun(worker, "undo-again", 1_000);
    await event.command("pause");
    const undo = { command: "undo", id: "u" };
    const first = await event.send(undo, TOKENS.holder);
    await event.command("rundown", { rundown: null });
    assert.equal((await event.send(undo, TOKENS.holder)).text, first.text);
  });

  test("the emergency key is set by a token of scope emergency and no other", async () => {
    const event = await begun(worker, "emergency-scope", 1_000);
    const emergency = { key: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", url: "https://cdn.example.com/e.json" };
    const keeper = await added("keeper", { scopes: ["emergency"] });
    const refused = await event.put({ emergency, title: "x" }, TOKENS.operator);
    assert.deepEqual([refused.status, refused.problem.scope], [403, "emergency"]);
    assert.match(refused.problem.detail, /"operate" does not include it/);
    assert.equal((await event.put({ emergency }, keeper)).status, 200);
    assert.equal((await event.put({ title: "x" }, keeper)).status, 403);
    assert.equal((await event.put({ emergency: null }, TOKENS.operator)).status, 403);
    assert.deepEqual((await event.state()).emergency, emergency);
  });
});

test("while the object is down, tokens of the secret work and others are neither valid nor invalid", async () => {
  const event = await begun(worker, "down", 1_000);
  const shown = await added("unlucky");
  assert.equal(await grant(shown), 200);
  worker.decideTokens(() => "drop");
  try {
    const refused = await until(
      () => call(worker, "GET", "/v1/token", { token: shown }),
      ({ status }) => status !== 200,
      "the copy to be too old",
    );
    assert.deepEqual([refused.status, refused.problem.code], [503, "unavailable"], refused.text);
    assert.equal(refused.headers.get("retry-after"), "1");
    assert.equal((await event.send({ command: "pause" }, shown)).status, 503);
    assert.equal(await grant(token("never-added")), 503);
    assert.equal((await event.send({ command: "pause" }, TOKENS.holder)).status, 200);
    assert.equal(await grant(`${TOKENS.holder.slice(0, -1)}0`), 401, "an id of the secret is never looked up");
    assert.equal((await add("later")).status, 503);
    assert.equal((await call(worker, "GET", "/time")).status, 200);
  } finally {
    worker.decideTokens(() => "answer");
  }
  await until(() => grant(shown), (status) => status === 200, "the object to be asked again");
});

test("an answer that is lost leaves no unknown token behind", async () => {
  worker.decideTokens(() => "lose");
  try {
    assert.equal((await add("lost")).status, 503);
  } finally {
    worker.decideTokens(() => "answer");
  }
  assert.equal((await add("lost")).status, 201, "the same request again");
  assert.equal(await grant(token("lost")), 200);
});

test("viewers and the time never touch the keyring", async () => {
  const event = await begun(worker, "untouched", 1_000);
  const asked = worker.askedTokens();
  await Promise.all([event.time(), call(worker, "GET", event.path), call(worker, "GET", `${event.path}/status`)]);
  await event.send({ command: "pause" }, TOKENS.holder);
  assert.equal(worker.askedTokens(), asked);
});

test("many failures are told to wait, and refuse no valid token", async () => {
  const shown = await added("patient");
  const wrong = Array.from({ length: 60 }, (_, index) => grant(token(`guess-${index}`)));
  const right = Array.from({ length: 20 }, (_, index) => grant(index % 2 === 0 ? shown : TOKENS.reader));
  assert.deepEqual([...new Set(await Promise.all(right))], [200]);
  const refused = await Promise.all(wrong);
  assert.deepEqual(refused.filter((status) => status !== 401 && status !== 429), []);
  // Sixty at once are far more than the limit, however slow the machine: each waits for the same copy of the keyring.
  assert.ok(refused.includes(429), `${refused}`);
  const single = await until(
    () => call(worker, "GET", "/v1/token", { token: token("guess-again") }),
    ({ status }) => status === 401,
    "a quiet second",
  );
  assert.equal(single.problem.code, "unauthorized");
});

test("any token adds keys of its devices, with no more than it has, and they end with it or by themselves", async () => {
  const operator = await added("otto", { scopes: ["operate", "read"] });
  const device = (id: string, more: object = {}, maker = operator) => add(id, { device: true, scopes: ["operate"], ...more }, maker);
  assert.equal((await add("otto-other", { scopes: ["operate"] }, operator)).status, 403, "only keys of devices");
  assert.equal((await device("otto-web", { scopes: ["admin"] })).status, 403);
  for (const id of ["otto-web", "otto-phone"]) assert.equal((await device(id)).status, 201);
  assert.deepEqual([await grant(token("otto-web")), await grant(token("otto-phone"))], [200, 200]);
  assert.equal((await device("otto-second", {}, token("otto-web"))).status, 403, "a device adds none");
  // Of a token in the secret, too.
  assert.equal((await device("holder-web", { scopes: ["hold"] }, TOKENS.holder)).status, 201);
  assert.equal(await grant(token("holder-web")), 200);
  const { device: is, madeBy } = (await listed()).get("otto-web")!;
  assert.deepEqual([is, madeBy], [true, "otto"]);

  assert.equal((await revoke("otto-phone", token("otto-web"), "?own")).status, 403, "not another one");
  assert.equal((await revoke("otto-web", token("otto-web"), "?own")).status, 200);
  await until(() => grant(token("otto-web")), (status) => status === 401, "the device to be out");
  assert.equal((await revoke("otto")).status, 200);
  await until(() => grant(token("otto-phone")), (status) => status === 401, "the other one to end with its token");
  assert.notEqual((await listed()).get("otto-phone")!.revokedAt, undefined);
});
