// Tokens that are valid, but not for this: for other events, for less, no longer, or not yet. Nobody gets more than they
// were given, and nobody who guesses gets anything.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { begun, call, Event } from "../edge/harness/calls.ts";
import { rundownAt } from "../edge/harness/rundowns.ts";
import { type Scope, sha256, token, TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import type { EventList } from "../edge/harness/wire.ts";
import { send } from "./harness/raw.ts";
import { Show } from "./harness/show.ts";
import { Workerd } from "./harness/workerd.ts";

let runtime: Workerd;
let show: Show;
before(async () => {
  runtime = await Workerd.start("tokens");
  show = await Show.begin(runtime, "gala");
});
after(async () => {
  show?.end();
  await runtime?.kill();
});

type Call = [method: string, path: string, body?: unknown];

const rundown = rundownAt(1);
const emergency = { key: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", url: "https://evil.example/e.json" };
const command = (body: object): Call => ["POST", "/v1/events/gala/commands", { id: "attack", ...body }];

/** Every operator's call about the event. */
const CALLS: Call[] = [
  ["PUT", "/v1/events/gala", { title: "mine" }],
  ["PUT", "/v1/events/gala", { emergency }],
  ["PUT", "/v1/events/gala", { emergency: null }],
  ["PUT", "/v1/events/gala", { archived: true }],
  ...["pause", "resume", "clear", "end", "reopen", "undo"].map((name) => command({ command: name })),
  command({ command: "announce", message: "All is well" }),
  command({ command: "seek", position: 0 }),
  command({ command: "rate", rate: 2 }),
  command({ command: "rundown", rundown: null }),
  ["POST", "/v1/events/gala/commands?dryRun", { command: "pause", id: "attack" }],
  ["POST", "/v1/events/gala/commands?dryRun", { command: "undo", id: "attack" }],
  ["PUT", `/v1/events/gala/rundowns/${rundown.digest}.json`, rundown.bytes],
  ["DELETE", `/v1/events/gala/rundowns/${rundown.digest}.json`],
  ["DELETE", "/v1/events/gala"],
  ["DELETE", "/v1/events/gala?force"],
  ["GET", "/v1/events/gala/rundowns"],
  ["GET", `/v1/events/gala/rundowns/${rundown.digest}/notes`],
  ["PUT", `/v1/events/gala/rundowns/${rundown.digest}/notes`, { cues: [{ cue: "flash@1", note: "mine" }] }],
  ["GET", "/v1/events/gala/log"],
  ["GET", "/v1/events/gala/log?limit=1&before=2"],
  ["GET", "/v1/events/gala/audience"],
];

const make = ([method, path, body]: Call, shown?: string) =>
  call<any>(runtime, method, path, { ...(shown === undefined ? {} : { token: shown }), ...(body === undefined ? {} : { body }) });
const add = (id: string, more: object, maker: string = TOKENS.all) =>
  make(["POST", "/v1/tokens", { id, expires: null, ...more }], maker);
const code = (id: string, which = "first") => `dbl_${id}_${sha256(`${which} link of ${id}`).slice(0, 40)}`;
const redeem = (text: string, own: string) => make(["POST", "/v1/token", { code: text, sha256: sha256(own) }]);
const grant = async (shown: string) => (await make(["GET", "/v1/token"], shown)).status;

/** Adds a token that the worker keeps. */
async function added(id: string, scopes: Scope[], events?: string[]): Promise<string> {
  const answer = await add(id, { scopes, sha256: sha256(token(id)), ...(events === undefined ? {} : { events }) });
  assert.equal(answer.status, 201, answer.text);
  return token(id);
}

/** Adds a token that is for whoever opens a link. */
async function link(id: string): Promise<string> {
  const answer = await add(id, { scopes: ["hold"], codeSha256: sha256(code(id)) });
  assert.equal(answer.status, 201, answer.text);
  return code(id);
}

/** Makes `calls` with a token; each must be refused with 403. */
async function forbidden(calls: Call[], shown: string, tried: () => void): Promise<void> {
  for (const one of calls) {
    const answer = await make(one, shown);
    tried();
    assert.equal(answer.status, 403, `${shown.split("_")[1]}: ${one[0]} ${one[1]} ${JSON.stringify(one[2])}: ${answer.text}`);
  }
}

test("a token of other events reads nothing and changes nothing of this one", async () => {
  const own = await begun(runtime, "gala-own", 1_000);
  await Promise.all([begun(runtime, "gal", 1_000), begun(runtime, "gala2", 1_000)]);
  const kept = await added("phone", ["operate", "hold", "publish", "read", "emergency", "admin"], ["gala-*", "other"]);
  const lead = await added("lead", ["operate", "publish", "read"]);
  await show.attacked("a token of other events", async (tried) => {
    for (const shown of [TOKENS.gala, kept]) {
      await forbidden(CALLS, shown, tried);
      await forbidden(["gal", "gala2"].map((name): Call => ["GET", `/v1/events/${name}/log`]), shown, tried);
      await forbidden([["PUT", "/v1/events/new-one", { startsAt: 1_704_067_200_000 }]], shown, tried);
      // The event that the token is for, on the way to the one it is not for.
      for (const path of [
        "gala-own/../gala/log", "gala-own/%2e%2e/gala/log", "gala-own%2f..%2fgala/log", "gala-own/..%2fgala/log", "gala-own//gala/log",
        "gala%00-own/log", "gala%2d/log", "GALA/log", "gala/log?event=gala-own", "gala/log#/gala-own", "gala;gala-own/log", "gala%2flog",
      ]) {
        const head = `Host: gala-own\r\nX-Downbeat-Event: gala-own\r\nAuthorization: Bearer ${shown}\r\nConnection: close\r\n\r\n`;
        const { statuses, text } = await send(runtime.port, `GET /v1/events/${path} HTTP/1.1\r\n${head}`, 15_000, (came) => came.includes("}"));
        tried();
        assert.ok([400, 403, 404].includes(statuses[0]!), `${path}: ${text}`);
      }
      const list = await call<EventList>(runtime, "GET", "/v1/events?all", { token: shown });
      assert.deepEqual(list.body.events.map(({ name }) => name), ["gala-own"]);
      // More events, by way of another token.
      for (const events of [undefined, ["*"], ["gala"], ["gala*"], ["gala-*", "gala"]]) {
        const more = { scopes: ["read"], sha256: sha256(token("more")), ...(events === undefined ? {} : { events }) };
        assert.equal((await add("more", more, shown)).status, 403, `${events}`);
        tried();
      }
      const fresh = { sha256: sha256(shown), grace: 0 };
      const others = ["lead", "reader"].flatMap((id): Call[] => [["POST", `/v1/tokens/${id}`, fresh], ["DELETE", `/v1/tokens/${id}`]]);
      await forbidden(others, shown, tried);
      const { tokens } = (await make(["GET", "/v1/tokens"], shown)).body;
      const strange = tokens.filter(({ events = ["*"] }) => !events.every((name: string) => name.startsWith("gala-") || name === "other"));
      assert.deepEqual(strange, [], "tokens of other events are not listed");
      assert.equal((await own.preview({ command: "pause" }, shown)).status, 200, "its own event is its own");
    }
    assert.equal(await grant(lead), 200, "nobody took it over");
  });
});

test("a revoked token is refused from then on, amid its own calls, and nothing brings it back", async () => {
  const shown = await added("leaver", ["operate", "publish", "read"]);
  assert.equal(await grant(shown), 200);
  await show.attacked("a revoked token", async (tried) => {
    let asking = true;
    const refused: number[] = [];
    const hammering = Promise.all(Array.from({ length: 8 }, async () => {
      while (asking) refused.push(await grant(shown));
    }));
    const revoked = await make(["DELETE", "/v1/tokens/leaver"], TOKENS.all);
    assert.equal(revoked.status, 200, revoked.text);
    // An isolate may answer from its copy for a moment.
    await until(() => grant(shown), (status) => status !== 200, "the token to be refused");
    const from = refused.length;
    const wrong = async (one: Call) => {
      const answer = await make(one, shown);
      tried();
      assert.ok([401, 429].includes(answer.status), `${one[0]} ${one[1]}: ${answer.status} ${answer.text}`);
    };
    for (const one of [...CALLS, ["GET", "/v1/events"], ["GET", "/v1/tokens"], ["GET", "/v1/token"]] as Call[]) await wrong(one);
    // Delayed copies of what made it, and ways to make it again.
    const again = await add("leaver", { scopes: ["operate", "publish", "read"], sha256: sha256(shown) });
    assert.equal(again.status, 409, again.text);
    assert.equal((await make(["POST", "/v1/tokens/leaver", { sha256: sha256(shown), grace: 86_400_000 }], TOKENS.all)).status, 409);
    await wrong(["POST", "/v1/tokens/leaver", { sha256: sha256(shown), grace: 0 }]);
    await wrong(["GET", "/v1/token"]);
    asking = false;
    await hammering;
    // Those that were on their way when it was refused for the first time are the eight that asked.
    assert.ok(!refused.slice(from + 8).includes(200), "once refused, always refused");
  });
  await runtime.kill();
  await runtime.restart();
  assert.equal(await grant(shown), 401, "also after a restart");
});

test("a code signs one device in, once, in its time, and nobody guesses one", async () => {
  const late = await link("late");
  await aged("late");
  await show.attacked("used, expired and guessed codes", async (tried) => {
    const refused = async (text: string, own: string, statuses: number[]) => {
      const answer = await redeem(text, own);
      tried();
      assert.ok(statuses.includes(answer.status), `${answer.status} ${answer.text}`);
      assert.ok(!answer.text.includes(text.slice(-20)) && !answer.text.includes(own.slice(-20)), "no secret is repeated");
      assert.notEqual(await grant(own), 200);
    };
    const expired = await redeem(late, token("late"));
    assert.deepEqual([expired.status, expired.problem.code], [410, "code-expired"], expired.text);
    // Many devices at once.
    const race = await link("race");
    const owns = Array.from({ length: 16 }, (_, index) => `${token("race").slice(0, -1)}${index.toString(16)}`);
    const statuses = await Promise.all(owns.map(async (own) => (await redeem(race, own)).status));
    tried(owns.length);
    assert.deepEqual(statuses.toSorted(), [200, ...Array(15).fill(410)]);
    const winner = owns[statuses.indexOf(200)]!;
    for (const own of owns) if (own !== winner) await refused(race, own, [410]);
    // Guesses while somebody signs in: a known id, one that is of the secret, an unknown one, and another link's digits.
    const right = await link("right");
    const guesses = Array.from({ length: 200 }, (_, index) => {
      const id = ["right", "all", "nobody", "race"][index % 4]!;
      return redeem(`dbl_${id}_${(index + 1).toString(16).padStart(40, "0")}`, token(id));
    });
    const swapped = ["all", "late", "race"].map((id) => redeem(right.replace("right", id), token(id)));
    const signed = await redeem(right, token("right"));
    assert.equal(signed.status, 200, signed.text);
    for (const guess of await Promise.all([...guesses, ...swapped])) {
      tried();
      assert.ok([401, 429].includes(guess.status), guess.text);
    }
    // A code is no token, a token no code, and neither is a hash.
    for (const shown of [race, right, sha256(right), code("race").replace("dbl", "dbt")]) assert.notEqual(await grant(shown), 200);
    for (const text of [TOKENS.all, token("right"), sha256(right), "", `${right}0`, right.toUpperCase()]) {
      const answer = await redeem(text, token("right"));
      tried();
      assert.ok([401, 422, 429].includes(answer.status), answer.text);
    }
    // Nobody has to show a token here, so little is read.
    const large = await make(["POST", "/v1/token", { code: race, sha256: sha256(winner), more: "x".repeat(1_024) }]);
    assert.deepEqual([large.status, large.problem["limit"]], [413, 1_024], large.text);
    // The link of a token that was revoked, or got another link.
    assert.equal((await make(["DELETE", "/v1/tokens/right"], TOKENS.all)).status, 200);
    await refused(right, token("right"), [401, 429]);
    const other = { codeSha256: sha256(code("race", "second")), grace: 0 };
    assert.equal((await make(["POST", "/v1/tokens/race", other], TOKENS.all)).status, 200);
    await refused(race, owns[0] === winner ? owns[1]! : owns[0]!, [401, 429]);
    assert.equal(await grant(winner), 200, "the old device works until the new link is opened");
    assert.equal((await redeem(code("race", "second"), token("race"))).status, 200);
    assert.notEqual(await grant(winner), 200);
  });
  for (const secret of ["late", "race", "right"].flatMap((id) => [code(id), token(id)])) {
    assert.ok(!runtime.output.includes(secret.slice(-36)), "no secret in the log");
  }
});

test("each scope does what it says: undo, the emergency key and tokens included", async () => {
  const quiet = await begun(runtime, "quiet", 1_000);
  const keeper = await added("keeper", ["emergency"]);
  const admin = await added("admin", ["admin"]);
  const only: [shown: string, allowed: RegExp][] = [
    [TOKENS.holder, /"(pause|resume|announce|clear|undo)"/],
    [TOKENS.operator, /"(pause|resume|announce|clear|undo|seek|rate|end|reopen)"|"title"|"archived"/],
    [TOKENS.publisher, /rundowns\/|"rundown"/],
    [TOKENS.reader, /^GET/],
    [keeper, /"emergency"/],
    [admin, /^DELETE "\/v1\/events\/[a-z]+(\?force)?"/],
  ];
  await show.attacked("scopes that fall short", async (tried) => {
    for (const [shown, allowed] of only) {
      const rest = CALLS.filter(([method, path, body]) => !allowed.test(`${method} ${JSON.stringify(path)} ${JSON.stringify(body)}`));
      await forbidden(rest, shown, tried);
    }
    // Undo: of a pause, of a seek, of an undo, and under the id of a command that was overheard.
    const undo = async (shown: string, more: object = {}) => (tried(), (await quiet.send({ command: "undo", ...more }, shown)).status);
    await quiet.command("pause", { id: "overheard" });
    for (const shown of [TOKENS.publisher, TOKENS.reader, keeper, admin]) {
      assert.equal(await undo(shown), 403);
      assert.equal(await undo(shown, { id: "overheard" }), 403, "whether the id was used is not said");
      assert.equal((await quiet.send({ command: "pause", id: "overheard" }, shown)).status, 403);
    }
    assert.equal((await quiet.log())[0]!.body["id"], "overheard", "the pause is the last change");
    await quiet.command("seek", { position: 0 });
    for (const shown of [TOKENS.publisher, TOKENS.holder]) assert.equal(await undo(shown), 403);
    const put = { token: TOKENS.publisher, body: rundown.bytes };
    assert.equal((await call(runtime, "PUT", `${quiet.path}/rundowns/${rundown.digest}.json`, put)).status, 201);
    await quiet.command("rundown", { rundown: rundown.digest });
    for (const shown of [TOKENS.operator, TOKENS.holder]) assert.equal(await undo(shown), 403);
    // The emergency key: alone, amid other settings, with a new event, by undo.
    for (const shown of [TOKENS.operator, TOKENS.publisher, TOKENS.holder, TOKENS.reader, admin]) {
      for (const fields of [{ emergency }, { emergency: null }, { title: "mine", emergency }]) {
        assert.equal((await quiet.put(fields, shown)).status, 403);
        tried();
      }
      assert.equal((await new Event(runtime, "brand-new").put({ startsAt: 1_704_067_200_000, emergency }, shown)).status, 403);
    }
    assert.equal((await quiet.put({ title: "mine", emergency }, keeper)).status, 403);
    assert.equal((await quiet.put({ emergency }, keeper)).status, 200);
    for (const shown of [TOKENS.operator, TOKENS.publisher, TOKENS.holder]) assert.equal(await undo(shown), 403);
    assert.deepEqual((await quiet.state()).emergency, emergency);
    // Tokens: an administrator of nothing else grants nothing else, not even to themselves.
    for (const scope of ["operate", "hold", "publish", "read", "rooms", "emergency"]) {
      for (const scopes of [[scope], ["admin", scope]]) {
        assert.equal((await add("grown", { scopes, sha256: sha256(token("grown")) }, admin)).status, 403, `${scopes}`);
        tried();
      }
    }
    await make(["POST", "/v1/tokens/admin", { sha256: sha256(admin), grace: 0, scopes: ["operate"], events: ["gala"] }], admin);
    assert.deepEqual((await make(["GET", "/v1/token"], admin)).body.scopes, ["admin"]);
    for (const shown of [TOKENS.operator, TOKENS.holder, TOKENS.publisher, TOKENS.reader, keeper]) {
      await forbidden([
        ["GET", "/v1/tokens"], ["POST", "/v1/tokens", { id: "grown", scopes: ["hold"], expires: null, sha256: sha256(token("grown")) }],
        ["DELETE", "/v1/tokens/admin"], ["POST", "/v1/tokens/keeper", { sha256: sha256(shown), grace: 0 }],
      ], shown, tried);
    }
  });
  const by = (await quiet.log()).map(({ token }) => token);
  assert.deepEqual(by, ["keeper", "all", "all", "all", "all"], "the log has what was allowed, and nothing else");
});

/** Makes the code of a token ten minutes old, as waiting would. */
async function aged(id: string): Promise<void> {
  await runtime.kill();
  const directory = readdirSync(runtime.storage).find((name) => name === "TokensDo")!;
  let changes = 0;
  for (const name of readdirSync(`${runtime.storage}/${directory}`)) {
    if (!name.endsWith(".sqlite") || name === "metadata.sqlite") continue;
    const database = new DatabaseSync(`${runtime.storage}/${directory}/${name}`);
    const set = "UPDATE tokens SET record = json_set(record, '$.code.expires', json_extract(record, '$.code.expires') - 600000)";
    changes += Number(database.prepare(`${set} WHERE json_extract(record, '$.id') = ?`).run(id).changes);
    database.close();
  }
  assert.equal(changes, 1, "the token is in the store");
  await runtime.restart();
}
