// The last resort against a real S3 server: the event's own server is down, and the pointer carries a signed pause.

import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { ROOT } from "../edge/harness/runtime.ts";
import { Publisher } from "./harness/publisher.ts";
import { signed } from "./harness/s3.ts";
import { ADMIN, BUCKET, READER, Weed } from "./harness/weed.ts";

interface Document { state: string; signature: string }

let weed: Weed;

before(async () => { weed = await Weed.start("emergency"); });
after(async () => { await weed?.end(); });

const target = (prefix: string) => ["--target", `s3://${BUCKET}/${prefix}?endpoint=${weed.url}`];
const pointerUrl = (prefix: string) => `${weed.url}/${BUCKET}/${prefix}/events/main/current.json`;

async function text(url: string): Promise<string> {
  const answer = await fetch(url);
  return answer.ok ? answer.text() : "";
}

/** Returns a pointer's content, with the signed state as it was signed. */
async function read(prefix: string) {
  const { emergency, ...published } = JSON.parse(await text(pointerUrl(prefix)));
  return { emergency: emergency as Document | undefined, published };
}

/** Verifies a signature with Node's crypto. */
function isSigned({ state, signature }: Document, key: string): boolean {
  const publicKey = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: key } });
  return verify(null, Buffer.from(`downbeat.emergency/1\n${state}`), publicKey, Buffer.from(signature, "base64url"));
}

/** A server that answers with an event's state until it is stopped; then its port refuses. */
async function brieflyServed(state: object, use: (server: string) => Promise<void>): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ...state, serverTime: Date.now() }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await use(url);
  server.close();
  server.closeAllConnections();
  await once(server, "close");
  return url;
}

/** Somebody on duty: a key, and an event that was seen at revision 12 before its server went down. */
async function onDuty(name: string, prefix: string, who = ADMIN) {
  const person = new Publisher(name, who);
  const made = await person.done("emergency", "init", "--out", "duty.key");
  const key = made["key"] as string;
  const startsAt = Date.now() - 600_000;
  const state = {
    ...JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/state.json`, "utf8")),
    ...{ status: "running", message: null, messages: [], endedAt: null, rev: 12, startsAt },
    timeline: [{ from: startsAt, position: 0, rate: 1 }],
    emergency: { key, url: pointerUrl(prefix) },
  };
  const server = await brieflyServed(state, async (url) => {
    person.environment["DOWNBEAT_SERVER"] = url;
    await person.done("status");
  });
  person.environment["DOWNBEAT_EMERGENCY_KEY_FILE"] = "duty.key";
  return { person, key, state, server };
}

test("the golden signature is valid for an independent implementation", () => {
  const golden = (name: string) => JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/${name}.json`, "utf8"));
  const key = golden("state").emergency.key as string;
  assert.equal(isSigned(golden("emergency"), key), true);
  assert.equal(isSigned({ ...golden("emergency"), state: golden("emergency").state.replace('"rev":3', '"rev":4') }, key), false);
});

test("only its owner can read a key; it is never shown, and never overwritten", async () => {
  const person = new Publisher("keys");
  const made = await person.run("emergency", "init", "--out", "my.key");
  assert.equal(made.exit, 0, made.stderr);
  const file = `${person.directory}/my.key`;
  const secret = readFileSync(file, "utf8").trim().split(":")[1]!;
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(Buffer.from(secret, "base64url").length, 32);
  assert.ok(!(made.stdout + made.stderr).includes(secret));
  const again = await person.json("emergency", "init", "--out", "my.key");
  assert.deepEqual([again.code, again.error!.code], [2, "usage"]);
  assert.equal(readFileSync(file, "utf8").trim().split(":")[1], secret);
});

test("without its server the event is paused beside what was published, of which no byte changes", async () => {
  const { person, key, state } = await onDuty("duty", "night");
  await person.done("cues", "publish", person.sheet(1), "--yes", ...target("night"));
  const before = await text(pointerUrl("night"));

  const ready = await person.done("emergency", "status", ...target("night"));
  assert.deepEqual([ready["ready"], ready["document"]], [true, null]);

  person.environment["DOWNBEAT_TOKEN"] = "dbt_duty_0123456789abcdef";
  const unheard = await person.run("pause", "--yes");
  assert.equal(unheard.exit, 8);
  assert.match(unheard.stderr, /if the server is gone, pause without it: downbeat pause --yes --break-glass/);
  const args = ["pause", "--break-glass", "--message", "Back soon", "--severity", "major", "--reason", "worker down"];
  const shown = await person.json(...args, "--dry-run", ...target("night"));
  assert.equal(shown["dryRun"], true, JSON.stringify(shown));
  assert.equal(await text(pointerUrl("night")), before, "a dry run writes nothing");
  const unasked = await person.json(...args, ...target("night"));
  assert.equal(unasked.error!.code, "unconfirmed");

  const broken = await person.done(...args, "--yes", ...target("night"));
  assert.deepEqual([broken["rev"], broken["delivered"], broken["seen"].seen, broken["seen"].open], [13, false, true, true]);
  const after = await text(pointerUrl("night"));
  assert.ok(after.startsWith(before.slice(0, -1)), "what was published is still there as it was");
  const { emergency, published } = await read("night");
  assert.deepEqual(published, JSON.parse(before));
  assert.ok(isSigned(emergency!, key));
  const said = JSON.parse(emergency!.state);
  assert.deepEqual([said.event, said.epoch, said.rev, said.actor, said.reason], ["main", state.epoch, 13, "duty", "worker down"]);
  assert.deepEqual(said.messages[0].text, { en: "Back soon" });
  const [, held] = said.timeline;
  assert.deepEqual([held.rate, held.from - said.startsAt], [0, held.position], "held where it was");
  assert.ok(Math.abs(held.from - said.signedAt) === 500);

  // `emergency status` shows it; a second pause builds on the first.
  const found = await person.json("emergency", "status", ...target("night"));
  assert.equal(found["document"].signature, emergency!.signature);
  const second = await person.done("pause", "--break-glass", "--message", "Still working", "--yes", ...target("night"));
  assert.equal(second["rev"], 14);
  const later = JSON.parse((await read("night")).emergency!.state);
  assert.deepEqual(later.timeline, said.timeline, "it stays held at the first position");

  // Publishing, verify and gc work as before.
  await person.done("cues", "publish", person.sheet(2), "--yes", ...target("night"));
  const moved = await read("night");
  assert.equal(moved.published.rev, 2);
  assert.deepEqual(JSON.parse(moved.emergency!.state).rev, 14);
  assert.equal((await person.done("cues", "verify", ...target("night")))["intact"], true);
  assert.equal((await person.done("cues", "rollback", "--yes", ...target("night")))["rev"], 3);

  // It cannot be removed before the server has it, except with --force.
  const kept = await person.json("emergency", "clear", "--yes", ...target("night"));
  assert.deepEqual([kept.code, kept.error!.code], [5, "not-delivered"]);
  const cleared = await person.done("emergency", "clear", "--force", "--yes", ...target("night"));
  assert.deepEqual([cleared["changed"], cleared["seen"].seen], [true, true]);
  const last = await read("night");
  assert.deepEqual([last.emergency, last.published.rev], [undefined, 3]);
  assert.equal((await person.done("cues", "verify", ...target("night")))["intact"], true);
});

test("if nothing was ever published there is only the signed state, and publishing keeps it", async () => {
  const { person } = await onDuty("bare", "bare");
  assert.equal((await person.done("pause", "--break-glass", "--yes", ...target("bare")))["rev"], 13);
  assert.deepEqual(Object.keys(JSON.parse(await text(pointerUrl("bare")))), ["emergency"]);
  await person.done("cues", "publish", person.sheet(1), "--yes", ...target("bare"));
  const { emergency, published } = await read("bare");
  assert.deepEqual([published.rev, JSON.parse(emergency!.state).rev], [1, 13]);
  await person.done("emergency", "clear", "--force", "--yes", ...target("bare"));
  assert.equal((await person.done("cues", "verify", ...target("bare")))["intact"], true);
});

test("with concurrent publishers, nothing is lost on either side", async () => {
  const { person } = await onDuty("around", "around");
  await person.done("cues", "publish", person.sheet(1), "--yes", ...target("around"));
  const publishers = [2, 3, 4, 5].map((second) => person.json("cues", "publish", person.sheet(second), "--yes", ...target("around")));
  const broken = await person.done("pause", "--break-glass", "--yes", ...target("around"));
  const won = (await Promise.all(publishers)).filter(({ code }) => code === 0).length;
  const { emergency, published } = await read("around");
  assert.deepEqual([published.rev, JSON.parse(emergency!.state).rev], [1 + won, broken["rev"]]);
  assert.equal((await person.done("cues", "verify", ...target("around")))["intact"], true);
});

test("what cannot work is refused before anything is written, and says what to do", async () => {
  const { person, state } = await onDuty("refused", "refused");
  const glass = (...args: string[]) => person.json("pause", "--break-glass", "--yes", ...args);
  const code = async (printing: Promise<{ code: number; error?: { code: string } }>) => {
    const printed = await printing;
    return [printed.code, printed.error?.code];
  };
  assert.deepEqual(await code(glass()), [2, "usage"], "no store is named");
  assert.deepEqual(await code(glass("--event", "other", ...target("refused"))), [2, "usage"], "never seen from here");
  await person.done("emergency", "init", "--out", "other.key");
  assert.deepEqual(await code(glass("--key-file", "other.key", ...target("refused"))), [5, "other-key"]);
  assert.deepEqual(await code(glass("--key-file", "none.key", ...target("refused"))), [2, "file"]);
  assert.deepEqual(await code(glass("--rev", "12", ...target("refused"))), [3, "invalid"]);
  const reader = new Publisher("reader-emergency", READER);
  const borrowed = { ...person.environment, AWS_ACCESS_KEY_ID: READER.accessKey, AWS_SECRET_ACCESS_KEY: READER.secretKey };
  Object.assign(reader.environment, borrowed, { DOWNBEAT_EMERGENCY_KEY_FILE: `${person.directory}/duty.key` });
  assert.equal((await reader.json("pause", "--break-glass", "--yes", ...target("refused"))).error!.code, "denied");
  assert.equal(await text(pointerUrl("refused")), "");

  // The server is back: an ordinary pause works, unless the server answers and does not obey.
  await brieflyServed(state, async (url) => {
    const refused = await person.json("--server", url, "pause", "--break-glass", "--yes", ...target("refused"));
    assert.deepEqual([refused.code, refused.error!.code], [5, "reachable"]);
    assert.match(refused.error!.hint!, /downbeat pause .*\n.*--force/);
    assert.equal(await text(pointerUrl("refused")), "");
    const forced = await person.done("--server", url, "pause", "--break-glass", "--force", "--yes", ...target("refused"));
    assert.equal(forced["rev"], 13);
  });
});

test("a foreign pointer is left alone", async () => {
  const { person } = await onDuty("foreign", "foreign");
  const path = `/${BUCKET}/foreign/events/main/current.json`;
  for (const foreign of ["<html>", "[1]", '{"emergency":{"state":7}}']) {
    assert.ok((await signed(weed.url, "PUT", path, ADMIN, foreign)).ok);
    const refused = await person.json("pause", "--break-glass", "--yes", ...target("foreign"));
    assert.deepEqual([refused.code, refused.error!.code], [4, "differs"], foreign);
    assert.equal(await text(pointerUrl("foreign")), foreign);
  }
});
