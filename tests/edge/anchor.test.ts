// What the worker signs about its log, and what a terminal that has kept it finds out.

import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { begun, call, type Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { Signer } from "./harness/emergency.ts";
import { proxy } from "./harness/proxy.ts";
import { Runtime } from "./harness/runtime.ts";
import { sha256, TOKENS } from "./harness/tokens.ts";
import type { Anchor, LogEntry, LogPage } from "./harness/wire.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("anchor")));
after(() => runtime.end());

/** Returns the public key as anyone gets it. */
async function published(): Promise<{ kty: string; crv: string; x: string; kid: string }> {
  const answer = await call<{ keys: any[] }>(runtime, "GET", "/.well-known/downbeat-key");
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  assert.equal(answer.body.keys.length, 1);
  assert.equal("d" in answer.body.keys[0], false, "the private half stays where it is");
  return answer.body.keys[0];
}

/** Checks an anchor as an auditor would: with the published key, and with nothing of Downbeat's own. */
async function assertSigned({ signature, key, ...said }: Anchor, event: Event, entry: LogEntry): Promise<void> {
  const { epoch } = await event.state();
  assert.deepEqual(said, { event: event.name, epoch, rev: entry.rev, hash: entry.hash, at: entry.at });
  const { kty, crv, x } = await published();
  assert.equal(key, x);
  const lines = ["downbeat.anchor/1", said.event, said.epoch, said.rev, said.hash, said.at];
  const signed = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  const publicKey = createPublicKey({ key: { kty, crv, x }, format: "jwk" });
  assert.ok(verify(null, signed, publicKey, Buffer.from(signature, "base64url")), "the signature is valid");
}

/** Ends the runtime, changes the tables of the only event with `revs` entries, and starts it again. */
async function tamper(revs: number, change: (table: DatabaseSync) => void): Promise<void> {
  await runtime.end();
  const folder = `${runtime.objects}/downbeat-EventDo`;
  const changed = readdirSync(folder).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite").filter((name) => {
    const table = new DatabaseSync(`${folder}/${name}`);
    try {
      const { count } = table.prepare("SELECT count(*) AS count FROM log").get() as { count: number };
      if (count === revs) change(table);
      return count === revs;
    } catch {
      return false;
    } finally {
      table.close();
    }
  });
  assert.equal(changed.length, 1, "one event has that many entries");
  await runtime.restart();
}

/** Removes the last entry, and makes the state that of the one before it. */
function cutOff(table: DatabaseSync): void {
  table.exec("DELETE FROM log WHERE rev = (SELECT max(rev) FROM log)");
  table.exec("UPDATE state SET json = json_set(json, '$.rev', (SELECT max(rev) FROM log))");
}

/** Writes the whole log anew, as if somebody else had done it all, with hashes that are right. */
function rewrite(table: DatabaseSync): void {
  let prev = "0".repeat(64);
  for (const { rev, entry } of table.prepare("SELECT rev, entry FROM log ORDER BY rev").all() as { rev: number; entry: string }[]) {
    const { hash: _, ...unsealed } = { ...(JSON.parse(entry) as LogEntry), actor: "mallory", prev };
    prev = sha256(JSON.stringify(unsealed));
    table.prepare("UPDATE log SET entry = ?, hash = ? WHERE rev = ?").run(JSON.stringify({ ...unsealed, hash: prev }), prev, rev);
  }
}

test("every change is answered with a signature over its entry, and a page of the log has the newest one's", async () => {
  const event = await begun(runtime, "signed", 100_000);
  const [created] = await event.log();
  const page = await call<LogPage>(runtime, "GET", `${event.path}/log`, { token: TOKENS.all });
  await assertSigned(page.body.anchor!, event, created!);

  const configured = await event.put({ title: "Gala" });
  await assertSigned((configured.body as unknown as { anchor: Anchor }).anchor, event, (await event.log())[0]!);
  const pause = { command: "pause", id: "p1" };
  const paused = await event.send(pause);
  await assertSigned(paused.body.anchor!, event, (await event.log())[0]!);
  assert.equal("anchor" in (await event.preview({ command: "resume" })).body, false, "nothing happened");

  const { x } = await published();
  await runtime.kill();
  await runtime.restart();
  assert.equal((await published()).x, x, "the key outlives a power failure");
  assert.equal((await event.send(pause)).text, paused.text, "a repetition is answered with the same bytes");
});

test("the entry of a state that was signed while the worker was down has its anchor like every other", async () => {
  const signer = new Signer();
  const event = await begun(runtime, "glass", 100_000, signer.channel());
  const known = await event.state();
  const body = signer.pause(known, known.serverTime);
  const answer = await call<{ anchor: Anchor }>(runtime, "POST", `${event.path}/emergency`, { body });
  const [entry] = await event.log();
  assert.equal(entry!.name, "emergency");
  await assertSigned(answer.body.anchor, event, entry!);
  const page = await call<LogPage>(runtime, "GET", `${event.path}/log`, { token: TOKENS.all });
  assert.deepEqual(page.body.anchor, answer.body.anchor);
});

/** Makes an event with five entries, and two terminals: one that made them, and one that has never seen the event. */
async function staged(name: string) {
  const event = await begun(runtime, name, 100_000);
  // A restart changes the runtime's port, and what is kept belongs to an address.
  const address = await proxy(runtime, (_, text) => text);
  const [maria, stranger] = [new Operator(`anchor-${name}`, address), new Operator(`stranger-${name}`, address)];
  const args = ["--event", name];
  for (const command of ["pause", "resume", "pause", "resume"]) {
    const done = await maria.run(command, "--yes", ...args);
    assert.equal(done.exit, 0, done.stderr + done.stdout);
  }
  return { event, maria, stranger, verify: ["log", "--verify", ...args], address };
}

test("a terminal finds a log that was cut off, and says what it proves of one that was not", async () => {
  const { event, maria, stranger, verify, address } = await staged("cut");
  const intact = await maria.json(...verify);
  assert.deepEqual([intact.code, intact["entries"], intact["anchored"].anchors, intact["anchored"].rev], [0, 5, 4, 5]);
  assert.equal(intact["key"].key, intact["key"].published);
  const told = await maria.run(...verify);
  for (const line of [
    /^intact: 5 changes, none of them altered or left out$/m,
    /^anchored: up to rev 5 of 20\d\d-\S+, by 4 anchors that this machine has kept$/m,
    /^signed by: \S{43}, known here since 20\d\d-\S+, the one that the server publishes$/m,
  ]) assert.match(told.stdout, line);
  const alone = await stranger.run(...verify);
  assert.deepEqual([alone.exit, alone.stderr], [0, ""]);
  assert.match(alone.stdout, /^not proven: .* this machine had kept no anchor of it$/m);

  await tamper(5, cutOff);
  assert.equal((await event.state()).rev, 4);
  for (const operator of [maria, stranger]) {
    const found = await operator.json(...verify);
    assert.deepEqual([found.code, found["intact"], found.error!.code], [4, false, "log-not-intact"]);
    assert.match(found["finding"], /^the end was cut off: the log ends with rev 4, but the server has signed rev 5 of /);
  }
  address.end();
});

test("a terminal finds a log that was written anew, with all its hashes", async () => {
  const { event, maria, verify, address } = await staged("anew");
  await tamper(5, rewrite);
  assert.equal((await event.log())[0]!.actor, "mallory");
  const found = await maria.json(...verify);
  assert.deepEqual([found.code, found["intact"]], [4, false]);
  assert.match(found["finding"], /^the log was written anew: its rev [2-5] is not the one that the server has signed/);
  // One who has never seen it cannot tell; the chain is whole.
  const fresh = new Operator("anchor-fresh", address);
  assert.equal((await fresh.json(...verify))["intact"], true);
  address.end();
});

test("a log that never ends is refused", async () => {
  const event = await begun(runtime, "endless", 100_000);
  const lying = await proxy(runtime, (path, text) => {
    if (!path.includes("/log")) return text;
    return JSON.stringify({ ...(JSON.parse(text) as LogPage), more: true });
  });
  const maria = new Operator("anchor-endless", lying);
  const refused = await maria.json("log", "--verify", "--event", event.name);
  assert.equal(refused.code, 8);
  assert.match(refused.error!.message, /older entries, and shows none/);
  lying.end();
});

test("another key is warned of", async () => {
  const event = await begun(runtime, "keys", 100_000);
  let forge = false;
  const address = await proxy(runtime, (path, text) => {
    if (!forge || !path.endsWith("/commands")) return text;
    const answer = JSON.parse(text) as { anchor?: Anchor };
    // What is only tried changes nothing, so there is nothing to sign.
    if (!answer.anchor) return text;
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const { event, epoch, rev, hash, at } = answer.anchor;
    const signed = ["downbeat.anchor/1", event, epoch, rev, hash, at].map((line) => `${line}\n`).join("");
    const signature = sign(null, Buffer.from(signed), privateKey).toString("base64url");
    return JSON.stringify({ ...answer, anchor: { ...answer.anchor, key: publicKey.export({ format: "jwk" }).x, signature } });
  });
  const maria = new Operator("anchor-keys", address);
  const first = await maria.run("pause", "--yes", "--event", event.name);
  assert.deepEqual([first.exit, first.stderr], [0, ""]);
  forge = true;
  const second = await maria.run("resume", "--yes", "--event", event.name);
  assert.equal(second.exit, 0);
  assert.match(second.stderr, /^warning: http\S+ signs its log with the key \S{43} now, and not with \S{43}; /);
  address.end();
});
