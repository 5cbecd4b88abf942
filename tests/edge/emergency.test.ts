// A state that was signed while the worker was down: applied once if it is valid; an invalid one costs nobody anything.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Site } from "../publish/harness/site.ts";
import { begun, call, Event } from "./harness/calls.ts";
import { assertChain } from "./harness/chain.ts";
import { Operator } from "./harness/cli.ts";
import { type Document, Signer } from "./harness/emergency.ts";
import { ROOT, Runtime } from "./harness/runtime.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { positionAt } from "./harness/timeline.ts";
import { join } from "./harness/viewer.ts";
import type { Problem, StateBody } from "./harness/wire.ts";

let runtime: Runtime;
let counted: StandIn;
before(async () => {
  [runtime, counted] = await Promise.all([Runtime.start("emergency"), standIn()]);
});
after(async () => {
  await Promise.all([runtime?.end(), counted?.end()]);
});

const handIn = (event: Event, document: unknown) =>
  call<StateBody>(event.server, "POST", `${event.path}/emergency`, { body: document });

/** Creates an event that started 10 min ago and has the key of `signer`. */
const made = (server: { url: string }, name: string, signer: Signer) => begun(server, name, 600_000, signer.channel());

async function refused(event: Event, document: unknown, status: number, code: string): Promise<Problem> {
  const before = await event.state();
  const { status: found, problem, text } = await handIn(event, document);
  assert.deepEqual([found, problem.code], [status, code], text);
  // Neither when it is asked nor how busy the server is belongs to it.
  const { serverTime: _, retryAfter: __, ...then } = await event.state();
  assert.deepEqual(then, (({ serverTime: _, retryAfter: __, ...rest }) => rest)(before), "a refused state changes nothing");
  return problem;
}

describe("a signed pause", { concurrency: true }, () => {
  test("is the event's state since it was signed, is in the log, and the event continues from it", async () => {
    const signer = new Signer();
    const event = await made(runtime, "taken", signer);
    const known = await event.state();
    assert.deepEqual(known.emergency, signer.channel()["emergency"]);
    // The worker was down for the last five minutes.
    const signedAt = known.serverTime - 300_000;
    const answer = await handIn(event, signer.pause(known, signedAt));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.deepEqual([answer.body.rev, answer.body.status, answer.body.message], [2, "paused", "Back soon"]);
    const position = signedAt + 500 - known.startsAt;
    assert.equal(positionAt(answer.body.timeline, answer.body.serverTime), position);

    const time = await event.time();
    assert.deepEqual([time.rev, time.status, time.timeline.at(-1)!.position], [2, "paused", position]);
    const log = await event.log();
    assertChain(log);
    const [{ name, actor, token, at, effectiveAt, body }] = log as [(typeof log)[0]];
    assert.deepEqual([name, actor, token, at, effectiveAt], ["emergency", "maria", "emergency", signedAt, signedAt + 500]);
    assert.equal(body["reason"], "the worker is down");
    assert.ok((body["takenAt"] as number) >= known.serverTime);

    const resumed = await event.command("resume");
    assert.deepEqual([resumed.rev, resumed.state.message], [3, "Back soon"]);
    const later = await event.reaches(resumed.effectiveAt);
    assert.deepEqual([later.status, later.message], ["running", null], "its message disappears with the pause");
    assert.equal(positionAt(later.timeline, resumed.effectiveAt + 1_000), position + 1_000);
  });

  test("is pushed to every socket", async () => {
    const signer = new Signer();
    const event = await made(runtime, "pushed", signer);
    const viewers = await join(runtime, "pushed", 3);
    const known = await event.state();
    assert.equal((await handIn(event, signer.pause(known, known.serverTime))).status, 200);
    for (const viewer of viewers) {
      const { rev, timeline } = await viewer.has(known.rev + 1);
      assert.deepEqual([rev, timeline.at(-1)!.rate], [known.rev + 1, 0]);
      viewer.end();
    }
  });

  test("is reversed by undo", async () => {
    const signer = new Signer();
    const event = await made(runtime, "undone", signer);
    const known = await event.state();
    await handIn(event, signer.pause(known, known.serverTime - 60_000));
    const undone = await event.command("undo");
    const later = await event.reaches(undone.effectiveAt);
    assert.deepEqual([undone.rev, later.status, later.message], [3, "running", null]);
  });

  test("twice is once, also by many at once", async () => {
    const signer = new Signer();
    const event = await made(runtime, "twice", signer);
    const known = await event.state();
    const document = signer.pause(known, known.serverTime);
    const answers = await Promise.all(Array.from({ length: 50 }, () => handIn(event, document)));
    assert.deepEqual(answers.map(({ status, body }) => [status, body.rev]), answers.map(() => [200, 2]));
    assert.deepEqual((await event.log()).map(({ name }) => name), ["emergency", "create"]);
  });

  test("with a wrong signature, by another key, or altered, changes nothing", async () => {
    const [signer, other] = [new Signer(), new Signer()];
    const event = await made(runtime, "forged", signer);
    const known = await event.state();
    const right = signer.pause(known, known.serverTime);
    await refused(event, other.pause(known, known.serverTime), 403, "bad-signature");
    await refused(event, { ...right, state: right.state.replace("Back soon", "Go home") }, 403, "bad-signature");
    await refused(event, { ...right, state: `${right.state} ` }, 403, "bad-signature");
    await refused(event, { ...right, signature: `${"A".repeat(85)}A` }, 403, "bad-signature");
    // Signed by the same key for another purpose: without the prefix it is not a signed state.
    const bare = signer.sign("x");
    await refused(event, { state: right.state, signature: bare.signature }, 403, "bad-signature");
    assert.equal((await handIn(event, right)).status, 200);
    // Once it is applied, the same state without its signature is still refused.
    await refused(event, { ...right, signature: bare.signature }, 403, "bad-signature");
  });

  test("of another epoch, of no newer revision, or of another event is refused with the reason", async () => {
    const signer = new Signer();
    const event = await made(runtime, "outdated", signer);
    const known = await event.state();
    const sign = (change: object) => signer.pause(known, known.serverTime, "Back soon", change);
    const epoch = await refused(event, sign({ epoch: "another" }), 409, "conflict");
    assert.match(epoch.detail, /created again/);
    const moved = await event.command("announce", { message: "Hello" });
    const stale = await refused(event, sign({}), 409, "stale");
    assert.deepEqual([stale.pointer, stale.state!.rev, stale.lastChange!.name], ["/state/rev", moved.rev, "announce"]);
    assert.equal((await refused(event, sign({ event: "main" }), 422, "invalid-field")).pointer, "/state/event");
    assert.equal((await handIn(event, sign({ rev: moved.rev + 5 }))).body.rev, moved.rev + 5);
  });

  test("is nothing to an event without a key, or that does not exist", async () => {
    const signer = new Signer();
    const event = await begun(runtime, "keyless", 600_000);
    const known = await event.state();
    const problem = await refused(event, signer.pause(known, known.serverTime), 403, "bad-signature");
    assert.match(problem.detail, /no emergency key/);
    const nobody = await handIn(new Event(runtime, "nobody"), signer.pause({ ...known, event: "nobody" }, known.serverTime));
    assert.deepEqual([nobody.status, nobody.problem.code], [404, "unknown-event"]);
  });

  test("after a new key the old one counts no more", async () => {
    const [old, next] = [new Signer(), new Signer()];
    const event = await made(runtime, "rotated", old);
    assert.equal((await event.put(next.channel())).status, 200);
    const known = await event.state();
    await refused(event, old.pause(known, known.serverTime), 403, "bad-signature");
    assert.equal((await handIn(event, next.pause(known, known.serverTime))).status, 200);
  });
});

test("an invalid document is refused with the place of the error, and one that is too long is not read", async () => {
  const event = await made(runtime, "nonsense", new Signer());
  const codes = async (body: unknown) => {
    const { status, problem } = await handIn(event, body);
    return [status, problem.code, problem.pointer ?? problem.limit];
  };
  assert.deepEqual(await codes("{"), [400, "malformed-json", undefined]);
  assert.deepEqual(await codes({}), [422, "invalid-field", "/state"]);
  assert.deepEqual(await codes({ state: "{}", signature: "abc" }), [422, "invalid-field", "/signature"]);
  assert.deepEqual(await codes({ state: "{}", signature: "A".repeat(86) }), [422, "invalid-field", "/state/timeline"]);
  assert.deepEqual(await codes({ state: " ".repeat(66_560), signature: "A".repeat(86) }), [413, "too-large", 66_560]);
  const get = await call(runtime, "GET", `${event.path}/emergency`);
  assert.deepEqual([get.status, get.headers.get("allow")], [405, "OPTIONS, POST"]);
  const preflight = await call(runtime, "OPTIONS", `${event.path}/emergency`);
  assert.equal(preflight.headers.get("access-control-allow-methods"), "OPTIONS, POST");
});

test("a flood of wrong signatures, or of right ones that are known, does not reach the event", async (t) => {
  const [signer, other] = [new Signer(), new Signer()];
  const event = await made(counted, "flooded", signer);
  const known = await event.state();
  const flood = async (document: Document, status: number) => {
    const before = counted.asked("flooded");
    const answers = await Promise.all(Array.from({ length: 500 }, () => handIn(event, document)));
    // On a busy machine the copy may be late, and then the request fails; but an unsigned state is never believed.
    const other = answers.filter((answer) => answer.status !== status && answer.status !== 503);
    assert.deepEqual(other.map(({ text }) => text), []);
    return counted.asked("flooded") - before;
  };
  const wrong = await flood(other.pause(known, known.serverTime), 403);
  const right = signer.pause(known, known.serverTime);
  assert.equal((await handIn(event, right)).status, 200);
  await event.time();
  const again = await flood(right, 200);
  // The isolate's copy is refreshed once a second, whatever is requested.
  assert.ok(wrong <= 50 && again <= 50, `${wrong} and ${again} of 500 reached the object`);
  t.diagnostic(`of 500 wrong ones ${wrong} reached the object, of 500 known ones ${again}`);
});

test("the terminal breaks the glass while the worker is down, and the worker applies it when it is back", async () => {
  const folder = `${ROOT}/target/edge/emergency-store`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const site = await Site.start(folder);
  const ines = new Operator("ines", runtime);
  const at = (...args: string[]) => ines.json(...args, "--event", "night");
  const target = ["--target", `file:${folder}`];
  try {
    const key = (await ines.json("emergency", "init", "--out", "duty.key"))["key"] as string;
    ines.environment["DOWNBEAT_EMERGENCY_KEY_FILE"] = "duty.key";
    await begun(runtime, "night", 600_000);
    const url = `${site.url}/events/night/current.json`;
    const set = await at("event", "set", "--emergency-key", key, "--emergency-url", url, "--yes");
    assert.deepEqual(set["state"].emergency, { key, url });
    const ready = await at("emergency", "status", ...target);
    assert.equal(ready["server"], 2);
    // The worker's own pages may read stores by https only, and this one is on this machine.
    assert.deepEqual(ready["faults"].filter((fault: string) => !/connect-src/.test(fault)), [], JSON.stringify(ready));
    assert.equal(ready["ready"], ready["faults"].length === 0);
    const tooEarly = await at("pause", "--break-glass", "--yes", ...target);
    assert.equal(tooEarly.error!.code, "reachable");

    await runtime.kill();
    const broken = await at("pause", "--break-glass", "--yes", "--message", "Back soon", ...target);
    assert.deepEqual([broken.code, broken["rev"], broken["delivered"], broken["seen"].seen], [0, 3, false, true], JSON.stringify(broken));
    const document = JSON.parse(readFileSync(`${folder}/events/night/current.json`, "utf8")).emergency;
    assert.deepEqual(document, broken["document"]);

    await runtime.restart();
    ines.environment["DOWNBEAT_SERVER"] = runtime.url;
    assert.equal((await new Event(runtime, "night").state()).rev, 2, "it was away, and knows nothing of it");
    // A runtime that starts quickly is back before the pause takes effect.
    await new Event(runtime, "night").reaches((JSON.parse(document.state) as StateBody).timeline.at(-1)!.from);
    const kept = await at("emergency", "clear", "--yes", ...target);
    assert.equal(kept.error!.code, "not-delivered");
    const delivered = await at("emergency", "deliver", "--yes", ...target);
    assert.deepEqual([delivered.code, delivered["rev"], delivered["state"].status], [0, 3, "paused"], JSON.stringify(delivered));
    assert.equal(delivered["state"].timeline.at(-1).position, broken["then"].position, "at the position that viewers have");
    const log = await new Event(runtime, "night").log();
    assertChain(log);
    assert.deepEqual(log.map(({ name }) => name), ["emergency", "configure", "create"]);
    assert.equal((await at("emergency", "clear", "--yes", ...target))["changed"], true);
    assert.equal((await at("log", "--verify"))["anchored"].rev, 3, "its entry is signed like every other");
    assert.equal((await at("resume", "--yes"))["rev"], 4);
    assert.equal((await at("log", "--verify"))["intact"], true);
  } finally {
    site.end();
  }
});
