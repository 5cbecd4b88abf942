// What a page is told, and the names for it.

import type { MediaChange } from "./media-types.ts";
import type { Cue, Rundown } from "./rundown.ts";
import type { Locale, Severity, StateBody, TimeBody } from "./wire.ts";

/** A cue's turn. */
export interface CueTurn {
  /**
   * `fire`: do the moment; it comes once. `enter`, `adjust`, `leave`: begin a state, continue it from another place, end
   * it. `standby`: the cue's assets are being fetched. `withhold`: the cue is due, but the clock is less certain than it
   * needs.
   */
  turn: "standby" | "fire" | "enter" | "adjust" | "leave" | "withhold";
  cue: Cue;
  /** The cue's text for viewers, in their language, if it has one. */
  message: Text | null;
  /** How far into the cue to begin, in ms. */
  into: number;
  /** The rate at which a state continues from there: 1 is normal, 0 is held. */
  rate: number;
  /** How late the cue is, in ms. */
  lateness: number;
  /** How wrong the page's clock may be, in ms either way. */
  bound: number;
  /** Whether the clock is as certain as the cue needs. */
  certain: boolean;
}

/** A text in the viewer's language, or in the closest one available. */
export interface Text {
  text: string;
  /** The language it is in, for an element's `lang`. */
  locale: Locale;
}

/** The operator's message to viewers. */
export interface Message extends Text {
  severity: Severity;
}

/** How the viewer is connected. */
export interface Connection {
  /**
   * `acquiring`: time or state are not known yet. `live`: a socket is open and answers, so changes come at once.
   * `polling`: changes are found by polling, some seconds late. `holdover`: the server does not answer; the event plays
   * on from the last state received, and the bound grows. `unverified`: the server has never answered; the event plays on
   * from a state that was known before, by a clock that nothing proves, and cues that need a bound are withheld. `left`: it is over.
   */
  state: "acquiring" | "live" | "polling" | "holdover" | "unverified" | "left";
  /**
   * Why: `none` while `live` and nothing is missing; `first-answer`: no answer has come yet; `state-unknown`: the server answers with the time,
   * but does not have the state at the moment; `no-push`: the first socket is not open yet, or the server offers none;
   * `push-lost`: the socket was lost, and the client is opening another; `stale-time`: what answers for the time is a cache, or
   * contradicts what is known, so the event plays on by the last answer that proves something, and the bound grows; `no-rundown`:
   * the event's rundown could not be loaded, and is tried again. Both also while `live`. `disputed`: the server reports an older
   * revision, another epoch or no event, on the socket or otherwise, and the page goes on with what it knows until every channel
   * has said so for 10 s and the event's object has confirmed it. Otherwise how the last request failed.
   */
  why:
    | "none"
    | "first-answer"
    | "state-unknown"
    | "no-push"
    | "push-lost"
    | "disputed"
    | "timeout"
    | "unreachable"
    | "unknown-event"
    | "no-answer"
    | "stale-time"
    | "no-rundown"
    | "left";
}

/** How a listener is added. */
export interface ListenOptions {
  /** Whether to call it at once for what is known already. Default: `false`. */
  now?: boolean;
}

/** Whether this page has the event's rundown. */
export interface RundownChange {
  /** `loaded`: its cues are followed from now on. `missing`: it could not be loaded; it is tried again, past caches. */
  state: "loaded" | "missing";
  /** The rundown whose cues are followed: the former one while the new one is missing. */
  rundown: Rundown | undefined;
}

/** How an answer changed the page's clock. */
export interface ClockChange {
  /** `slewed`: gradually. `stepped`: at once, by more than 250 ms. `reset`: the device's clock had jumped. */
  change: "slewed" | "stepped" | "reset";
  /** How wrong the clock may be now, in ms either way. */
  bound: number;
}

/** The status of the event. */
export type Status = "scheduled" | "running" | "paused" | "ended";

/** What listeners are called with, by name. */
export interface Events {
  cue: CueTurn;
  /** The state as last received. A short one, without `messages`, is followed by the whole state. */
  state: TimeBody | StateBody;
  status: Status;
  message: Message | null;
  connection: Connection;
  clock: ClockChange;
  /** What has become of media that follows the event. */
  media: MediaChange;
  rundown: RundownChange;
}

/** The event at one instant. */
export interface Snapshot {
  status: Status;
  /** In ms from the event's beginning; negative before it. */
  position: number;
  /** How fast the position moves: 1 is normal, 0 is held. */
  rate: number;
}

/** Called with what happened, and how late the page learned of it, in ms. */
export type Listener<Name extends keyof Events> = (value: Events[Name], lateness: number) => void;

/** The names of {@link Events}. */
export const NAMES: readonly string[] = Object.keys(
  { cue: 1, state: 1, status: 1, message: 1, connection: 1, clock: 1, media: 1, rundown: 1 } satisfies Record<keyof Events, 1>,
).concat(ROOM ? ["member", "role", "wait", "refused", "signal"] : []);

/** In the order of `StatusCode` in `src/codes.rs`. */
export const STATUSES: readonly Status[] = ["scheduled", "running", "paused", "ended"];
/** In the order of `ConnectionCode`. */
export const CONNECTIONS: readonly Connection["state"][] = ["acquiring", "live", "polling", "holdover", "unverified"];
/** In the order of `Reason`. */
export const REASONS: readonly Connection["why"][] = [
  ...(["none", "first-answer", "state-unknown", "no-push", "push-lost", "disputed"] as const),
  ...(["timeout", "unreachable", "unknown-event", "no-answer", "stale-time", "no-rundown"] as const),
];
/** In the order that `EffectKind::Clock` documents. */
export const CHANGES: readonly ClockChange["change"][] = ["slewed", "stepped", "reset"];
