// The command line is killed before, at and after every single write; then it is run again and has to finish. All the
// while a viewer looks, and has to find every rundown that a pointer names.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Publisher, type Ran } from "./harness/publisher.ts";
import { listing } from "./harness/s3.ts";
import { type Alter, type Fate, Tap } from "./harness/tap.ts";
import { load, pointer, Viewer } from "./harness/viewer.ts";
import { ADMIN, BUCKET, Weed } from "./harness/weed.ts";

/** Far more writes than any command makes. */
const WRITES_MAX = 30;

let weed: Weed;
let tap: Tap;
let carl: Publisher;
let kills = 0;

before(async () => {
  weed = await Weed.start("kill");
  tap = await Tap.start(weed.url);
  carl = new Publisher("carl-kill", ADMIN);
});
after(async () => {
  tap?.end();
  await weed?.end();
});

/** A separate prefix in the bucket. */
class Place {
  readonly prefix: string;
  readonly pointer: string;

  constructor(prefix: string) {
    this.prefix = prefix;
    this.pointer = `${weed.url}/${BUCKET}/${prefix}/events/main/current.json`;
  }

  get direct(): string[] {
    return ["--target", `s3://${BUCKET}/${this.prefix}?endpoint=${weed.url}`];
  }

  get tapped(): string[] {
    return ["--target", `s3://${BUCKET}/${this.prefix}?endpoint=${tap.url}`];
  }

  /** The public URL for the command line: through the tap too. */
  get seen(): string[] {
    return ["--public-url", `${tap.url}/${BUCKET}/${this.prefix}`];
  }
}

interface Story {
  /** What exists beforehand. */
  given(place: Place): Promise<void>;
  /** The command that is interrupted, and run again. */
  args(place: Place): string[];
  /** What the tap does to answers in the meantime. */
  alter?: Alter;
  /** What must be true in the end. */
  then(place: Place): Promise<void>;
}

/** Runs the command, and kills it as `fate` says at its `number`th write. */
async function killed(args: string[], number: number, fate: Fate): Promise<Ran> {
  const { child, ended } = carl.start(...args);
  tap.decide = (write) => (write.number === number ? fate : "pass");
  tap.stopped = () => void child.kill("SIGKILL");
  return ended;
}

async function intact({ direct }: Place, revisions: number): Promise<void> {
  const found = await carl.done("cues", "verify", ...direct);
  assert.deepEqual([found["intact"], found["unfinished"], found["revisions"]], [true, null, revisions]);
}

/** Runs a scenario once for every write and every way to be killed there; returns how often it was killed. */
async function interrupt(name: string, story: Story): Promise<number> {
  let count = 0;
  for (const fate of ["stop", "lose", "end"] as const) {
    for (let number = 1; ; number += 1) {
      assert.ok(number < WRITES_MAX, "it writes without end");
      const here = new Place(`${name}-${fate}-${number}`);
      const args = [...story.args(here), ...here.tapped];
      tap.reset();
      await story.given(here);
      tap.reset();
      const viewer = new Viewer(here.pointer);
      if (story.alter) tap.alter = story.alter;
      const first = await killed(args, number, fate);
      if (first.exit === null) count += 1;
      else assert.equal(first.exit, 0, first.stdout + first.stderr);
      const untouched = tap.writes.length < number;
      // After the answer to its last write a gc has nothing to wait for: it may be done before it is killed.
      assert.ok(untouched ? first.exit === 0 : first.exit === null || fate === "end", "killed at the intended write");
      tap.reset();
      if (story.alter) tap.alter = story.alter;
      const again = await carl.run(...args);
      assert.equal(again.exit, 0, `${fate} at write ${number}: ${again.stdout}${again.stderr}`);
      await viewer.leave();
      assert.ok(viewer.looks > 0);
      await story.then(here);
      if (untouched) break;
    }
  }
  kills += count;
  return count;
}

const publish = (second: number) => ["cues", "publish", carl.sheet(second), "--yes"];

/** Publishes undisturbed; returns the rundown. */
async function published({ direct }: Place, second: number): Promise<string> {
  return (await carl.done(...publish(second), ...direct))["rundown"];
}

async function shows(here: Place, rundown: string, rev: number): Promise<void> {
  const seen = await pointer(here.pointer);
  assert.deepEqual([seen?.rundown, seen?.rev], [rundown, rev]);
  await load(here.pointer, seen!);
  await intact(here, rev);
}

test("the first publication survives a kill at every write", async (t) => {
  let rundown = "";
  const count = await interrupt("first", {
    given: async () => void (rundown = (await carl.done("cues", "compile", carl.sheet(1), "--out", "1.json"))["rundown"]),
    args: (here) => [...publish(1), ...here.seen],
    then: (here) => shows(here, rundown, 1),
  });
  t.diagnostic(`killed ${count} times`);
  assert.ok(count >= 9, `killed ${count} times`);
});

test("the second publication survives a kill at every write", async (t) => {
  let rundown = "";
  const count = await interrupt("second", {
    given: async (here) => {
      await published(here, 1);
      rundown = (await carl.done("cues", "compile", carl.sheet(2), "--out", "2.json"))["rundown"];
    },
    args: (here) => [...publish(2), ...here.seen],
    then: (here) => shows(here, rundown, 2),
  });
  t.diagnostic(`killed ${count} times`);
  assert.ok(count >= 9, `killed ${count} times`);
});

test("a publication over an unfinished one finishes both, killed at every write", async (t) => {
  let rundown = "";
  const count = await interrupt("over", {
    given: async (here) => {
      // The pointer is moved, the history lacks it.
      const { child, ended } = carl.start(...publish(1), ...here.tapped);
      tap.decide = ({ path }) => (path.includes("/history/") ? "stop" : "pass");
      tap.stopped = () => void child.kill("SIGKILL");
      assert.equal((await ended).exit, null);
      rundown = (await carl.done("cues", "compile", carl.sheet(2), "--out", "2.json"))["rundown"];
    },
    args: (here) => [...publish(2), ...here.seen],
    then: (here) => shows(here, rundown, 2),
  });
  t.diagnostic(`killed ${count} times`);
  assert.ok(count >= 12, `killed ${count} times`);
});

test("a rollback survives a kill at every write", async (t) => {
  const first = (await carl.done("cues", "compile", carl.sheet(1), "--out", "1.json"))["rundown"];
  const count = await interrupt("rollback", {
    given: async (here) => {
      await published(here, 1);
      await published(here, 2);
    },
    args: (here) => ["cues", "rollback", "--to", first.slice(0, 12), "--yes", ...here.seen],
    then: (here) => shows(here, first, 3),
  });
  t.diagnostic(`killed ${count} times`);
  assert.ok(count >= 9, `killed ${count} times`);
});

test("a gc survives a kill at every write, and deletes only what nothing needs", async (t) => {
  const count = await interrupt("gc", {
    given: async (here) => {
      for (const second of [1, 2, 3]) await published(here, second);
    },
    alter: aged,
    args: () => ["cues", "gc", "--keep", "1", "--older-than", "30d", "--yes"],
    then: async (here) => {
      const objects = await listing(weed.url, BUCKET, `${here.prefix}/`, ADMIN);
      assert.equal(objects.filter((line) => line.includes("/rundowns/")).length, 1, objects.join("\n"));
      assert.equal(objects.filter((line) => line.includes("/condemned/")).length, 0, objects.join("\n"));
      const seen = await pointer(here.pointer);
      assert.equal(seen?.rev, 3);
      await load(here.pointer, seen!);
      // The age is that of this server: to it, all of it is young. What was deleted is therefore missed.
      const found = await carl.json("cues", "verify", ...here.direct);
      assert.deepEqual([found.code, found["faults"].length], [4, 2]);
    },
  });
  t.diagnostic(`killed ${count} times`);
  assert.ok(count >= 17, `killed ${count} times`);
});

/** Sets the store's clock 40 days ahead, as the command line sees it: everything there is old. */
function aged(_: unknown, headers: Headers, body: Buffer): Buffer {
  const ahead = 40 * 86_400_000;
  const date = headers.get("date");
  if (date !== null) headers.set("date", new Date(Date.parse(date) + ahead).toUTCString());
  return body;
}

test("an answer that is lost at any write is settled by reading back, without another run", async (t) => {
  let cuts = 0;
  for (const fate of ["cut", "break"] as const) {
    for (let number = 1; ; number += 1) {
      const here = new Place(`lost-${fate}-${number}`);
      tap.reset();
      await published(here, 1);
      const viewer = new Viewer(here.pointer);
      tap.decide = (write) => (write.number === number ? fate : "pass");
      const run = await carl.json(...publish(2), ...here.tapped);
      assert.equal(run.code, 0, `${fate} at write ${number}: ${JSON.stringify(run)}`);
      const untouched = tap.writes.length < number;
      tap.reset();
      await viewer.leave();
      await shows(here, run["rundown"], 2);
      if (untouched) break;
      cuts += 1;
    }
  }
  t.diagnostic(`${cuts} answers lost`);
  assert.ok(cuts >= 6, `${cuts} answers lost`);
});

test("in sum", (t) => {
  t.diagnostic(`killed ${kills} times; each time the next run finished, and no viewer saw a pointer to a wrong rundown`);
  assert.ok(kills >= 56, `killed ${kills} times`);
});
