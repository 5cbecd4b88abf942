// What the stage display says, as a pure function of where the event stands.

import type { Status } from "downbeat-client";
import { clock, countdown } from "../shared/format.ts";

/** Where the event stands; times in ms. */
export interface Standing {
  /** Undefined before the first answer. */
  status: Status | undefined;
  position: number | undefined;
  /** How fast the position moves. */
  rate: number;
  /** How long the event is meant to last, where that is known. */
  duration: number | undefined;
}

/** What is shown, and in which colours. */
export interface Face {
  /** What the figure counts. */
  word: string;
  figure: string;
  /** What stands smaller beneath it. */
  beside: string;
  /** `calm`; `soon` and `last` towards the start and the end; `over` time; `held`; `still` where nothing runs. */
  tone: "calm" | "soon" | "last" | "over" | "held" | "still";
}

/** From how long before the start or the end the colour says so, in ms: what speakers' timers do. */
const SOON = 5 * 60_000;
const LAST = 60_000;

/** Returns what the display says. */
export function face({ status, position, rate, duration }: Standing): Face {
  if (status === undefined || position === undefined) return { word: "connecting", figure: "–:––", beside: "", tone: "still" };
  if (status === "ended") return { word: "the event is over", figure: clock(position), beside: "", tone: "still" };
  const of = duration === undefined ? "" : ` of ${clock(duration)}`;
  if (status === "paused") {
    return { word: "HELD", figure: clock(position), beside: position < 0 ? "before the start" : `at this position${of}`, tone: "held" };
  }
  // What is left is told in real time: at twice the speed it is over in half of it.
  const pace = rate || 1;
  const speed = rate === 1 ? "" : `, at ${rate} × speed`;
  if (position < 0) {
    const left = -position / pace;
    return { word: "starts in", figure: countdown(left), beside: speed.slice(2), tone: tone(left) };
  }
  const elapsed = `${clock(position)}${of}${speed}`;
  if (duration === undefined) return { word: "running", figure: clock(position), beside: speed.slice(2), tone: "calm" };
  const left = (duration - position) / pace;
  if (left > 0) return { word: "left", figure: countdown(left), beside: elapsed, tone: tone(left) };
  return { word: "over time", figure: `+${clock(-left)}`, beside: elapsed, tone: "over" };
}

function tone(left: number): Face["tone"] {
  return left <= LAST ? "last" : left <= SOON ? "soon" : "calm";
}
