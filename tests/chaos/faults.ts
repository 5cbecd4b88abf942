// What goes wrong, one fault at a time. Each lasts some seconds at most, and ends by itself.

import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { frame, upgrade } from "../attack/harness/raw.ts";
import type { Workerd } from "../attack/harness/workerd.ts";
import { type Publisher } from "../publish/harness/publisher.ts";
import { BUCKET, type Weed } from "../publish/harness/weed.ts";
import type { Cable } from "./cable.ts";
import type { Dice } from "./dice.ts";
import type { Model } from "./model.ts";
import { restart, setClock } from "./seams.ts";

/** Everything that faults happen to. */
export interface Place {
  runtime: Workerd;
  cable: Cable;
  weed: Weed;
  publisher: Publisher;
  model: Model;
  /** The mount point of the storage, if it is a small disk of its own. */
  disk: string | undefined;
  /** Whether the runtime is supposed to answer. */
  isUp: boolean;
  /** How often it was stopped. */
  stops: number;
}

export type Fault = (place: Place, dice: Dice) => Promise<void>;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A power failure while operators command, and the machine comes back. */
async function kill(place: Place, dice: Dice): Promise<void> {
  const commands = operators(place, dice);
  await wait(dice.below(300));
  [place.isUp, place.stops] = [false, place.stops + 1];
  await place.runtime.kill();
  await wait(dice.below(1_500));
  await place.runtime.restart();
  place.isUp = true;
  await commands;
}

/** Several operators at once, who do not know of each other. */
async function operators({ model }: Place, dice: Dice): Promise<void> {
  const words = `Message ${dice.below(1_000_000)}`;
  const commands = [
    { command: "announce", message: words }, { command: "clear" }, { command: "pause", message: words }, { command: "resume" },
    { command: "seek", position: dice.below(3_600_000) }, { command: "rate", rate: dice.pick([0.5, 1, 1.25]) }, { command: "undo" },
  ];
  await Promise.all(Array.from({ length: 2 + dice.below(5) }, () => model.send(dice.pick(commands))));
}

async function cut({ cable }: Place): Promise<void> {
  cable.cut();
}

async function slow({ cable }: Place, dice: Dice): Promise<void> {
  cable.delay = 50 + dice.below(400);
  await wait(2_000 + dice.below(2_000));
  cable.heal();
}

async function halfOpen({ cable }: Place, dice: Dice): Promise<void> {
  cable.silent = true;
  await wait(2_000 + dice.below(3_000));
  cable.heal();
}

/** The store stands still, and goes on. */
async function store({ weed }: Place, dice: Dice): Promise<void> {
  weed.freeze();
  await wait(1_000 + dice.below(3_000));
  weed.thaw();
}

/** Writes a version of a sheet that lasts an hour: a moment every second, and one that only this version has. */
export function sheet(publisher: Publisher, version: number): string {
  const path = `${publisher.directory}/sheet-${version}.json`;
  const moments = Array.from({ length: 3_600 }, (_, second) => ({ id: `at-${second}`, time: second, action: "flash" }));
  writeFileSync(path, JSON.stringify([...moments, { id: `version-${version}`, time: 3_600, action: "flash" }]));
  return path;
}

/** Somebody publishes, and is killed amid it; the event may or may not have been pointed at the new rundown. */
async function publish(place: Place, dice: Dice): Promise<void> {
  const { publisher, weed } = place;
  const version = sheet(publisher, 1 + dice.below(30));
  const store = ["--target", `s3://${BUCKET}/chaos?endpoint=${weed.url}`, "--public-url", `${weed.url}/${BUCKET}/chaos`];
  const target = dice.below(2) === 0 ? store : [];
  const { child, ended } = publisher.start("cues", "publish", version, "--yes", "--timeout", "5s", ...target);
  const last = setTimeout(() => child.kill("SIGKILL"), dice.below(2_500));
  await ended;
  clearTimeout(last);
}

/** Strangers come and go, and send what they like. */
async function strangers({ runtime }: Place, dice: Dice): Promise<void> {
  const until = Date.now() + 1_500 + dice.below(2_000);
  const noise = [frame(0x81, Buffer.from('{"type":"ack","rev":9,"appliedAt":1}')), frame(0x82, Buffer.alloc(2_000)), frame(0x81, Buffer.from("p"))];
  await Promise.all(Array.from({ length: 30 }, async (_, index) => {
    while (Date.now() < until) {
      const socket = await upgrade(runtime.port, "/v1/events/main/live");
      socket?.on("error", () => {}).resume();
      for (let count = 0; count < 40; count++) socket?.write(noise[index % noise.length]!);
      await wait(20);
      socket?.destroy();
    }
  }));
}

/** The platform restarts an object: the event's, or one of its first hubs. */
async function evict({ runtime }: Place, dice: Dice): Promise<void> {
  const hub = dice.below(5);
  await (hub === 4 ? restart(runtime, "EVENT", "main") : restart(runtime, "HUB", `main/${hub}`));
}

/** The clock of the events' machine is stepped, and stepped back. */
async function clock(place: Place, dice: Dice): Promise<void> {
  const { stops } = place;
  // A runtime that is down keeps its clock, and one that starts has a right one.
  const set = async (ahead: number) => {
    if (place.isUp && place.stops === stops) await setClock(place.runtime, "main", ahead).catch(() => {});
  };
  await set(dice.pick([-3_600_000, -5_000, 5_000, 90_000, 3_600_000]));
  await wait(1_000 + dice.below(3_000));
  await set(0);
}

/** The disk is full for a while. */
async function full({ disk }: Place, dice: Dice): Promise<void> {
  const stuffing = `${disk}/stuffing`;
  try {
    execFileSync("dd", ["if=/dev/zero", `of=${stuffing}`, "bs=64k"], { stdio: "ignore" });
  } catch {
    // It ends when nothing more fits.
  }
  await wait(1_500 + dice.below(2_000));
  rmSync(stuffing, { force: true });
}

/** The faults by name, each as often as it is to happen. */
export const FAULTS: Record<string, { fault: Fault; weight: number; needs?: "disk" }> = {
  kill: { fault: kill, weight: 3 },
  operators: { fault: operators, weight: 5 },
  cut: { fault: cut, weight: 2 },
  slow: { fault: slow, weight: 2 },
  "half-open": { fault: halfOpen, weight: 2 },
  store: { fault: store, weight: 1 },
  publish: { fault: publish, weight: 3 },
  strangers: { fault: strangers, weight: 2 },
  evict: { fault: evict, weight: 3 },
  clock: { fault: clock, weight: 2 },
  "disk full": { fault: full, weight: 1, needs: "disk" },
};
