// Several at once: publishers against each other, and publishers against a gc.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../edge/harness/until.ts";
import { Publisher } from "./harness/publisher.ts";
import { listing } from "./harness/s3.ts";
import { Tap } from "./harness/tap.ts";
import { load, pointer, Viewer } from "./harness/viewer.ts";
import { ADMIN, BUCKET, Weed } from "./harness/weed.ts";

/** How many publish at once. */
const CROWD = 8;

let weed: Weed;
let tap: Tap;
let maria: Publisher;

before(async () => {
  weed = await Weed.start("races");
  tap = await Tap.start(weed.url);
  maria = new Publisher("maria-races", ADMIN);
});
after(async () => {
  tap?.end();
  await weed?.end();
});

const target = (prefix: string, url = weed.url) => ["--target", `s3://${BUCKET}/${prefix}?endpoint=${url}`];
const pointerOf = (prefix: string) => `${weed.url}/${BUCKET}/${prefix}/events/main/current.json`;

test(`${CROWD} publishers at once: one wins each revision, the others are refused with who was faster`, async (t) => {
  const viewer = new Viewer(pointerOf("crowd"));
  let waiting = Array.from({ length: CROWD }, (_, index) => maria.sheet(100 + index));
  let rounds = 0;
  let refusals = 0;
  while (waiting.length > 0) {
    rounds += 1;
    const before = (await pointer(pointerOf("crowd")))?.rev ?? 0;
    const runs = await Promise.all(
      waiting.map((sheet) => maria.json("cues", "publish", sheet, "--yes", ...target("crowd"))),
    );
    const won = runs.filter(({ code }) => code === 0);
    const revs = won.map((run) => run["rev"] as number).sort((one, other) => one - other);
    assert.deepEqual(revs, revs.map((_, index) => before + 1 + index), "each revision has one winner, and none is skipped");
    assert.ok(won.length > 0, JSON.stringify(runs));
    for (const refused of runs.filter(({ code }) => code !== 0)) {
      assert.deepEqual([refused.code, refused.error!.code], [5, "stale"], JSON.stringify(refused));
      assert.match(refused.error!.message, /last change: rundown [0-9a-f]{12} by maria-races at 20\d\d-/);
      refusals += 1;
    }
    waiting = waiting.filter((_, index) => runs[index]!.code !== 0);
  }
  await viewer.leave();
  const verified = await maria.done("cues", "verify", ...target("crowd"));
  assert.deepEqual([verified["intact"], verified["revisions"], verified["rundowns"]], [true, CROWD, CROWD]);
  t.diagnostic(`${rounds} rounds, ${refusals} refusals, ${viewer.looks} looks of a viewer`);
});

test("--if-rev refuses what was decided on old news", async () => {
  await maria.done("cues", "publish", maria.sheet(1), "--yes", ...target("if-rev"));
  const late = await maria.json("cues", "publish", maria.sheet(2), "--yes", "--if-rev", "7", ...target("if-rev"));
  assert.deepEqual([late.code, late.error!.code], [5, "stale"]);
  await maria.done("cues", "publish", maria.sheet(2), "--yes", "--if-rev", "1", ...target("if-rev"));
});

/** Three revisions; for a clock that is 40 days ahead, the rundowns of the first two are garbage. */
async function littered(prefix: string): Promise<string[]> {
  const rundowns: string[] = [];
  for (const second of [1, 2, 3]) {
    rundowns.push((await maria.done("cues", "publish", maria.sheet(second), "--yes", ...target(prefix)))["rundown"]);
  }
  tap.reset();
  tap.alter = (_, headers, body) => {
    const date = headers.get("date");
    if (date !== null) headers.set("date", new Date(Date.parse(date) + 40 * 86_400_000).toUTCString());
    return body;
  };
  return rundowns;
}

const gc = (prefix: string) =>
  maria.json("cues", "gc", "--keep", "1", "--older-than", "30d", "--yes", ...target(prefix, tap.url));

/** A promise that resolves when it is released. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

test("a rundown published while a gc is about to delete it exists in the end", async (t) => {
  const [first] = await littered("held");
  const deletion = gate();
  const reached = gate();
  const publishing = await Tap.start(weed.url);
  t.after(() => {
    deletion.open();
    publishing.end();
  });
  tap.decide = async ({ method, path }) => {
    if (method === "DELETE" && path.includes(`/rundowns/${first}`)) {
      reached.open();
      await deletion.opened;
    }
    return "pass" as const;
  };
  const collecting = gc("held");
  await reached.opened;
  // The gc has marked it and checked its age; now somebody publishes it.
  let waits = 0;
  publishing.heard = (line) => void (line.startsWith("HEAD") && line.includes("/condemned/") && (waits += 1));
  const viewer = new Viewer(pointerOf("held"));
  const published = maria.json("cues", "publish", maria.sheet(1), "--yes", ...target("held", publishing.url));
  await until(async () => waits, (waits) => waits >= 2, "the publisher to wait for the gc");
  assert.equal((await pointer(pointerOf("held")))!.rev, 3, "the pointer never names what is about to be deleted");
  deletion.open();
  assert.equal((await collecting).code, 0);
  assert.deepEqual([(await published).code, (await published)["rev"]], [0, 4]);
  await viewer.leave();
  const seen = await pointer(pointerOf("held"));
  assert.equal(seen!.rundown, first);
  await load(pointerOf("held"), seen!);
});

test("a gc spares what was published again since it checked", async (t) => {
  const [first] = await littered("spared");
  const condemning = gate();
  const reached = gate();
  t.after(() => condemning.open());
  tap.decide = async ({ path }) => {
    if (path.includes(`/condemned/${first}`)) {
      reached.open();
      await condemning.opened;
    }
    return "pass" as const;
  };
  const collecting = gc("spared");
  await reached.opened;
  // The store's times have a resolution of one second.
  const second = () => Math.floor(Date.now() / 1_000);
  const looked = second();
  await until(async () => second(), (now) => now > looked + 1, "the store's clock to go on");
  const viewer = new Viewer(pointerOf("spared"));
  await maria.done("cues", "publish", maria.sheet(1), "--yes", ...target("spared"));
  condemning.open();
  const collected = await collecting;
  assert.deepEqual([collected.code, collected["spared"], collected["deleted"].length], [0, [first], 1]);
  await viewer.leave();
  await load(pointerOf("spared"), (await pointer(pointerOf("spared")))!);
  const left = await listing(weed.url, BUCKET, "spared/condemned/", ADMIN);
  assert.deepEqual(left, []);
});

test("a sentence that a gc left behind refuses a publication in plain words, and the next gc takes it away", async () => {
  const [first] = await littered("sentence");
  tap.decide = ({ method, path }) => (method === "DELETE" && path.includes("/rundowns/") ? "stop" : "pass");
  const { child, ended } = maria.start("cues", "gc", "--keep", "1", "--older-than", "30d", "--yes", ...target("sentence", tap.url));
  tap.stopped = () => void child.kill("SIGKILL");
  assert.equal((await ended).exit, null);
  const condemned = (await listing(weed.url, BUCKET, "sentence/condemned/", ADMIN))[0]!;
  const sheet = condemned.includes(first!) ? maria.sheet(1) : maria.sheet(2);
  const refused = await maria.json("cues", "publish", sheet, "--yes", ...target("sentence"));
  assert.deepEqual([refused.code, refused.error!.code], [5, "condemned"], JSON.stringify(refused));
  assert.match(refused.error!.hint!, /cues gc/);
  assert.equal((await pointer(pointerOf("sentence")))!.rev, 3);
  const alter = tap.alter;
  tap.reset();
  tap.alter = alter;
  assert.equal((await gc("sentence")).code, 0);
  await maria.done("cues", "publish", sheet, "--yes", ...target("sentence"));
});
