// Where an event stands at an instant, for showing it. The worker decides; this reads its timeline as it does.

import type { StateBody, StatusWord } from "downbeat-client";
import { clock } from "../shared/format.ts";

export interface Standing {
  status: StatusWord;
  /** In ms from the beginning; negative before it. */
  position: number;
  /** 0 is held. */
  rate: number;
}

/** What it takes of a state. */
export type Timed = Pick<StateBody, "timeline" | "startsAt" | "endedAt">;

/** The words of the trade for what the wire calls otherwise. */
export const STATUS_WORDS: Record<StatusWord, string> = {
  scheduled: "SCHEDULED",
  running: "RUNNING",
  paused: "HELD",
  ended: "ENDED",
  unknown: "UNKNOWN",
};

/** Returns where the event of `state` stands at `at`, in ms since 1970, if nobody changes it until then. */
export function standing({ timeline, startsAt, endedAt }: Timed, at: number): Standing {
  const segment = timeline.findLast(({ from }) => from <= at) ?? { from: startsAt, position: 0, rate: 1 };
  const { rate } = segment;
  const position = segment.position + (at - segment.from) * rate;
  const moves = position < 0 ? "scheduled" : "running";
  return { position, rate, status: endedAt !== null && endedAt <= at ? "ended" : rate === 0 ? "paused" : moves };
}

/** Returns the position that the event had at a past instant; nothing where its timeline has forgotten that. */
export function positionThen(state: Timed, at: number): number | undefined {
  const [first] = state.timeline;
  const isWhole = first === undefined || first.from === state.startsAt;
  return isWhole || first.from <= at ? standing(state, at).position : undefined;
}

/** Returns whether the event moves, at `at` or by a change that is on its way. */
export function willMove({ timeline, endedAt }: Timed, at: number): boolean {
  if (endedAt !== null && endedAt <= at) return false;
  const ahead = timeline.filter(({ from }) => from > at && from !== endedAt);
  return (timeline.findLast(({ from }) => from <= at)?.rate ?? 1) !== 0 || ahead.some(({ rate }) => rate !== 0);
}

/** Returns whether the event is held, at `at` or by a change that is on its way. */
export function willHold({ timeline, endedAt }: Timed, at: number): boolean {
  if (endedAt !== null && endedAt <= at) return false;
  return timeline.some(({ from, rate }, index) => {
    const isOver = (timeline[index + 1]?.from ?? Infinity) <= at;
    return rate === 0 && !isOver && from !== endedAt;
  });
}

/** Writes where an event stands: `HELD at 3:20`. */
export function told({ status, position }: Standing): string {
  return status === "running" || status === "scheduled"
    ? `${STATUS_WORDS[status]} ${clock(position)}`
    : `${STATUS_WORDS[status]} at ${clock(position)}`;
}
