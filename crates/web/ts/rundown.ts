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

/** A rundown as `Viewer.rundown` takes it. */
export interface Columns {
  /** Eleven numbers for each cue; `columns.rs` names them. */
  rows: Float64Array;
  ids: string;
  contents: string;
}

const LATE = { skip: 1, resume: 2, latest: 4 };

/** Gives a rundown's columns. */
export function columns({ cues }: Rundown): Columns {
  const rows = new Float64Array(cues.length * 11);
  const lanes = new Map<string, number>();
  const lane = (name: string) => lanes.get(name) ?? (lanes.set(name, lanes.size), lanes.size - 1);
  cues.forEach((cue, index) => {
    const { late, needs, preload } = cue;
    const word = late === undefined ? 0 : typeof late === "string" ? LATE[late] : 3;
    rows.set([
      ...[cue.time, cue.end ?? NaN, cue.kind === "state" ? 1 : 0],
      ...[word, typeof late === "object" ? late.within : NaN],
      lane(cue.track === undefined ? `action ${cue.action}` : `track ${cue.track}`),
      ...[cue.jitter ?? 0, preload?.lead ?? NaN, preload?.spread ?? 0],
      ...[needs?.bound ?? NaN, needs?.otherwise === "fire" ? 1 : 0],
    ], index * 11);
  });
  const content = (cue: Cue) =>
    cue.kind === "state" ? JSON.stringify([cue.action, cue.track, cue.params, cue.message]) : "";
  return { rows, ids: cues.map((cue) => cue.id).join("\n"), contents: cues.map(content).join("\n") };
}
