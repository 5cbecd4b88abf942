// What a page is told, and by which words.

import type { Cue } from "./rundown.ts";
import type { Locale, Severity, StateBody, TimeBody } from "./wire.ts";

/** A cue's turn. */
export interface CueTurn {
  /**
   * `fire`: do the moment; it comes once. `enter`, `adjust`, `leave`: begin a state, go on with it from elsewhere, end
   * it. `standby`: its assets are being fetched. `withhold`: its time has come, but the clock is less certain than it
   * needs.
   */
  turn: "standby" | "fire" | "enter" | "adjust" | "leave" | "withhold";
  cue: Cue;
  /** What the cue tells viewers, in their language, if it tells them anything. */
  message: Text | null;
  /** Where in the cue to begin, in ms. */
  into: number;
  /** How fast a state goes on from there: 1 is normal, 0 stands. */
  rate: number;
  /** How late it is, in ms. */
  lateness: number;
  /** How wrong the instant may be, in ms either way. */
  bound: number;
  /** Whether that is as certain as the cue needs. */
  certain: boolean;
}

/** A text in the viewer's language, or in the nearest that there is. */
export interface Text {
  text: string;
  /** The language it is in, as an element's `lang` takes it. */
  locale: Locale;
}

/** What viewers are told by the operator. */
export interface Message extends Text {
  severity: Severity;
}

/** How the viewer is connected. */
export interface Connection {
  /**
   * `acquiring`: time or state are not known yet. `live`: a socket is open and answers, so changes come at once.
   * `polling`: changes are learnt by asking, some seconds late. `holdover`: the server does not answer; the event goes
   * on as last heard, and the bound grows.
   */
  state: "acquiring" | "live" | "polling" | "holdover";
  /**
   * Why: `none` while `live`; `first-answer`: nothing has come yet; `state-unknown`: the server tells the time, but not
   * the state at the moment; `no-push`: the first socket is not open yet, or the server has none; `push-lost`: the
   * socket was lost, and another is tried; otherwise what became of the last question.
   */
  why:
    | "none"
    | "first-answer"
    | "state-unknown"
    | "no-push"
    | "push-lost"
    | "timeout"
    | "unreachable"
    | "unknown-event"
    | "no-answer";
}

/** How a media element follows. */
export interface MediaOptions {
  /** The position of the event to which the media's beginning belongs, in ms. 0 if not given. */
  begins?: number;
  /** Correct by seeking alone, for players that stutter at other rates. If not given: in Safari. */
  seeksOnly?: boolean;
}

/** What became of the clock with an answer. */
export interface ClockChange {
  /** `slewed`: no jerk. `stepped`: it was wrong by more than a quarter of a second. `reset`: a clock jumped. */
  change: "slewed" | "stepped" | "reset";
  /** How wrong it may be now, in ms either way. */
  bound: number;
}

/** The status of the event. */
export type Status = "scheduled" | "running" | "paused" | "ended";

/** What `on` tells, by name. */
export interface Events {
  cue: CueTurn;
  /** The state as last heard. A short one, without `messages`, is followed by the whole. */
  state: TimeBody | StateBody;
  status: Status;
  message: Message | null;
  connection: Connection;
  clock: ClockChange;
}

/** In the order of `Word` in `effect.rs`. */
export const STATUSES: readonly Status[] = ["scheduled", "running", "paused", "ended"];
export const CONNECTIONS: readonly Connection["state"][] = ["acquiring", "live", "polling", "holdover"];
/** In the order of `Why`. */
export const REASONS: readonly Connection["why"][] = [
  ...(["none", "first-answer", "state-unknown", "no-push", "push-lost"] as const),
  ...(["timeout", "unreachable", "unknown-event", "no-answer"] as const),
];
export const CHANGES: readonly ClockChange["change"][] = ["slewed", "stepped", "reset"];
