// What pages say and are told about media.

/** How media follows the event. */
export interface MediaOptions {
  /** The position of the event at which the media begins, in ms. Default: 0. */
  begins?: number;
  /** Whether to correct drift by seeking only, for players that stutter at other rates. Default: in Safari. */
  seeksOnly?: boolean;
  /**
   * Whether the media begins again when it has come to its end, for as long as the event goes on; or the length of a loop in ms, if
   * that is shorter than the media. Default: `false`.
   */
  loop?: boolean | number;
}

/**
 * How media is doing.
 *
 * `loading`: nothing is known of it or of the event yet. `playing`: with the event. `held`: it stands with the event, or before its
 * own beginning. `ended`: the event is past its end. `paused`: a person paused it; it stays so until they play it, or until `rejoin()`.
 * `hidden`: the browser paused it because the page is hidden; it goes on by itself. `blocked`: the browser refuses to play it before a
 * gesture; it plays at the next one. `stalled`: it has waited for data for over a second. `unseekable`: it is elsewhere than the
 * event and cannot be taken there, as where a server knows no byte ranges. `live`: a live stream, of which only the drift is
 * told. `failed`: it cannot be played. `released`: it was taken off the page and is followed no longer. `missing`:
 * `downbeat-media.js` could not be loaded; it is tried again.
 */
export type MediaState =
  | "loading" | "playing" | "held" | "ended" | "paused" | "hidden" | "blocked" | "stalled" | "unseekable" | "live" | "failed"
  | "released" | "missing";

/** What `on("media")` is called with. */
export interface MediaChange {
  /** What was passed to `bindMedia`. */
  media: HTMLMediaElement | MediaPlayer;
  state: MediaState;
  /** How far it is ahead of the event, in ms; undefined while that is not known. */
  drift: number | undefined;
}

/** Media that follows the event. */
export interface MediaBinding {
  /** How far it is ahead of the event, in ms; undefined while that is not known. */
  readonly drift: number | undefined;
  readonly state: MediaState;
  /** Ends a person's pause: the media plays where the event is. */
  rejoin(): void;
  /** Stops following. The media is left as it is, at normal speed. */
  release(): void;
}

/** A player other than an element, as `bindMedia` drives it. What is optional may be left out where a player does not know. */
export interface MediaPlayer {
  /** Where it is, in s from the media's beginning; not a number while it has no media. */
  readonly currentTime: number;
  /** How long the media is, in s. */
  readonly duration?: number;
  readonly paused: boolean;
  /** Whether it seeks or waits for data. */
  readonly buffering: boolean;
  /** How fast it plays: 1 is normal. */
  rate: number;
  readonly ended?: boolean;
  readonly muted?: boolean;
  /** Whether it is a live stream, which is never sought or paced. */
  readonly live?: boolean;
  /** Whether it cannot be played. */
  readonly failed?: boolean;
  /** Plays. A promise that is rejected with a `NotAllowedError` says that the browser refuses before a gesture. */
  play(): void | Promise<void>;
  pause(): void;
  seek(seconds: number): void;
  /** Calls `changed` whenever one of these values changes but for the time that passes. Returns a function that stops this. */
  watch(changed: () => void): () => void;
}
