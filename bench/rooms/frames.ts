// Which frames several pages show at the same instants.

/** A frame on a page's screen. */
export interface Shown {
  /** Where it is in the media, in ms. */
  media: number;
  /** From when on it is shown, in ms by the machine's clock. */
  at: number;
  /** How many frames the page has shown by then. A gap says that the page was too busy to tell of some. */
  count: number;
}

/** A frame of the clip, in ms: it has 25 a second. */
export const FRAME = 40;

/** How far apart the instants are at which pages are compared, in ms. */
const STEP = 10;

/** How far apart pages were, in ms of the media, at each instant at which it is known of all; and at how many it is not. */
export interface Apart {
  spreads: number[];
  unknown: number;
}

/** Compares the pages from one instant to another. */
export function compare(pages: Shown[][], from: number, to: number): Apart {
  const apart: Apart = { spreads: [], unknown: 0 };
  for (let at = from; at < to; at += STEP) {
    const shown = pages.map((frames) => shownAt(frames, at));
    if (shown.includes(undefined)) apart.unknown++;
    else apart.spreads.push(Math.max(...(shown as number[])) - Math.min(...(shown as number[])));
  }
  return apart;
}

/** Returns where the frame is that is shown at an instant; undefined before the first, and where some were not told. */
export function shownAt(frames: Shown[], at: number): number | undefined {
  const next = frames.findIndex((frame) => frame.at > at);
  const index = (next < 0 ? frames.length : next) - 1;
  if (index < 0) return undefined;
  if (next >= 0 && frames[next]!.count > frames[index]!.count + 1) return undefined;
  return frames[index]!.media;
}

/** Returns the largest step between two frames that the time between them does not explain, in ms, from `from` on; and when. */
export function largestStep(frames: Shown[], from: number): { ms: number; at: number } {
  let largest = { ms: 0, at: from };
  for (let index = 1; index < frames.length; index++) {
    const [before, frame] = [frames[index - 1]!, frames[index]!];
    if (before.at < from) continue;
    const ms = Math.abs(frame.media - before.media - (frame.at - before.at));
    if (ms > largest.ms) largest = { ms, at: frame.at };
  }
  return largest;
}

/** Returns the `share` quantile, or not a number of nothing. */
export function quantile(numbers: number[], share: number): number {
  return numbers.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(numbers.length * share) - 1)] ?? NaN;
}
