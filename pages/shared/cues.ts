// Finding the next cues.

import type { Cue, Rundown } from "downbeat-client";

/** Returns up to `count` cues of `rundown` that come after `position`, the next one first. */
export function nextCues(rundown: Rundown | undefined, position: number, count: number): Cue[] {
  const cues = rundown?.cues ?? [];
  // A binary search: a day's show has thousands of cues, and this is called every second.
  let [low, high] = [0, cues.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cues[middle]!.time <= position) low = middle + 1;
    else high = middle;
  }
  return cues.slice(low, low + count);
}
