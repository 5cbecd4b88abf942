// What a client does with a timeline: all there is to it.

import type { Segment } from "./wire.ts";

/** Returns the position at `instant`, both in ms. */
export function positionAt(timeline: Segment[], instant: number): number {
  const segment = timeline.findLast(({ from }) => from <= instant) ?? timeline[0]!;
  return Math.floor(segment.position + (instant - segment.from) * segment.rate);
}

/** Returns the first instant at which the event is at `position` or later; undefined if it never is. */
export function instantOf(timeline: Segment[], position: number): number | undefined {
  for (const [index, { from, position: here, rate }] of timeline.entries()) {
    const instant = here >= position ? from : rate > 0 ? Math.ceil(from + (position - here) / rate) : Infinity;
    if (instant < (timeline[index + 1]?.from ?? Infinity)) return instant;
  }
  return undefined;
}
