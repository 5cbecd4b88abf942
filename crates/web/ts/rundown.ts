// The rundown as it is published, and its encoding for core: a row of numbers for each cue.

import type { Locale, Position, Span } from "./wire.ts";

/** A compiled sheet. */
export type Rundown = {
  format: "downbeat.rundown/1";
  /** The id of the sheet. */
  id: string;
  /** Its title. */
  title: string;
  /** How long the event lasts, in ms, if the sheet says. */
  duration?: Span;
  /** The tracks, by name. */
  tracks: Record<string, Track>;
  /** The cues, by time. */
  cues: Cue[];
};

/** A track that cues are on. */
export type Track = {
  /** Only one of its states may be active at a time. */
  exclusive?: true;
  /** Of two tracks that affect the same thing, the one with the higher number wins. */
  priority?: number;
};

/** Something that happens at a time. */
export type Cue = {
  /** Unique in its rundown; in another rundown it means the same cue. */
  id: string;
  /** When it begins, in ms from the event's beginning. */
  time: Position;
  /** When it ends, if it has an end. */
  end?: Position;
  /** What to do. */
  action: string;
  /** `state`: it lasts. `moment`: it happens once. */
  kind: "state" | "moment";
  /** The track it is on. */
  track?: string;
  /** The action's parameters. */
  params?: Record<string, unknown>;
  /** What to do when it is late. */
  late?: "skip" | "resume" | "latest" | { within: Span };
  /** The time over which viewers spread it, in ms. */
  jitter?: Span;
  /** Which assets to fetch beforehand. */
  preload?: { assets: string[]; lead: Span; spread: Span; bytes?: number };
  /**
   * How wrong the clock may be, in ms either way; and whether the cue is skipped otherwise (turn `withhold`) or fires
   * anyway (with `certain` false).
   */
  needs?: { bound: Span; otherwise: "skip" | "fire" };
  /** The text for viewers, per locale. */
  message?: Record<Locale, string>;
};

/** A rundown as core reads it; `src/columns.rs` documents the layout. */
export interface Columns {
  /** The number of cues. */
  count: number;
  /** Three numbers for each cue; after all of these, five more for each cue that needs them. */
  numbers: Float64Array;
  /** The ids, one per line. */
  ids: string;
}

const LATE = { skip: 1, resume: 2, latest: 4 };

/**
 * Returns a rundown's columns. `previous` is the rundown it replaces: states that are equal in both continue. Lanes matter
 * only for cues that are `latest`; the few rundowns that have some are encoded a second time, with `lanes`.
 */
export function columns(rundown: Rundown, previous?: Rundown, lanes?: Map<string, number>): Columns {
  const { cues } = rundown;
  const numbers = new Float64Array(cues.length * 8);
  const before = new Map(previous?.cues.map((cue) => [cue.id, cue]));
  let more = cues.length * 3;
  let hasLatest = false;
  // `forEach`, as browsers optimise a function sooner than the body of a loop, and most pages run this once.
  cues.forEach((cue, index) => {
    const { late, jitter, preload, needs } = cue;
    let word = cue.kind === "state" ? 1 : 0;
    if (previous && content(cue) === content(before.get(cue.id))) word += 2;
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
  if (hasLatest && !lanes) return columns(rundown, previous, new Map());
  return { count: cues.length, numbers: numbers.subarray(0, more), ids: cues.map((cue) => cue.id).join("\n") };
}

/** Returns what a state does, whenever it is. */
function content(cue?: Cue): string | undefined {
  return cue && JSON.stringify([cue.action, cue.track, cue.params, cue.message]);
}
