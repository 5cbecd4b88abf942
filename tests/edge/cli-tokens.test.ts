// `downbeat token …` against a real worker, as an administrator uses it.

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { after, before, test } from "node:test";
import { begun, call } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";
import { sha256, TOKENS } from "./harness/tokens.ts";

let runtime: Runtime;
let admin: Operator;
before(async () => {
  runtime = await Runtime.start("cli-tokens");
  admin = new Operator("admin", runtime);
});
after(() => runtime.end());

const grant = async (token: string) => (await call(runtime, "GET", "/v1/token", { token })).status;

test("a token in a file: added, used, rotated, revoked", async () => {
  const event = await begun(runtime, "files", 60_000);
  const options = ["--scopes", "operate,read", "--events", "files,gala-*", "--expires", "2d", "--out", "tom.token", "--yes"];
  const added = await admin.json("token", "add", "tom", ...options);
  assert.equal(added.code, 0, JSON.stringify(added));
  assert.deepEqual([added["token"].events, added["token"].scopes], [["files", "gala-*"], ["operate", "read"]]);
  const file = `${admin.directory}/tom.token`;
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const first = readFileSync(file, "utf8").trim();
  assert.ok(!JSON.stringify(added).includes(first.slice(-20)));

  const tom = new Operator("tom", runtime, first);
  assert.equal((await tom.json("pause", "--yes", "--event", "files")).code, 0);
  assert.equal((await event.log())[0]!.token, "tom");
  await begun(runtime, "other", 60_000);
  const refused = await tom.json("pause", "--yes", "--event", "other");
  assert.equal(refused.code, 7);
  assert.match(refused.error!.message, /token "tom" is not for the event "other"; it is for: files, gala-\*/);
  assert.match(refused.error!.hint!, /--event/);
  const doctor = await tom.run("doctor", "--event", "other");
  assert.match(doctor.stdout, /valid for operate, read, not for publish, for the events files, gala-\*/);

  const rotated = await admin.json("token", "rotate", "tom", "--out", "tom-2.token", "--yes");
  assert.equal(rotated.code, 0, JSON.stringify(rotated));
  const second = readFileSync(`${admin.directory}/tom-2.token`, "utf8").trim();
  assert.deepEqual([await grant(first), await grant(second)], [200, 200]);

  const list = await admin.run("token", "list");
  assert.match(list.stdout, /tom +operate, read +files, gala-\* +until \S+ +by all +last used \d{4}-\d\d-\d\d, old secret until/);
  assert.match(list.stdout, /holder +hold +all events +in the secret DOWNBEAT_TOKENS/);
  assert.match(list.stdout, /1 revoked or expired; --all shows them/);

  const revoked = await admin.run("token", "revoke", "tom", "--yes");
  assert.equal(revoked.exit, 0, revoked.stderr);
  assert.match(revoked.stdout, /it has +operate, read, for the events files, gala-\*, until .*\nrevoked token "tom": it is refused everywhere within 5 seconds\n$/s);
  assert.deepEqual([await grant(first), await grant(second)], [401, 401]);
  const unknown = await admin.json("token", "revoke", "tomm", "--yes");
  assert.deepEqual([unknown.code, unknown.error!.code], [3, "unknown-token"]);
});

test("a link and a QR code, which work once; the token is in neither", async () => {
  const shown = await admin.run("token", "add", "phone", "--yes", "--event", "main");
  assert.equal(shown.exit, 0, shown.stderr);
  const link = /^http:.*$/m.exec(shown.stdout)![0];
  const code = new URL(link).hash.replace("#sign-in=", "");
  assert.equal(link, `${runtime.url}/console?event=main#sign-in=${code}`);
  assert.match(code, /^dbl_phone_[0-9a-f]{40}$/);
  assert.ok(shown.stdout.includes("█") && !shown.stdout.includes("dbt_"));
  assert.match(shown.stdout, /signs one device in, once, until /);
  const own = `dbt_phone_${"1".repeat(64)}`;
  const redeemed = await call(runtime, "POST", "/v1/token", { body: { code, sha256: sha256(own) } });
  assert.equal(redeemed.status, 200, redeemed.text);
  assert.equal(await grant(own), 200);
  const json = await admin.json("token", "add", "tablet", "--events", "gala-1", "--yes");
  assert.match(json["link"], /\/console\?event=gala-1#sign-in=dbl_tablet_/);
});

test("what the server refuses leaves no file, and what is only looked at sends nothing", async () => {
  const dry = await admin.run("token", "add", "nobody", "--dry-run", "--out", "dry.token");
  assert.match(dry.stdout, /dry run: nothing was sent/);
  const taken = await admin.json("token", "add", "all", "--out", "taken.token", "--yes");
  assert.deepEqual([taken.code, taken.error!.code], [5, "token-conflict"]);
  assert.ok(!existsSync(`${admin.directory}/dry.token`) && !existsSync(`${admin.directory}/taken.token`));
  const operator = new Operator("operator", runtime, TOKENS.operator);
  const refused = await operator.json("token", "list");
  assert.equal(refused.code, 7);
  assert.match(refused.error!.message, /scope "admin"; token "operator" has: operate/);
});

test("nobody locks themselves out by mistake", async () => {
  await admin.json("token", "add", "lead", "--scopes", "admin,read", "--out", "lead.token", "--yes");
  const lead = new Operator("lead", runtime, readFileSync(`${admin.directory}/lead.token`, "utf8").trim());
  await lead.json("token", "add", "made", "--scopes", "read", "--out", "made.token", "--yes");
  const more = await lead.json("token", "add", "more", "--scopes", "operate", "--out", "more.token", "--yes");
  assert.equal(more.code, 7);
  assert.match(more.error!.message, /cannot grant more than it has: token "lead" lacks the scope "operate"/);
  const kept = await lead.json("token", "revoke", "lead", "--yes");
  assert.equal(kept.code, 5);
  assert.match(kept.error!.message, /locked out.*--own/s);
  const revoked = await lead.run("token", "revoke", "lead", "--own", "--yes");
  assert.match(revoked.stdout, /the tokens that it made stay valid: made/);
});

test("the emergency key: what is missing, and who can help", async () => {
  await begun(runtime, "keys", 60_000);
  const operator = new Operator("no-emergency", runtime, TOKENS.operator);
  const init = await operator.run("emergency", "init", "--out", "a.key");
  assert.equal(init.exit, 0, init.stderr);
  assert.match(init.stdout, /Your token "operator" lacks the scope emergency[^]*token add NAME --scopes emergency --show/);
  const key = /public +(\S+)/.exec(init.stdout)![1]!;
  const set = ["event", "set", "--event", "keys", "--yes", "--emergency-key", key, "--emergency-url", "https://cdn.example.com/e.json"];
  const refused = await operator.json(...set);
  assert.equal(refused.code, 7);
  assert.match(refused.error!.hint!, /token add NAME --scopes emergency/);
  assert.equal((await admin.json(...set)).code, 0);
  const mine = await admin.run("emergency", "init", "--out", "b.key");
  assert.doesNotMatch(mine.stdout, /lacks the scope/);
});
