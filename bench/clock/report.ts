// What run.ts prints, as Markdown.
import type { Measured } from "./measures.ts";

export interface Report {
  viewers: number;
  seeds: number[];
  seconds: number;
  /** For each network and clock what was measured, one of each seed; `beyond` of devices that are ±200 ppm off. */
  networks: { network: string; clocks: Measured[][]; beyond: Measured[][] }[];
  /** Seconds after a sleep of 60 s until the error is within 50 ms. */
  sleep: { clock: string; requests: number; median: number; max: number }[];
  /** Clocks 50 ppm off that are asked every 5 minutes or never again: their bounds. */
  sparse: { network: string; clocks: Measured[] }[];
}

const number = (value: number, digits = 1): string => (Number.isFinite(value) ? value.toFixed(digits) : "–");
const mean = (values: number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

function row(seeds: Measured[]): string {
  const of = (value: (one: Measured) => number): string => number(mean(seeds.map(value)));
  const p99 = seeds.map((one) => one.p99);
  const covered = seeds.every((one) => one.covered !== undefined);
  return [
    seeds[0]!.clock, number(mean(seeds.map((one) => one.requests)), 0), of((one) => one.p50), of((one) => one.p95),
    `${number(mean(p99))} (${number(Math.min(...p99))}–${number(Math.max(...p99))})`, number(Math.max(...seeds.map((one) => one.max)), 0),
    of((one) => one.at3), number(Math.max(...seeds.map((one) => one.step)), 0), of((one) => one.spread),
    covered ? `${number(100 * Math.min(...seeds.map((one) => one.covered!)), 2)} %` : "–",
    covered ? of((one) => one.bound!) : "–",
  ].join(" | ");
}

/** Ours beside the best of others that asked no more often, the best of all, and the median of eight on as many requests. */
function summary(networks: Report["networks"]): void {
  const average = (seeds: Measured[], value: (one: Measured) => number): number => mean(seeds.map(value));
  const isOurs = ([one]: Measured[]): boolean => one!.clock.startsWith("ours");
  console.log("\n### p99 of the error, in ms, and requests in 30 minutes\n");
  console.log("| network | ours | pairs p99 | best of others with as many requests | ours / that | median of 8, as many | best of all others |");
  console.log("| --- | --- | ---: | --- | ---: | --- | --- |");
  const cell = (seeds: Measured[]): string => `${seeds[0]!.clock}: ${number(average(seeds, (one) => one.p99))} (${number(average(seeds, (one) => one.requests), 0)})`;
  for (const { network, clocks } of networks) {
    const others = clocks.filter((seeds) => !isOurs(seeds)).toSorted((a, b) => average(a, (one) => one.p99) - average(b, (one) => one.p99));
    for (const ours of clocks.filter((seeds) => isOurs(seeds))) {
      const [p99, requests] = [average(ours, (one) => one.p99), average(ours, (one) => one.requests)];
      // A series that is being sent at the end may be a few requests more.
      const fair = others.filter((seeds) => average(seeds, (one) => one.requests) <= requests * 1.1);
      const best = fair[0]!, median = fair.find(([one]) => one!.clock === "median of 8")!;
      const name = ours[0]!.budget === undefined ? ours[0]!.clock : "ours, evenly";
      const ratio = number(p99 / average(best, (one) => one.p99), 2);
      const pairs = number(average(ours, (one) => one.spread));
      console.log(`| ${network} | ${name}: ${number(p99)} (${number(requests, 0)}) | ${pairs} | ${cell(best)} | ${ratio} | ${cell(median)} | ${cell(others[0]!)} |`);
    }
  }
}

export function print({ viewers, seeds, seconds, networks, sleep, sparse }: Report): void {
  console.log(`${viewers} viewers of each network and seed, seeds ${seeds.join(", ")}, ${seconds / 60} minutes each; times in ms, from 15 s on`);
  summary(networks);
  for (const { network, clocks } of networks) {
    for (const fixed of [false, true]) {
      console.log(`\n### ${network}, ${fixed ? "equal numbers of requests" : "each on its own schedule"}\n`);
      console.log("| clock | requests | p50 | p95 | p99 (of seeds) | max | p95 at 3 s | largest step | pairs p99 | within bound | bound |");
      console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
      const shown = clocks.filter(([one]) => (one!.budget !== undefined) === fixed);
      for (const one of shown.toSorted(([a], [b]) => (a!.budget ?? 0) - (b!.budget ?? 0))) console.log(`| ${row(one)} |`);
    }
  }
  console.log("\n### After 60 s of sleep, on wifi: seconds until the error is within 50 ms\n");
  console.log("| clock | requests | median | last viewer |\n| --- | ---: | ---: | ---: |");
  for (const one of sleep) console.log(`| ${one.clock} | ${number(one.requests, 0)} | ${number(one.median)} | ${number(one.max)} |`);
  console.log("\n### Devices that are ±200 ppm off, each clock on its own schedule\n");
  console.log("| network | clock | requests | p50 | p99 | within bound |\n| --- | --- | ---: | ---: | ---: | ---: |");
  for (const { network, beyond } of networks) {
    for (const seeds of beyond.filter(([one]) => one!.budget === undefined)) {
      const of = (value: (one: Measured) => number): string => number(mean(seeds.map(value)));
      const covered = seeds.every((one) => one.covered !== undefined) ? `${of((one) => 100 * one.covered!)} %` : "–";
      console.log(`| ${network} | ${seeds[0]!.clock} | ${of((one) => one.requests)} | ${of((one) => one.p50)} | ${of((one) => one.p99)} | ${covered} |`);
    }
  }
  console.log("\n### Bounds on a device whose clock is 50 ppm off\n");
  console.log("| network | clock | requests | within bound | mean bound | p99 of the error |\n| --- | --- | ---: | ---: | ---: | ---: |");
  for (const { network, clocks } of sparse) {
    for (const one of clocks) {
      console.log(`| ${network} | ${one.clock} | ${number(one.requests, 0)} | ${number(100 * one.covered!, 2)} % | ${number(one.bound!)} | ${number(one.p99)} |`);
    }
  }
}
