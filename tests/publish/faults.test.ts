// Failures of a store: reported in plain words, with the right exit code, in bounded time, and with nothing half done.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { Publisher } from "./harness/publisher.ts";
import { listing, signed } from "./harness/s3.ts";
import { Tap } from "./harness/tap.ts";
import { pointer } from "./harness/viewer.ts";
import { ADMIN, BUCKET, READER, Weed } from "./harness/weed.ts";

let weed: Weed;
let tap: Tap;
let maria: Publisher;

before(async () => {
  weed = await Weed.start("faults");
  tap = await Tap.start(weed.url);
  maria = new Publisher("maria-faults", ADMIN);
});
after(async () => {
  tap?.end();
  await weed?.end();
});

const target = (prefix: string, url = weed.url, bucket = BUCKET) => ["--target", `s3://${bucket}/${prefix}?endpoint=${url}`];
const seenAt = (prefix: string, url = weed.url) => ["--public-url", `${url}/${BUCKET}/${prefix}`];
const publish = (second: number) => ["cues", "publish", maria.sheet(second), "--yes"];
const objects = (prefix: string) => listing(weed.url, BUCKET, `${prefix}/`, ADMIN);

/** Runs a command that must fail; returns its message. */
async function fails(who: Publisher, args: string[], code: number, word: string): Promise<string> {
  const printed = await who.json(...args);
  assert.deepEqual([printed.code, printed.error?.code], [code, word], JSON.stringify(printed));
  return `${printed.error!.message}\n${printed.error!.hint}`;
}

test("wrong credentials, missing ones, and credentials that may only read", async () => {
  const stranger = new Publisher("stranger", { accessKey: "nobody", secretKey: "nothing-secret" });
  assert.match(await fails(stranger, [...publish(1), ...target("auth")], 7, "denied"), /InvalidAccessKeyId/);
  const forger = new Publisher("forger", { accessKey: ADMIN.accessKey, secretKey: "guessed-secret" });
  const said = await fails(forger, [...publish(1), ...target("auth")], 7, "denied");
  assert.match(said, /SignatureDoesNotMatch/);
  assert.doesNotMatch(said, /guessed-secret/);
  const reader = new Publisher("reader", READER);
  assert.match(await fails(reader, [...publish(1), ...target("auth")], 7, "denied"), /refused to swap probes\//);
  const half = new Publisher("half");
  half.environment["AWS_ACCESS_KEY_ID"] = ADMIN.accessKey;
  assert.match(await fails(half, [...publish(1), ...target("auth")], 7, "no-credentials"), /AWS_SECRET_ACCESS_KEY/);
  assert.deepEqual(await objects("auth"), []);
});

test("a bucket that does not exist", async () => {
  await fails(maria, [...publish(1), ...target("x", weed.url, "nothing-here")], 3, "no-bucket");
});

test("a store that does not exist, one that does not answer, one that is not a store", async () => {
  await fails(maria, [...publish(1), ...target("x", "http://127.0.0.1:9")], 8, "unreachable");
  const mute = createServer(() => {}).listen(0, "127.0.0.1");
  const other = createServer((_, response) => void response.writeHead(200).end("<html>hello")).listen(0, "127.0.0.1");
  await Promise.all([once(mute, "listening"), once(other, "listening")]);
  const at = (server: typeof mute) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await fails(maria, [...publish(1), ...target("x", at(mute)), "--timeout", "2s"], 8, "no-answer");
    const said = await fails(maria, [...publish(1), ...target("x", at(other))], 8, "strange-answer");
    assert.match(said, /failed to read events\/main\/current\.json: Content-Length Header missing/);
  } finally {
    for (const server of [mute, other]) {
      server.close();
      server.closeAllConnections();
    }
  }
});

test("an invalid target lists the valid kinds, and never repeats a password", async () => {
  const usage = async (text: string) => {
    const { exit, stdout, stderr } = await maria.run("cues", "plan", maria.sheet(1), "--target", text);
    assert.equal(exit, 2, stderr);
    return stdout + stderr;
  };
  assert.match(await usage(`s3://${BUCKET}?regoin=x`), /it knows endpoint and region/);
  assert.match(await usage("ftp://shows"), /s3:\/\/BUCKET/);
});

test("a dry run and a plan change nothing, even if there is something to finish", async () => {
  await maria.done(...publish(1), ...target("dry"));
  tap.reset();
  tap.decide = ({ path }) => (path.includes("/history/") ? "stop" : "pass");
  const { child, ended } = maria.start(...publish(2), ...target("dry", tap.url));
  tap.stopped = () => void child.kill("SIGKILL");
  assert.equal((await ended).exit, null);
  tap.reset();
  const before = await objects("dry");
  const planned = await maria.done("cues", "plan", maria.sheet(3), ...target("dry", tap.url));
  assert.deepEqual([planned["plan"].heals, planned["plan"].rev, planned["plan"].stored.there], [2, 3, false]);
  const purge = ["--purge-zone", "0".repeat(32), ...seenAt("dry")];
  for (const args of [publish(3), publish(2), ["cues", "rollback"], ["cues", "gc"]]) {
    const more = args[1] === "publish" ? purge : [];
    assert.equal((await maria.done(...args, "--dry-run", ...more, ...target("dry", tap.url)))["dryRun"], true);
  }
  assert.deepEqual(tap.writes, []);
  assert.deepEqual(await objects("dry"), before);
});

test("without a yes nothing is put", async () => {
  await fails(maria, ["cues", "publish", maria.sheet(1), ...target("yes")], 6, "unconfirmed");
  assert.deepEqual(await objects("yes"), []);
});

test("headers that are not kept, and bytes that are altered, are found before anyone is pointed there", async () => {
  for (const [what, header, value] of [
    ["Cache-Control", "cache-control", "no-store"],
    ["Content-Type", "content-type", "text/plain"],
  ] as const) {
    tap.reset();
    tap.alter = ({ path }, headers, body) => {
      if (path.includes("/rundowns/")) headers.set(header, value);
      return body;
    };
    const said = await fails(maria, [...publish(1), ...target("headers", tap.url)], 4, "differs");
    assert.match(said, new RegExp(`its ${what} is "${value}" instead of`));
  }
  tap.reset();
  tap.alter = ({ path }, _, body) => (path.includes("/rundowns/") && body.length > 0 ? Buffer.from(`${body} `) : body);
  assert.match(await fails(maria, [...publish(1), ...target("headers", tap.url)], 4, "differs"), /bytes instead of/);
  assert.equal(await pointer(`${weed.url}/${BUCKET}/headers/events/main/current.json`), undefined);
});

test("pages that may not load the rundown are found before anyone is pointed there", async () => {
  tap.reset();
  tap.alter = (_, headers, body) => {
    headers.delete("access-control-allow-origin");
    return body;
  };
  const args = [...publish(1), ...target("cors"), ...seenAt("cors", tap.url)];
  assert.match(await fails(maria, args, 4, "differs"), /Access-Control-Allow-Origin is ""/);
  tap.alter = (_, headers, body) => {
    headers.set("access-control-allow-origin", "https://show.example.com");
    return body;
  };
  await fails(maria, args, 4, "differs");
  await maria.done(...args, "--origin", "https://show.example.com");
});

test("a public URL that leads elsewhere is found before anyone is pointed there", async () => {
  const said = await fails(maria, [...publish(1), ...target("elsewhere"), ...seenAt("nowhere")], 4, "differs");
  assert.match(said, /it answers 404/);
  assert.equal(await pointer(`${weed.url}/${BUCKET}/elsewhere/events/main/current.json`), undefined);
});

test("publish waits for a public URL that shows the old pointer for a while", async (t) => {
  await maria.done(...publish(1), ...target("slow"));
  const old = Buffer.from(await (await fetch(`${weed.url}/${BUCKET}/slow/events/main/current.json`)).arrayBuffer());
  tap.reset();
  let looks = 0;
  tap.alter = ({ path }, _, body) => (path.endsWith("current.json") && (looks += 1) <= 3 ? old : body);
  const published = await maria.done(...publish(2), ...target("slow"), ...seenAt("slow", tap.url));
  assert.deepEqual([published["seen"].seen, published["seen"].rev, looks], [true, 2, 4]);
  t.diagnostic(`seen after ${published["seen"].ms} ms`);
});

test("a public URL that never shows the change: the pointer is moved, and the command says so", async () => {
  await maria.done(...publish(1), ...target("never"));
  const old = Buffer.from(await (await fetch(`${weed.url}/${BUCKET}/never/events/main/current.json`)).arrayBuffer());
  tap.reset();
  tap.alter = ({ path }, _, body) => (path.endsWith("current.json") ? old : body);
  const args = [...publish(2), ...target("never"), ...seenAt("never", tap.url), "--timeout", "1s"];
  const said = await fails(maria, args, 9, "unseen");
  assert.match(said, /the pointer is moved to rev 2, but not seen at .*: it shows rev 1/);
  assert.match(said, /downbeat cues rollback --to /);
  assert.equal((await pointer(`${weed.url}/${BUCKET}/never/events/main/current.json`))!.rev, 2);
  await fails(maria, args, 9, "unseen");
  tap.reset();
  const again = await maria.done(...args);
  assert.deepEqual([again["changed"], again["seen"].seen], [false, true]);
});

test("verify finds damage, object by object", async () => {
  for (const second of [1, 2, 3]) await maria.done(...publish(second), ...target("damaged"));
  const rundowns = (await maria.done("cues", "history", ...target("damaged")))["rundowns"];
  const path = (rest: string) => `/${BUCKET}/damaged/${rest}`;
  await signed(weed.url, "PUT", path(`rundowns/${rundowns[0].rundown}.json`), ADMIN, "something else");
  await signed(weed.url, "DELETE", path(`rundowns/${rundowns[2].rundown}.json`), ADMIN);
  await signed(weed.url, "DELETE", path("events/main/history/0000000002.json"), ADMIN);
  const found = await maria.json("cues", "verify", ...target("damaged"));
  const faults = (found["faults"] as { key: string; what: string }[]).map(({ key, what }) => `${key}: ${what}`);
  assert.deepEqual([found.code, found.error!.code], [4, "not-intact"]);
  assert.deepEqual(faults.sort(), [
    "events/main/history/0000000003.json: rev 2 is missing before it",
    `rundowns/${rundowns[0].rundown}.json: its bytes have another SHA-256`,
    `rundowns/${rundowns[2].rundown}.json: it is named, but not there`,
  ].sort());
  // Publishing again repairs the current one.
  const mended = await maria.done(...publish(3), ...target("damaged"));
  assert.deepEqual([mended["changed"], mended["repaired"]], [false, true]);
  const back = await maria.json("cues", "rollback", "--yes", "--to", rundowns[0].rundown, ...target("damaged"));
  assert.deepEqual([back.code, back.error!.code], [4, "differs"], JSON.stringify(back));
});

test("a deleted pointer does not restart the count", async () => {
  for (const second of [1, 2]) await maria.done(...publish(second), ...target("deleted"));
  const { epoch } = (await pointer(`${weed.url}/${BUCKET}/deleted/events/main/current.json`))!;
  await signed(weed.url, "DELETE", `/${BUCKET}/deleted/events/main/current.json`, ADMIN);
  const published = await maria.done(...publish(3), ...target("deleted"));
  assert.deepEqual([published["rev"], published["epoch"]], [3, epoch]);
  await maria.done("cues", "verify", ...target("deleted"));
});

test("a rollback that was interrupted after the pointer moved is finished, not repeated", async () => {
  for (const second of [1, 2, 3]) await maria.done(...publish(second), ...target("twice"));
  tap.reset();
  tap.decide = ({ path }) => (path.includes("/history/") ? "stop" : "pass");
  const { child, ended } = maria.start("cues", "rollback", "--yes", ...target("twice", tap.url));
  tap.stopped = () => void child.kill("SIGKILL");
  assert.equal((await ended).exit, null);
  const again = await maria.done("cues", "rollback", "--yes", ...target("twice"));
  assert.deepEqual([again["changed"], again["rev"], again["healed"]], [false, 4, 4]);
  const further = await maria.done("cues", "rollback", "--yes", ...target("twice"));
  assert.deepEqual([further["changed"], further["rev"]], [true, 5]);
  const history = await maria.done("cues", "history", ...target("twice"));
  const revisions = history["revisions"] as { rev: number; rundown: string }[];
  assert.deepEqual(revisions.map(({ rev }) => rev), [1, 2, 3, 4, 5]);
  const [first, second, , fourth, fifth] = revisions.map(({ rundown }) => rundown);
  assert.deepEqual([fourth, fifth], [second, first]);
});

test("the pointer has the members of the golden document", async () => {
  const { readFileSync } = await import("node:fs");
  const { ROOT } = await import("../edge/harness/runtime.ts");
  const golden = JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/publication.json`, "utf8"));
  for (const second of [1, 2]) await maria.done(...publish(second), "--reason", "it is longer", ...target("golden"));
  const seen = (await pointer(`${weed.url}/${BUCKET}/golden/events/main/current.json`))!;
  assert.deepEqual(Object.keys(seen), Object.keys(golden));
  const kinds = (value: object) => Object.values(value).map((member) => typeof member);
  assert.deepEqual(kinds(seen), kinds(golden));
});

test("a gc whose listing omits its own event, or all events, deletes nothing", async () => {
  tap.reset();
  const here = "unlisted";
  const rundowns = async () => (await objects(here)).filter((line) => line.includes("/rundowns/"));
  for (const second of [1, 2]) await maria.done(...publish(second), ...target(here));
  await maria.done(...publish(1), ...target(here), "--event", "other");
  const before = await rundowns();
  const ahead = 40 * 86_400_000;
  const without = (prefixes: RegExp) => {
    tap.alter = (_, headers, body) => {
      // To the command line everything there is 40 days old.
      const date = headers.get("date");
      if (date !== null) headers.set("date", new Date(Date.parse(date) + ahead).toUTCString());
      const text = body.toString("utf8");
      return text.includes("<ListBucketResult") ? Buffer.from(text.replaceAll(prefixes, "")) : body;
    };
  };
  const gc = ["cues", "gc", "--keep", "1", "--yes", ...target(here, tap.url)];
  try {
    without(/<CommonPrefixes>.*?<\/CommonPrefixes>/gs);
    assert.match(await fails(maria, gc, 4, "differs"), /does not list the event main, whose pointer is there/);
    assert.match(await fails(maria, [...gc, "--event", "nobody"], 4, "differs"), /lists rundowns and no event/);
    without(/<CommonPrefixes><Prefix>[^<]*\/main\/<\/Prefix><\/CommonPrefixes>/g);
    assert.match(await fails(maria, gc, 4, "differs"), /does not list the event main/);
    assert.deepEqual(await rundowns(), before);
    without(/$^/g);
    assert.equal((await maria.done(...gc))["deleted"].length, 0, "both are needed: one by each event");
  } finally {
    tap.reset();
  }
});
