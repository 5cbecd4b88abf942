// A folder as the target: the same guarantees, with a lock instead of a bucket's If-Match. And what all targets share: the
// freeze, the purge, the profile.

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { Publisher } from "./harness/publisher.ts";
import { Site } from "./harness/site.ts";
import { load, pointer, Viewer } from "./harness/viewer.ts";

/** How many publish at once. */
const CROWD = 8;

let maria: Publisher;
let site: Site;
/** What the site serves: a folder per test beneath it. */
let root: string;

before(async () => {
  maria = new Publisher("maria-folder");
  root = `${maria.directory}/public`;
  mkdirSync(root);
  site = await Site.start(root);
});
after(() => site?.end());

const target = (name: string) => ["--target", `file:./public/${name}`];
const seenAt = (name: string) => ["--public-url", `${site.url}/${name}`];
const pointerOf = (name: string) => `${site.url}/${name}/events/main/current.json`;
const publish = (second: number, name: string) => ["cues", "publish", maria.sheet(second), "--yes", ...target(name)];

async function fails(args: string[], code: number, word: string): Promise<string> {
  const printed = await maria.json(...args);
  assert.deepEqual([printed.code, printed.error?.code], [code, word], JSON.stringify(printed));
  return `${printed.error!.message}\n${printed.error!.hint}`;
}

test("a folder is published to, rolled back and verified; planning creates no folder", async () => {
  const planned = await maria.run("cues", "plan", maria.sheet(1), ...target("plain"));
  assert.match(planned.stdout, /headers +a folder keeps none; let its web server send/);
  await maria.done(...publish(1, "plain"), "--dry-run");
  assert.equal(existsSync(`${root}/plain`), false);
  const first = await maria.done(...publish(1, "plain"), ...seenAt("plain"));
  assert.deepEqual([first["rev"], first["seen"].seen, first["undo"]], [1, true, null]);
  const second = await maria.done(...publish(2, "plain"), ...seenAt("plain"));
  await load(pointerOf("plain"), (await pointer(pointerOf("plain")))!);
  assert.match(second["undo"], /cues rollback --to [0-9a-f]{12} --if-rev 2 --target file:.*public\/plain /);
  const back = await maria.done("cues", "rollback", "--yes", ...target("plain"), ...seenAt("plain"));
  assert.deepEqual([back["rev"], back["rundown"]], [3, first["rundown"]]);
  const verified = await maria.done("cues", "verify", ...target("plain"));
  assert.deepEqual([verified["revisions"], verified["rundowns"]], [3, 2]);
  assert.deepEqual(readdirSync(`${root}/plain/events/main`).sort(), ["current.json", "history"]);
});

test("a sheet whose rundown the pointer already names changes nothing", async () => {
  await maria.done(...publish(1, "same"));
  const again = await maria.done(...publish(1, "same"));
  assert.deepEqual([again["changed"], again["rev"], again["healed"], again["repaired"]], [false, 1, null, false]);
});

test(`${CROWD} publishers at once into one folder: one wins each revision`, async () => {
  const viewer = new Viewer(pointerOf("crowd"));
  let waiting = Array.from({ length: CROWD }, (_, index) => 100 + index);
  while (waiting.length > 0) {
    const runs = await Promise.all(waiting.map((second) => maria.json(...publish(second, "crowd"))));
    for (const run of runs) assert.ok(run.code === 0 || run.error!.code === "stale", JSON.stringify(run));
    assert.ok(runs.some(({ code }) => code === 0));
    waiting = waiting.filter((_, index) => runs[index]!.code !== 0);
  }
  await viewer.leave();
  const verified = await maria.done("cues", "verify", ...target("crowd"));
  assert.deepEqual([verified["intact"], verified["revisions"]], [true, CROWD]);
});

test("killed before the pointer is moved, and after: the next run finishes, and ignores the dead process's lock", async () => {
  await maria.done(...publish(1, "killed"));
  const viewer = new Viewer(pointerOf("killed"));
  for (const part of ["/rundowns/", "/current.json"]) {
    const second = part.length;
    const compiled = await maria.done("cues", "compile", maria.sheet(second), "--out", "compiled.json");
    const rundown = compiled["rundown"] as string;
    const { child, ended } = maria.start(...publish(second, "killed"), ...seenAt("killed"));
    // The viewer polls too; the command line is the one that asks once its rundown is there.
    const there = () => existsSync(`${root}/killed/rundowns/${rundown}.json`);
    site.heard = (path) => void (path.includes(part) && there() && child.kill("SIGKILL"));
    assert.equal((await ended).exit, null);
    site.heard = () => {};
    const again = await maria.done(...publish(second, "killed"), ...seenAt("killed"));
    assert.equal(again["rundown"], rundown);
    assert.equal((await pointer(pointerOf("killed")))!.rundown, rundown);
  }
  await viewer.leave();
  const verified = await maria.done("cues", "verify", ...target("killed"));
  assert.deepEqual([verified["intact"], verified["unfinished"]], [true, null]);
});

test("a history that cannot be written is finished by the next run", async () => {
  mkdirSync(`${root}/blocked/events/main`, { recursive: true });
  writeFileSync(`${root}/blocked/events/main/history`, "in the way");
  await fails(publish(1, "blocked"), 2, "file");
  assert.equal((await pointer(pointerOf("blocked")))!.rev, 1);
  rmSync(`${root}/blocked/events/main/history`);
  const again = await maria.done(...publish(1, "blocked"));
  assert.deepEqual([again["changed"], again["healed"]], [false, 1]);
  await maria.done("cues", "verify", ...target("blocked"));
});

test("a gc deletes what is old and not named, across all events", async () => {
  const rundowns: string[] = [];
  for (const second of [1, 2, 3]) rundowns.push((await maria.done(...publish(second, "gc")))["rundown"]);
  // Another event names the first one.
  await maria.done(...publish(1, "gc"), "--event", "rehearsal");
  await maria.done(...publish(9, "gc"), "--event", "rehearsal");
  const folder = `${root}/gc/rundowns`;
  const long = Date.now() / 1_000 - 40 * 86_400;
  for (const file of readdirSync(folder)) utimesSync(`${folder}/${file}`, long, long);
  for (const event of ["main", "rehearsal"]) {
    const history = `${root}/gc/events/${event}/history`;
    for (const file of readdirSync(history)) utimesSync(`${history}/${file}`, long, long);
  }
  const gc = ["cues", "gc", ...target("gc"), "--keep"];
  const there = () => readdirSync(folder).length;
  const dry = await maria.done(...gc, "1", "--dry-run");
  assert.deepEqual([dry["deletable"].length, there()], [2, 4]);
  assert.deepEqual((await maria.done(...gc, "2", "--dry-run"))["deletable"].length, 0);
  await fails([...gc, "1"], 6, "unconfirmed");
  const done = await maria.done(...gc, "1", "--yes");
  assert.deepEqual(done["deleted"].sort(), [rundowns[0]!, rundowns[1]!].sort());
  assert.ok(done["bytes"] > 0);
  assert.equal(there(), 2);
  for (const event of ["main", "rehearsal"]) {
    const found = await maria.done("cues", "verify", "--keep", "1", "--event", event, ...target("gc"));
    assert.deepEqual([found["intact"], found["deleted"] > 0], [true, true]);
  }
  // A deleted rundown can be published again, but not rolled back to.
  await fails(["cues", "rollback", "--yes", "--to", rundowns[1]!, ...target("gc")], 4, "differs");
  await maria.done(...publish(2, "gc"));
});

test("a gc takes away the staging files of publishers that were killed, once they are an hour old, and nothing else", async () => {
  await maria.done(...publish(1, "staging"));
  const folder = `${root}/staging`;
  const hours = (count: number) => Date.now() / 1_000 - count * 3_600;
  const write = (path: string, age: number) => {
    writeFileSync(`${folder}/${path}`, "half of");
    utimesSync(`${folder}/${path}`, hours(age), hours(age));
  };
  const old = ["rundowns/a.json#1", "rundowns/a.json#12", "events/main/current.json#1", "events/main/history/0000000002.json#1"];
  for (const path of old) write(path, 2);
  const stay = ["rundowns/b.json#1", "rundowns/notes#1", "a.json#1", "rundowns/c.json#x"];
  for (const path of stay) write(path, path.includes("b.json") ? 0.5 : 2);
  const gc = ["cues", "gc", ...target("staging")];
  const there = (paths: string[]) => paths.filter((path) => existsSync(`${folder}/${path}`));
  const dry = await maria.run(...gc, "--dry-run");
  assert.match(dry.stdout, /would delete 4 unfinished files that interrupted publishers left/);
  assert.deepEqual(there(old), old);
  const done = await maria.done(...gc, "--yes");
  assert.deepEqual((done["leftovers"] as string[]).sort(), [...old].sort());
  assert.deepEqual([there(old), there(stay)], [[], stay]);
  assert.deepEqual((await maria.done(...gc, "--yes"))["leftovers"], []);
});

test("an age below an hour is refused", async () => {
  assert.equal((await maria.run("cues", "gc", ...target("gc"), "--older-than", "10m")).exit, 2);
});

test("the freeze refuses, says when it opens, and can be overridden with a reason", async () => {
  const freeze = (startsAt: string) => [...publish(1, "freeze"), "--freeze", "15m", "--starts-at", startsAt];
  const said = await fails(freeze("+10m"), 5, "frozen");
  assert.match(said, /the rundown of main is frozen since 20.* \(5 min ago\); opens when the event has ended/);
  assert.equal(existsSync(`${root}/freeze`), false, "nothing is put");
  assert.match(await fails([...publish(1, "freeze"), "--freeze", "15m"], 2, "usage"), /--starts-at/);
  assert.equal((await maria.run(...freeze("+10m"), "--override-freeze")).exit, 2);
  await maria.done(...freeze("+10m"), "--override-freeze", "--reason", "the second song is cut");
  assert.equal((await pointer(pointerOf("freeze")))!.reason, "the second song is cut");
  const planned = await maria.done("cues", "plan", maria.sheet(2), ...target("freeze"), "--freeze", "15m", "--starts-at", "+20m");
  assert.equal(planned["plan"].freeze.frozen, false);
  await maria.done(...freeze("+16m"));
});

test("an event with a known duration is open again after its end", async () => {
  const sheet = `${maria.directory}/short.json`;
  writeFileSync(sheet, JSON.stringify({ version: 1, id: "short", duration: "PT10M", cues: [] }));
  const plan = async (startsAt: string) => {
    const args = ["cues", "plan", sheet, ...target("over"), "--freeze", "15m", "--starts-at", startsAt];
    return (await maria.done(...args))["plan"].freeze;
  };
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  assert.equal((await plan(ago(11))).frozen, false);
  const during = await plan(ago(5));
  assert.deepEqual([during.frozen, during.until - during.from], [true, 25 * 60_000]);
});

test("Cloudflare is asked to purge the pointer; whatever it answers, the publication stands", async () => {
  const asked: { path: string; authorization: string; body: unknown }[] = [];
  let answer: [number, unknown] = [200, { success: true, errors: [] }];
  const api = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    asked.push({ path: request.url!, authorization: request.headers.authorization!, body: JSON.parse(text) });
    response.writeHead(answer[0], { "content-type": "application/json" }).end(JSON.stringify(answer[1]));
  }).listen(0, "127.0.0.1");
  await once(api, "listening");
  const zone = "0123456789abcdef0123456789abcdef";
  const carl = new Publisher("carl-purge");
  carl.environment["CLOUDFLARE_API_BASE_URL"] = `http://127.0.0.1:${(api.address() as AddressInfo).port}/client/v4`;
  const purge = (second: number) =>
    ["cues", "publish", carl.sheet(second), "--yes", "--target", `file:${root}/purge`, ...seenAt("purge"), "--purge-zone", zone];
  try {
    const without = await carl.done(...purge(1));
    assert.deepEqual(without["purged"], { done: false, why: "CLOUDFLARE_API_TOKEN is not set" });
    carl.environment["CLOUDFLARE_API_TOKEN"] = "purge-token";
    await carl.done(...purge(2), "--dry-run");
    assert.deepEqual(asked, []);
    assert.deepEqual((await carl.done(...purge(2)))["purged"], { done: true, why: null });
    assert.deepEqual(asked, [
      { path: `/client/v4/zones/${zone}/purge_cache`, authorization: "Bearer purge-token", body: { files: [pointerOf("purge")] } },
    ]);
    answer = [403, { success: false, errors: [{ code: 10_000, message: "Authentication error" }] }];
    const refused = await carl.run(...purge(3));
    assert.equal(refused.exit, 0);
    assert.match(refused.stderr, /warning: Cloudflare's copies were not purged: it answered 403.*Authentication error/);
    assert.doesNotMatch(refused.stdout + refused.stderr, /purge-token/);
  } finally {
    api.close();
    api.closeAllConnections();
  }
  await fails([...publish(9, "purge"), "--purge-zone", zone], 2, "usage");
});

test("the profile names the target, relative to itself, and the public URL; a flag wins", async () => {
  const carl = new Publisher("carl-profile");
  const text = `[profile.local]\ntarget = "file:public"\npublicUrl = "${site.url}/profile"\nfreeze = "15m"\n`;
  writeFileSync(`${carl.directory}/downbeat.toml`, text);
  const plan = async (...more: string[]) => (await carl.done("cues", "plan", carl.sheet(1), "--starts-at", "+1h", ...more))["plan"];
  const planned = await plan();
  assert.equal(planned.target, `file:${carl.directory}/public`);
  assert.equal(planned.publicUrl, pointerOf("profile"));
  assert.equal(planned.freeze.frozen, false);
  const other = await plan("--target", "file:/tmp/elsewhere");
  assert.deepEqual([other.target, other.publicUrl], ["file:/tmp/elsewhere", null]);
  carl.environment["DOWNBEAT_TARGET"] = "file:/tmp/environment";
  assert.equal((await plan()).target, "file:/tmp/environment");
  writeFileSync(`${carl.directory}/downbeat.toml`, '[profile.local]\ntarget = "ftp://x"\n');
  const { code, error } = await carl.json("cues", "history");
  assert.deepEqual([code, error!.code], [2, "settings"]);
});
