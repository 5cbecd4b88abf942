// Our clock beside those of others, on the same networks and devices, in virtual time. See README.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measure, type Measured, recovery } from "./measures.ts";
import { PACKAGES, within } from "./packages.ts";
import { Page } from "./page.ts";
import { print, type Report } from "./report.ts";
import { type Clock, RULES, sparse } from "./rules.ts";
import { type Draw, drawn, NAP, OURS, type Shown, type Viewer } from "./viewers.ts";

const NETWORKS = ["lan", "wifi", "mobile", "segment-downloads", "long-bufferbloat", "asymmetric"];
const SEEDS = [1, 2, 3];
const SECONDS = 1_800;
/** The error within which a clock has recovered from sleep, in ms. */
const RECOVERED = 50;

const { values } = parseArgs({ options: { viewers: { type: "string", default: "48" }, json: { type: "boolean", default: false }, program: { type: "string" } } });
const viewers = Number(values.viewers);
if (!Number.isInteger(viewers) || viewers < 8) throw new Error("--viewers needs a number from 8 on");
const program = values.program!;

/** Returns whether the device is ±200 ppm off, which is more than crystals are and than our bound allows for; as in viewers.rs. */
const isBeyond = (index: number): boolean => index % 8 === 5 || index % 8 === 6;

/** Turns what was measured of each seed into what was measured of each clock. */
const byClock = (seeds: Measured[][]): Measured[][] => seeds[0]!.map((_, index) => seeds.map((one) => one[index]!));

/** What a clock of somebody else shows to a viewer. */
async function shown(clock: Clock, viewer: Viewer, sleeps: boolean, seed: number): Promise<Shown> {
  const page = new Page(viewer, sleeps);
  const [errors, bounds] = [new Float64Array(SECONDS), new Float64Array(SECONDS)];
  await within(page, seed, async () => {
    const running = clock.start(page);
    for (let second = 0; second < SECONDS; second++) {
      await page.pass(second * 1_000 + 500, clock.promises ?? false);
      const estimate = running.estimate();
      errors[second] = estimate ? (running.read?.() ?? page.now()) + estimate.offset - page.at : NaN;
      bounds[second] = estimate?.bound ?? NaN;
    }
  });
  return { requests: page.requests, errors, bounds };
}

/** Runs all clocks for all viewers of a draw. */
async function run(draw: Draw, clocks: Clock[]): Promise<{ clock: string; budget?: number; shown: Shown[] }[]> {
  const all = [
    ...OURS.map(({ clock, budget }) => ({ clock, ...budget, shown: [] as Shown[] })),
    ...clocks.map(({ name, budget }) => ({ clock: name, ...(budget === undefined ? {} : { budget }), shown: [] as Shown[] })),
  ];
  let number = 0;
  for await (const viewer of drawn(program, draw)) {
    number += 1;
    viewer.ours.forEach((ours, index) => all[index]!.shown.push(ours));
    for (const [index, clock] of clocks.entries()) {
      all[OURS.length + index]!.shown.push(await shown(clock, viewer, draw.device === "sleeps", draw.seed * 1_000_003 + number));
    }
  }
  return all;
}

const clocks = [...PACKAGES, ...RULES];
const own = clocks.filter(({ budget }) => budget === undefined);
const report: Report = { viewers, seeds: SEEDS, seconds: SECONDS, networks: [], sleep: [], sparse: [] };
for (const network of NETWORKS) {
  const seeds: Measured[][] = [], beyond: Measured[][] = [];
  for (const seed of SEEDS) {
    const all = await run({ network, device: "mixed", viewers, seed, seconds: SECONDS }, clocks);
    seeds.push(all.map(({ clock, budget, shown }) => measure(clock, budget, shown.filter((_, index) => !isBeyond(index)))));
    beyond.push(all.map(({ clock, budget, shown }) => measure(clock, budget, shown.filter((_, index) => isBeyond(index)))));
    console.error(`${network}, seed ${seed}: done`);
  }
  report.networks.push({ network, clocks: byClock(seeds), beyond: byClock(beyond) });
}
for (const { clock, budget, shown } of await run({ network: "wifi", device: "sleeps", viewers, seed: 1, seconds: SECONDS }, own)) {
  if (budget !== undefined) continue;
  const took = shown.map((one) => recovery(one, (NAP.at + NAP.ms) / 1_000, RECOVERED)).toSorted((a, b) => a - b);
  const requests = shown.reduce((sum, one) => sum + one.requests, 0) / viewers;
  report.sleep.push({ clock, requests, median: took[took.length >> 1]!, max: took.at(-1)! });
}
for (const network of NETWORKS) {
  const all = await run({ network, device: "50", viewers, seed: 1, seconds: SECONDS }, [sparse, ...own.filter(({ name }) => name.startsWith("server-date"))]);
  const measured = all.map(({ clock, budget, shown }) => measure(clock, budget, shown));
  report.sparse.push({ network, clocks: measured.filter(({ budget, covered }) => covered !== undefined && (budget ?? 0) <= 6) });
}

const json = JSON.stringify(report, null, 1);
mkdirSync("target/bench", { recursive: true });
writeFileSync("target/bench/clock.json", `${json}\n`);
if (values.json) console.log(json);
else print(report);
