// The rundown as it is published, and as core takes it: a row of numbers for each cue.

import type { Locale, Position, Span } from "./wire.ts";

/** A compiled sheet. */
export type Rundown = {
  format: "downbeat.rundown/1";
  /** The id of the sheet. */
  id: string;
  /** What it is called. */
  title: string;
  /** How long the event is, in ms, if the sheet says. */
  duration?: Span;
  /** The tracks, by name. */
  tracks: Record<string, Track>;
  /** The cues, by time. */
  cues: Cue[];
};

/** A lane on which cues lie. */
export type Track = {
  /** Only one of its states may be active at a time. */
  exclusive?: true;
  /** Which track wins where two say something about the same thing: the higher. */
  priority?: number;
};

/** One thing that happens at one time. */
export type Cue = {
  /** Unique in its rundown, and the same cue in another. */
  id: string;
  /** When it begins: ms from the event's beginning. */
  time: Position;
  /** When it ends, if it does. */
  end?: Position;
  /** What is to be done. */
  action: string;
  /** `state`: it lasts. `moment`: it is over at once. */
  kind: "state" | "moment";
  /** The track it lies on. */
  track?: string;
  /** What the action is done with. */
  params?: Record<string, unknown>;
  /** What happens when it is late. */
  late?: "skip" | "resume" | "latest" | { within: Span };
  /** The width over which viewers spread it, in ms. */
  jitter?: Span;
  /** What to fetch beforehand. */
  preload?: { assets: string[]; lead: Span; spread: Span; bytes?: number };
  /**
   * How wrong the clock may be at most, in ms either way; and whether it is left out otherwise (`withhold`) or comes
   * all the same (not `certain`).
   */
  needs?: { bound: Span; otherwise: "skip" | "fire" };
  /** What viewers are told, per locale. */
  message?: Record<Locale, string>;
};

/** A rundown as core takes it: `columns.rs` says what stands where. */
export interface Columns {
  /** How many cues there are. */
  count: number;
  /** Three numbers for each cue, and behind all of them five more for those that have more. */
  numbers: Float64Array;
  /** A line for each cue. */
  ids: string;
}

const LATE = { skip: 1, resume: 2, latest: 4 };

/**
 * Returns a rundown's columns. `former` is the rundown so far: states that say the same in both go on. Few rundowns have
 * a cue that can be the latest of its lane; those are gone through once more, with `lanes`.
 */
export function columns(rundown: Rundown, former?: Rundown, lanes?: Map<string, number>): Columns {
  const { cues } = rundown;
  const numbers = new Float64Array(cues.length * 8);
  const before = new Map(former?.cues.map((cue) => [cue.id, cue]));
  let more = cues.length * 3;
  let hasLatest = false;
  // A function of its own soon runs as fast as it can, which the body of a loop does not: most pages do this once.
  cues.forEach((cue, index) => {
    const { late, jitter, preload, needs } = cue;
    let word = cue.kind === "state" ? 1 : 0;
    if (former && says(cue) === says(before.get(cue.id))) word += 2;
    if (late !== undefined) word += (typeof late === "string" ? LATE[late] : 3) * 8;
    if (late === "latest") hasLatest = true;
    if (lanes) {
      const lane = cue.track === undefined ? `action ${cue.action}` : `track ${cue.track}`;
      if (!lanes.has(lane)) lanes.set(lane, lanes.size);
      word += lanes.get(lane)! * 64;
    }
    if (late !== undefined || jitter !== undefined || preload !== undefined || needs !== undefined) {
      word += 4;
      numbers[more++] = typeof late === "object" ? late.within : NaN;
      numbers[more++] = jitter ?? NaN;
      numbers[more++] = preload?.lead ?? NaN;
      numbers[more++] = preload?.spread ?? NaN;
      numbers[more++] = needs ? (needs.otherwise === "fire" ? -needs.bound : needs.bound) : NaN;
    }
    const at = index * 3;
    numbers[at] = cue.time;
    numbers[at + 1] = cue.end ?? NaN;
    numbers[at + 2] = word;
  });
  if (hasLatest && !lanes) return columns(rundown, former, new Map());
  return { count: cues.length, numbers: numbers.subarray(0, more), ids: cues.map((cue) => cue.id).join("\n") };
}

/** What a state says, whenever it is. */
function says(cue?: Cue): string | undefined {
  return cue && JSON.stringify([cue.action, cue.track, cue.params, cue.message]);
}
