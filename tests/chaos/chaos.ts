// Everything at once: the real runtime, a real S3 server, real viewers, operators, publishers and strangers, and faults at
// moments that a seed decides. `scripts/chaos` starts it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { Workerd } from "../attack/harness/workerd.ts";
import { begun, call } from "../edge/harness/calls.ts";
import { ROOT } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { Publisher } from "../publish/harness/publisher.ts";
import { ADMIN, Weed } from "../publish/harness/weed.ts";
import { Cable } from "./cable.ts";
import { Crowd, Revisions, Witness } from "./crowd.ts";
import { Dice } from "./dice.ts";
import { FAULTS, type Place, sheet } from "./faults.ts";
import { Model } from "./model.ts";
import { SEAMS } from "./seams.ts";

/** The part of a run in which nothing goes wrong any longer, in s: viewers wait up to 10 s before they join again. */
const CALM = 25;

/** How many viewers are watched frame by frame: half of them directly, half through the bad network. */
const WITNESSES = 16;

const { values: given } = parseArgs({
  options: { minutes: { type: "string", default: "1" }, seed: { type: "string", default: "1" }, viewers: { type: "string", default: "500" } },
});
const [seconds, seed, viewers] = [Math.round(Number(given.minutes) * 60), Number(given.seed), Number(given.viewers)];
const dice = new Dice(seed);
const figures = { faults: {} as Record<string, number>, pauses: [] as number[], asked: 0, slowest: 0, converged: 0, fired: 0 };

/** Mounts a small disk for the storage, if this may; runs of a minute do without. */
function smallDisk(): string | undefined {
  if (seconds < 180 || process.getuid?.() !== 0) return undefined;
  const disk = `${ROOT}/target/chaos/disk`;
  mkdirSync(disk, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  process.once("exit", () => execFileSync("umount", ["--lazy", disk], { stdio: "ignore" }));
  return disk;
}

/** Asks for the time again and again: whenever the runtime is up, it must be answered. */
async function askTime(place: Place, over: () => boolean): Promise<void> {
  while (!over()) {
    const [stops, asked] = [place.stops, performance.now()];
    const wasUp = place.isUp;
    const answer = await call<{ serverTime: number }>(place.runtime, "GET", "/time").catch((error: Error) => error);
    const isSame = wasUp && place.isUp && place.stops === stops;
    if (isSame) {
      assert.ok(!(answer instanceof Error), `/time was not answered: ${answer}`);
      assert.equal(answer.status, 200, answer.text);
      figures.asked++;
      figures.slowest = Math.max(figures.slowest, performance.now() - asked);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Pauses, and waits for all whose connection works all the while; then resumes. */
async function pause(place: Place, witnesses: Witness[]): Promise<void> {
  const connected = witnesses.filter((witness) => witness.isConnected).map((witness) => ({ witness, socket: witness.socket! }));
  const stops = place.stops;
  const asked = performance.now();
  const rev = await place.model.send({ command: "pause", message: "Please leave by the nearest exit" });
  if (rev !== undefined) {
    // A viewer whose socket is lost meanwhile has another way, which is checked at the end.
    const waiting = () => connected.filter(({ witness, socket }) => socket.closed === undefined && witness.rev < rev && place.stops === stops);
    await until(async () => waiting().length, (count) => count === 0, `revision ${rev} at every viewer whose socket is open`);
    if (place.stops === stops) figures.pauses.push(performance.now() - asked);
  }
  await place.model.send({ command: "resume" });
}

async function run(): Promise<void> {
  const disk = smallDisk();
  if (disk !== undefined) mkdirSync(`${disk}/state`, { recursive: true });
  const runtime = await Workerd.start("chaos", { before: SEAMS, ...(disk === undefined ? {} : { storage: `${disk}/state` }) });
  const weed = await Weed.start("chaos");
  const cable = await Cable.start(runtime.port);
  const event = await begun(runtime, "main", 100_000);
  const publisher = new Publisher("chaos", ADMIN);
  Object.assign(publisher.environment, { DOWNBEAT_SERVER: runtime.url, DOWNBEAT_EVENT: "main", DOWNBEAT_TOKEN: TOKENS.all });
  // To the worker, from which the crowd loads rundowns.
  await publisher.done("cues", "publish", sheet(publisher, 0), "--yes");
  const place: Place = { runtime, cable, weed, publisher, model: new Model(event), disk, isUp: true, stops: 0 };
  const revisions = new Revisions();
  const direct = Array.from({ length: WITNESSES / 2 }, () => new Witness(runtime, "main", revisions));
  const witnesses = [...direct, ...Array.from({ length: WITNESSES / 2 }, () => new Witness(cable, "main", revisions))];
  const crowd = new Crowd(cable, "main", viewers, seconds);
  let over = false;
  const time = askTime(place, () => over);
  // A failure ends the run at once, not only when it is awaited.
  time.catch(() => {});

  const names = Object.entries(FAULTS).flatMap(([name, { weight, needs }]) =>
    needs === "disk" && disk === undefined ? [] : Array<string>(weight).fill(name));
  const end = performance.now() + (seconds - CALM) * 1_000;
  const lasting: Promise<void>[] = [];
  while (performance.now() < end) {
    const name = dice.pick(names);
    figures.faults[name] = (figures.faults[name] ?? 0) + 1;
    const fault = FAULTS[name]!.fault(place, dice);
    // Two faults may meet, but the runtime is not killed twice at a time.
    if (name === "kill" || dice.below(2) === 0) await fault;
    else lasting.push(fault);
    if (dice.below(3) === 0) await pause(place, direct);
    await new Promise((resolve) => setTimeout(resolve, 200 + dice.below(600)));
  }
  await Promise.all(lasting);
  cable.heal();

  const calm = performance.now();
  const last = await place.model.send({ command: "announce", message: "calm" }, 20);
  assert.ok(last !== undefined, "the event takes commands when all is well again");
  const rev = await place.model.check();
  await until(async () => witnesses.filter((witness) => witness.rev < rev).length, (behind) => behind === 0, `revision ${rev} at every viewer`);
  figures.converged = performance.now() - calm;
  assert.ok(witnesses.every((witness) => !witness.wentBack), "nobody went back to an older revision");
  assert.deepEqual([...revisions.torn], [], "each revision is one state, for everybody and also after a kill");
  await checkPointers(place);
  over = true;
  await time;
  const { behind, wentBack, cues } = await crowd.finish();
  assert.deepEqual({ behind, wentBack, twice: cues.twice }, { behind: 0, wentBack: 0, twice: 0 },
    "every viewer has the newest revision, none went back, and none fired a cue twice");
  figures.fired = cues.fired;
  await Promise.all(witnesses.map((witness) => witness.end()));
  cable.end();
  await weed.end();
  await runtime.kill();
}

/** Checks that the event and the store name rundowns that are there. */
async function checkPointers({ runtime, weed }: Place): Promise<void> {
  const pointer = await call<{ rundown: string | null; url: string | null }>(runtime, "GET", "/v1/events/main/rundown.json");
  assert.equal(pointer.status, 200, pointer.text);
  if (pointer.body.url !== null) assert.equal((await call(runtime, "GET", pointer.body.url)).status, 200, pointer.text);
  const bucket = `${weed.url}/shows/chaos`;
  const published = await fetch(`${bucket}/events/main/current.json`);
  if (published.status === 404) return;
  const { rundown } = (await published.json()) as { rundown: string };
  assert.equal((await fetch(`${bucket}/rundowns/${rundown}.json`)).status, 200, `the store names ${rundown}, which is not there`);
}

try {
  rmSync(`${ROOT}/target/chaos/report.json`, { force: true });
  await run();
  const sorted = figures.pauses.toSorted((a, b) => a - b).map(Math.round);
  const faults = Object.entries(figures.faults).map(([name, count]) => `${name} ${count}`).join(", ");
  console.log(`seed ${seed}, ${seconds} s, ${viewers} viewers: nothing lost, nothing applied twice, all on the newest revision; ${figures.fired} cues fired, none twice`);
  console.log(`faults: ${faults}`);
  console.log(`a pause was heard by all whose socket stayed open, ${sorted.length} times: median ${sorted[sorted.length >> 1]} ms, slowest ${sorted.at(-1)} ms`);
  console.log(`/time: ${figures.asked} times answered, the slowest after ${Math.round(figures.slowest)} ms; all on the newest revision ${Math.round(figures.converged)} ms after calm`);
  process.exit(0);
} catch (error) {
  console.error(error);
  console.error(`seed ${seed} failed after ${JSON.stringify(figures.faults)}; again: scripts/chaos --minutes ${given.minutes} --seed ${seed} --viewers ${viewers}`);
  process.exit(1);
}
