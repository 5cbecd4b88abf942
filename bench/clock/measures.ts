// What is measured of a clock: from what many viewers saw, once a second.
import type { Shown } from "./viewers.ts";

/** From when errors count, in seconds: a page that has just loaded is measured for itself. */
const FROM = 15;

export interface Measured {
  clock: string;
  budget?: number;
  /** Requests of a viewer in the whole time, on average. */
  requests: number;
  /** Absolute errors from 15 s on, in ms. */
  p50: number;
  p95: number;
  p99: number;
  max: number;
  /** The 95th percentile of the error 3 s after the page loaded; viewers whose clock shows nothing yet count as infinitely wrong. */
  at3: number;
  /** The largest change of the error from one second to the next. */
  step: number;
  /** The share of readings that were within the bound that the clock published, and the mean bound. */
  covered?: number;
  bound?: number;
  /** How far apart two viewers are at the same instant: the 99th percentile over all pairs. */
  spread: number;
}

/** Returns a quantile, 0 to 1, of numbers that are sorted. */
export const quantile = (sorted: ArrayLike<number>, q: number): number => sorted[Math.floor((sorted.length - 1) * q)] ?? NaN;

const sorted = (numbers: Iterable<number>): Float64Array => Float64Array.from(numbers).sort();
const number = (error: number | undefined): number => (error === undefined || Number.isNaN(error) ? Infinity : error);

export function measure(clock: string, budget: number | undefined, viewers: Shown[]): Measured {
  const errors: number[] = [];
  let step = 0, within = 0, bounded = 0, bounds = 0;
  for (const { errors: all, bounds: widths } of viewers) {
    for (let second = FROM; second < all.length; second++) {
      const error = number(all[second]);
      errors.push(Math.abs(error));
      const change = Math.abs(error - number(all[second - 1]));
      if (change > step) step = change;
      const width = widths[second]!;
      if (Number.isNaN(width)) continue;
      bounded += 1;
      bounds += width;
      // A clock in whole milliseconds may be off by one more than it can say.
      if (Math.abs(error) <= width + 1e-6) within += 1;
    }
  }
  const ranked = sorted(errors);
  return {
    clock,
    ...(budget === undefined ? {} : { budget }),
    requests: viewers.reduce((sum, { requests }) => sum + requests, 0) / viewers.length,
    p50: quantile(ranked, 0.5), p95: quantile(ranked, 0.95), p99: quantile(ranked, 0.99), max: quantile(ranked, 1),
    at3: quantile(sorted(viewers.map(({ errors: all }) => Math.abs(number(all[3])))), 0.95),
    step,
    ...(bounded > 0 ? { covered: within / bounded, bound: bounds / bounded } : {}),
    spread: spread(viewers),
  };
}

/** Pairs at one instant in twenty seconds. */
function spread(viewers: Shown[]): number {
  const apart: number[] = [];
  const length = viewers[0]?.errors.length ?? 0;
  for (let second = FROM; second < length; second += 20) {
    for (let i = 0; i < viewers.length; i++) {
      for (let j = 0; j < i; j++) apart.push(Math.abs(number(viewers[i]!.errors[second]) - number(viewers[j]!.errors[second])));
    }
  }
  return quantile(sorted(apart), 0.99);
}

/** Returns the seconds after `woke` from which the error of a viewer is within `most` ms for ten seconds; infinite if never. */
export function recovery({ errors }: Shown, woke: number, most: number): number {
  for (let second = woke; second + 10 <= errors.length; second++) {
    if (errors.subarray(second, second + 10).every((error) => Math.abs(error) <= most)) return second - woke + 0.5;
  }
  return Infinity;
}
