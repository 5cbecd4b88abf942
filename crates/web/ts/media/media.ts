// A player that follows the event: this reads it, and core decides what to do.

import { now } from "../clock.ts";
import type { MediaChange, MediaOptions, MediaPlayer, MediaState } from "../media-types.ts";
import type { StateBody, TimeBody } from "../wire.ts";
import { type Core, createCore, MediaAction, STATES, Traits } from "./core.ts";
import { ElementPlayer } from "./element.ts";

/** What media needs of the client. */
export interface Host {
  readonly event: {
    readonly state: TimeBody | StateBody | undefined;
    now(): number | undefined;
    on(name: "state" | "status" | "clock", listener: () => void): () => void;
  };
  /** How much media plays ahead of the event, in ms. */
  nudge: number;
  emit(change: MediaChange): void;
  /** Until when media is left alone, by the page's clock, in ms. */
  restUntil?(): number;
}

/** What the page fires at a gesture, in which browsers allow sound. */
const GESTURES = ["click", "touchend", "keydown"];

/** Makes `media` follow the event. `wasPlaying` is whether it played when it was bound. */
export async function follow(
  media: HTMLMediaElement | MediaPlayer,
  options: MediaOptions,
  host: Host,
  wasPlaying: boolean,
): Promise<Follower> {
  const core = await createCore();
  const { begins = 0, seeksOnly = isSafari(), loop = false } = options;
  core.begin(begins, seeksOnly, loop === true ? Infinity : loop || NaN, wasPlaying);
  return new Follower(media, core, loop === true, host);
}

/** Media that follows the event. */
export class Follower {
  readonly #media: HTMLMediaElement | MediaPlayer;
  readonly #player: MediaPlayer;
  readonly #element: ElementPlayer | undefined;
  readonly #core: Core;
  readonly #host: Host;
  readonly #ends: (() => void)[];
  #endGestures: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timeline: TimeBody | StateBody | undefined;
  #nudge = 0;
  #state: MediaState = "loading";

  constructor(media: HTMLMediaElement | MediaPlayer, core: Core, loops: boolean, host: Host) {
    [this.#media, this.#core, this.#host] = [media, core, host];
    this.#element = media instanceof HTMLMediaElement ? new ElementPlayer(media) : undefined;
    this.#player = this.#element ?? (media as MediaPlayer);
    const endLoop = loops ? this.#element?.loop() : undefined;
    const { event } = host;
    this.#ends = [
      this.#player.watch(this.read),
      listen(document, ["visibilitychange"], this.read),
      ...(["state", "status", "clock"] as const).map((name) => event.on(name, () => this.read())),
      ...(endLoop ? [endLoop] : []),
    ];
  }

  get state(): MediaState { return this.#state; }

  get drift(): number | undefined {
    const drift = this.#core.drift();
    return Number.isNaN(drift) ? undefined : drift;
  }

  /** Reads the player and does what core decides. */
  readonly read = (event?: Event): void => {
    clearTimeout(this.#timer);
    const rest = (this.#host.restUntil?.() ?? 0) - now();
    if (rest > 0) return void (this.#timer = setTimeout(this.read, rest));
    const core = this.#core;
    const { currentTime, duration = NaN, rate } = this.#player;
    const server = this.#follow();
    const at = now();
    const seekable = this.#element?.seekable ?? Infinity;
    const action = core.handle_reading(this.#traits(event), currentTime, duration, seekable, rate, server ?? 0, at);
    this.#tell();
    if (action !== MediaAction.Nothing) this.#do(action, core.seek(), core.rate());
    if (this.#state === "released") return this.release();
    // One frame for each reading is enough to learn from.
    if (!this.#player.paused) this.#element?.nextFrame(this.#learn);
    const wait = core.next_read_in(at);
    if (!Number.isNaN(wait)) this.#timer = setTimeout(this.read, wait);
  };

  /** Tells core which frame is shown, unless the element stands or goes elsewhere just now. */
  readonly #learn = (frame: number, shownIn: number): void => {
    const { paused, buffering, currentTime, rate } = this.#player;
    if (!paused && !buffering) this.#core.handle_frame(frame, currentTime, shownIn, rate);
  };

  /** Ends a person's pause. Called within a gesture, it plays within it. */
  rejoin(): void {
    this.#core.rejoin();
    this.read();
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#ends.splice(0).forEach((end) => end());
    this.#endGestures?.();
    if (this.#player.rate !== 1) this.#player.rate = 1;
  }

  /** Passes the timeline on once the time is known, and the nudge. Returns the server's time. */
  #follow(): number | undefined {
    const { event, nudge } = this.#host;
    const server = event.now();
    if (nudge !== this.#nudge) this.#core.set_nudge((this.#nudge = nudge));
    const { state } = event;
    if (server !== undefined && state && state !== this.#timeline && state.timeline.length) {
      this.#timeline = state;
      this.#core.write(new Float64Array(state.timeline.flatMap(({ from, position, rate }) => [from, position, rate])));
      this.#core.set_timeline("startsAt" in state ? state.startsAt : NaN, state.endedAt ?? NaN);
    }
    return server;
  }

  #traits(event: Event | undefined): number {
    const player = this.#player;
    const own = this.#element?.traits
      ?? (Number.isNaN(player.currentTime) ? 0 : Traits.Ready)
        | (player.ended ? Traits.Ended | Traits.Paused : 0)
        | (player.muted ? Traits.Muted : 0)
        | (player.live ? Traits.Stream : 0)
        | (player.failed ? Traits.Failed : 0);
    return own
      | (player.paused ? Traits.Paused : 0)
      | (player.buffering ? Traits.Busy : 0)
      | (document.hidden ? Traits.Hidden : 0)
      | (navigator.userActivation?.hasBeenActive === false ? 0 : Traits.Touched)
      | (event?.type === "pause" ? Traits.WasPaused : 0);
  }

  #do(action: MediaAction, to: number, rate: number): void {
    const player = this.#player;
    if (action === MediaAction.Load) this.#element?.load();
    if (action === MediaAction.Pause) player.pause();
    if (!Number.isNaN(to)) player.seek(to);
    if (!Number.isNaN(rate)) player.rate = rate;
    if (action !== MediaAction.Play) return;
    Promise.resolve(player.play()).catch(({ name }) => {
      // Others say that the play was interrupted or the media is broken, which its state says too.
      if (name !== "NotAllowedError") return;
      this.#core.handle_refusal();
      this.#tell();
    });
  }

  /** Tells the page what has changed, and waits for a gesture where that is what is missing. */
  #tell(): void {
    const state = STATES[this.#core.state()]!;
    if (state === this.#state) return;
    this.#state = state;
    this.#endGestures?.();
    this.#endGestures = state === "blocked" ? listen(document, GESTURES, () => this.rejoin()) : undefined;
    this.#host.emit({ media: this.#media, state, drift: this.drift });
  }
}

/** Listens to events. Returns a function that stops this. */
function listen(target: EventTarget, names: readonly string[], listener: (event: Event) => void): () => void {
  for (const name of names) target.addEventListener(name, listener, true);
  return () => { for (const name of names) target.removeEventListener(name, listener, true); };
}

function isSafari(): boolean {
  return /^((?!chrome|chromium|android).)*safari/i.test(navigator.userAgent);
}
