// Stores that cannot be published to safely, and what stands before stores: found before anything is published, named, with
// what to do about it.

import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { Publisher } from "./harness/publisher.ts";
import { listing, signed } from "./harness/s3.ts";
import { type Canned, Tap } from "./harness/tap.ts";
import { pointer } from "./harness/viewer.ts";
import { ADMIN, BUCKET, OPEN, Weed } from "./harness/weed.ts";

let weed: Weed;
let tap: Tap;
let maria: Publisher;

before(async () => {
  weed = await Weed.start("stores");
  tap = await Tap.start(weed.url);
  maria = new Publisher("maria-stores", ADMIN);
});
after(async () => {
  tap?.end();
  await weed?.end();
});
beforeEach(() => tap.reset());

const target = (prefix: string, url = tap.url, bucket = BUCKET) => ["--target", `s3://${bucket}/${prefix}?endpoint=${url}`];
const publish = (second: number) => ["cues", "publish", maria.sheet(second), "--yes"];
const keys = async (prefix: string, bucket = BUCKET) =>
  (await listing(weed.url, bucket, `${prefix}/`, ADMIN)).map((line) => line.split(" ")[0]!.slice(prefix.length + 1));

/** Runs a command that must fail; returns its message and hint. */
async function fails(args: string[], code: number, word: string): Promise<string> {
  const printed = await maria.json(...args);
  assert.deepEqual([printed.code, printed.error?.code], [code, word], JSON.stringify(printed));
  return `${printed.error!.message}\n${printed.error!.hint}`;
}

/** Sets the store's clock more than an hour ahead, as the command line sees it. */
function later() {
  tap.alter = (_, headers, body) => {
    const date = headers.get("date");
    if (date !== null) headers.set("date", new Date(Date.parse(date) + 3_700_000).toUTCString());
    return body;
  };
}

/** A store's refusal. */
const refusal = (status: number, code: string, more = "", headers: Record<string, string> = {}): Canned => ({
  status,
  headers: { "content-type": "application/xml", ...headers },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>It is so.</Message>${more}</Error>`,
});

/** Takes away headers, and with them the signature, which covers them. */
const without = (...names: string[]) => (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) =>
    !names.includes(name) && name !== "authorization" && !name.startsWith("x-amz-")));

for (const [what, dropped, said] of [
  ["every condition", ["if-match", "if-none-match"], /it ignores If-None-Match, and replaces an object that is there/],
  ["If-None-Match", ["if-none-match"], /it ignores If-None-Match, and replaces an object that is there/],
  ["If-Match", ["if-match"], /it ignores If-Match, and replaces an object that has changed/],
] as const) {
  test(`a store behind a proxy that drops ${what} is refused by name, and nothing stays in it`, async () => {
    tap.forward = without(...dropped);
    const prefix = dropped.join("-");
    const args = [...publish(1), ...target(prefix, tap.url, OPEN)];
    for (let time = 0; time < 2; time += 1) {
      const failure = await fails(args, 2, "no-conditional-writes");
      assert.match(failure, said);
      assert.ok(failure.startsWith(`s3://${OPEN}/${prefix}?endpoint=`), failure);
      assert.match(failure, /two publishers at once could both succeed there.*nothing was published\n.*no proxy before the store/s);
      assert.deepEqual(await keys(prefix, OPEN), []);
    }
    // The same store without the proxy will do, and remembers it for that way alone.
    tap.forward = without();
    assert.equal((await maria.done(...args))["rev"], 1);
    assert.equal((await keys(prefix, OPEN)).filter((key) => key.startsWith("probes/passed/")).length, 1);
  });
}

for (const [name, status, code] of [
  ["501", 501, "NotImplemented"],
  ["501 without a word", 501, ""],
  ["400", 400, "InvalidArgument"],
  ["405", 405, "MethodNotAllowed"],
] as const) {
  for (const [condition, header] of [["If-None-Match", "if-none-match"], ["If-Match", "if-match"]] as const) {
    test(`a store that answers ${condition} with ${name} is refused by name, at the first such answer`, async () => {
      let answers = 0;
      tap.answer = ({ headers }) => {
        if (headers[header] === undefined) return undefined;
        answers += 1;
        return code === "" ? { status } : refusal(status, code);
      };
      const prefix = `${name.replaceAll(" ", "-")}-${header}`;
      const failure = await fails([...publish(1), ...target(prefix)], 2, "no-conditional-writes");
      assert.match(failure, new RegExp(`it does not know ${condition} \\(.*(${code || status})`));
      assert.equal(answers, 1);
      assert.deepEqual(await keys(prefix), []);
    });
  }
}

test("a store whose tags are altered on the way is refused by name", async () => {
  tap.alter = (_, headers, body) => {
    if (headers.has("etag")) headers.set("etag", '"altered"');
    return body;
  };
  const failure = await fails([...publish(1), ...target("tags")], 2, "no-conditional-writes");
  assert.match(failure, /answers If-Match as if the object had changed.*alters ETags/);
  assert.deepEqual(await keys("tags"), []);
});

test("a store is tried out once for each way to it, and not by what writes nothing", async () => {
  const probes = () => tap.writes.filter(({ path }) => path.includes("/probes/")).length;
  await maria.done("cues", "plan", maria.sheet(1), ...target("once"));
  await maria.done(...publish(1), ...target("once"), "--dry-run");
  assert.equal(probes(), 0);
  await maria.done(...publish(1), ...target("once"));
  const first = probes();
  assert.ok(first >= 5, `${first} writes`);
  await maria.done(...publish(2), ...target("once"));
  await maria.done("cues", "rollback", "--yes", ...target("once"));
  assert.equal(probes(), first);
  await maria.done(...publish(3), ...target("once", weed.url));
  const left = (await keys("once")).filter((key) => key.startsWith("probes/"));
  assert.deepEqual(left.map((key) => key.replace(/[0-9a-f]{16}/, "…")), ["probes/passed/….json", "probes/passed/….json"]);
});

test("a gc takes away the probes of publishers that were killed, once they are an hour old", async () => {
  tap.decide = ({ number }) => (number === 2 ? "stop" : "pass");
  const { child, ended } = maria.start(...publish(1), ...target("killed"));
  tap.stopped = () => void child.kill("SIGKILL");
  assert.equal((await ended).exit, null);
  tap.reset();
  const left = await keys("killed");
  assert.equal(left.length, 1);
  assert.deepEqual((await maria.done("cues", "gc", "--yes", ...target("killed")))["leftovers"], []);
  later();
  const dry = await maria.done("cues", "gc", "--dry-run", ...target("killed"));
  assert.deepEqual([dry["leftovers"], await keys("killed")], [left, left]);
  const said = (await maria.run("cues", "gc", ...target("killed"))).stdout;
  assert.match(said, /deleted 1 unfinished file that interrupted publishers left/);
  assert.deepEqual(await keys("killed"), []);
});

test("a clock that differs from the store's is named, with how far", async () => {
  const at = (hours: number) => ({ date: new Date(Date.now() + hours * 3_600_000 + 60_000).toUTCString() });
  tap.answer = () => refusal(403, "RequestTimeTooSkewed", "", at(3));
  const behind = await fails([...publish(1), ...target("skewed")], 7, "clock-skewed");
  assert.match(behind, /its clock is 3 h behind the store's \(RequestTimeTooSkewed: It is so\.\)\nset this machine's clock/);
  tap.answer = () => refusal(403, "RequestTimeTooSkewed", "", at(-3));
  assert.match(await fails([...publish(1), ...target("skewed")], 7, "clock-skewed"), /its clock is 2 h ahead of the store's/);
});

test("credentials that have run out are named, and so is a session's token that belongs to others", async () => {
  for (const code of ["ExpiredToken", "InvalidToken"]) {
    tap.answer = () => refusal(400, code);
    const said = await fails([...publish(1), ...target("expired")], 7, "session-over");
    assert.match(said, new RegExp(`no longer valid \\(${code}: .*\\)\nsign in again .*AWS_SESSION_TOKEN`));
  }
});

test("a bucket in another region is named, with the region if the store says it", async () => {
  const region = "<Region>eu-central-1</Region>";
  for (const answer of [
    refusal(400, "AuthorizationHeaderMalformed", region),
    refusal(301, "PermanentRedirect", "<Endpoint>shows.s3.example.com</Endpoint>", { "x-amz-bucket-region": "eu-central-1" }),
    { status: 301, headers: { "x-amz-bucket-region": "eu-central-1" } },
  ]) {
    tap.answer = () => answer;
    const said = await fails([...publish(1), ...target("region")], 2, "other-region");
    assert.match(said, /is in the region eu-central-1 \(.*\)\ngive region=eu-central-1 in the target .*AWS_REGION=eu-central-1/);
  }
  tap.answer = () => refusal(400, "InvalidRegionName");
  assert.match(await fails([...publish(1), ...target("region")], 2, "other-region"), /is in another region.*\ngive the bucket's region/);
});

test("a CDN that keeps the pointer for a day is found at the first publication already", async () => {
  const cdn = await Tap.start(weed.url);
  const day = (_: unknown, headers: Headers, body: Buffer) => {
    headers.set("cache-control", "public, max-age=86400");
    return body;
  };
  try {
    cdn.alter = day;
    const seen = ["--public-url", `${cdn.url}/${BUCKET}/cdn`];
    const first = await maria.done(...publish(1), ...target("cdn"), ...seen);
    const late = (first["warnings"] as string[]).filter((warning) => warning.includes("/current.json "));
    assert.equal(late.length, 1, JSON.stringify(first["warnings"]));
    assert.match(late[0]!, /may be kept by caches for 86400 s \(cache-control: public, max-age=86400\).*send Cache-Control "public, max-age=2"/);
    // And the second does not arrive, since the CDN has the first.
    const old = Buffer.from(await (await fetch(`${weed.url}/${BUCKET}/cdn/events/main/current.json`)).arrayBuffer());
    cdn.alter = ({ path }, headers, body) => {
      if (!path.endsWith("current.json")) return body;
      headers.set("cache-control", "public, max-age=86400");
      headers.set("age", "400");
      return old;
    };
    const said = await fails([...publish(2), ...target("cdn"), ...seen, "--timeout", "1s"], 9, "unseen");
    assert.match(said, /it shows rev 1\na cache on the way may answer with that for 23 h 53 min/);
    assert.match(said, /purge its copy of the pointer \(--purge-zone/);
    assert.equal((await pointer(`${weed.url}/${BUCKET}/cdn/events/main/current.json`))!.rev, 2);
  } finally {
    cdn.end();
  }
});

test("a CDN that ignores no-cache is found by the age of what it answers, and a silent one by what it shows", async () => {
  await maria.done(...publish(1), ...target("stale"));
  const old = Buffer.from(await (await fetch(`${weed.url}/${BUCKET}/stale/events/main/current.json`)).arrayBuffer());
  const cdn = await Tap.start(weed.url);
  try {
    const keeps = (set: Record<string, string>) => {
      cdn.alter = ({ path }, headers, body) => {
        if (!path.endsWith("current.json")) return body;
        headers.delete("cache-control");
        for (const [name, value] of Object.entries(set)) headers.set(name, value);
        return old;
      };
    };
    const args = [...publish(2), ...target("stale"), "--public-url", `${cdn.url}/${BUCKET}/stale`, "--timeout", "1s"];
    keeps({ "cache-control": "no-cache", age: "4000" });
    const aged = await maria.json(...args);
    assert.deepEqual([aged.code, aged.error!.code], [9, "unseen"]);
    assert.match(aged.error!.hint!, /a cache on the way .*\(cache-control: no-cache, age: 4000\)/);
    keeps({});
    assert.match(await fails(args, 9, "unseen"), /it shows rev 1\ncheck .* what caches it on the way; purge the caches' copies/);
    keeps({ expires: new Date(Date.now() + 86_400_000).toUTCString() });
    assert.match(await fails(args, 9, "unseen"), /may answer with that for (24 h|23 h 59 min|1 d)/);
  } finally {
    cdn.end();
  }
});

test("the bucket that is tried out may have objects of others under the folder's name", async () => {
  await signed(weed.url, "PUT", `/${BUCKET}/others/probes/readme.txt`, ADMIN, "of somebody else");
  await maria.done(...publish(1), ...target("others"));
  later();
  assert.deepEqual((await maria.done("cues", "gc", "--yes", ...target("others")))["leftovers"], []);
  assert.ok((await keys("others")).includes("probes/readme.txt"));
});
