// A `<video>` or `<audio>` as a player.

import { now } from "../clock.ts";
import type { MediaPlayer } from "../media-types.ts";
import { Traits } from "./core.ts";

/** The element's events after which it is read again. */
const EVENTS = [
  ...["loadedmetadata", "durationchange", "canplay", "playing", "play", "pause", "ended", "waiting", "seeking", "seeked", "ratechange"],
  ...["volumechange", "emptied", "error"],
];

/** A player whose media may have to be loaded, and which may be taken off its page. */
export class ElementPlayer implements MediaPlayer {
  readonly #element: HTMLMediaElement;
  #wasAttached = false;
  #waitsForFrame = false;

  constructor(element: HTMLMediaElement) {
    this.#element = element;
  }

  get currentTime(): number { return this.#element.currentTime; }
  get duration(): number { return this.#element.duration; }
  get paused(): boolean { return this.#element.paused; }
  get rate(): number { return this.#element.playbackRate; }
  set rate(rate: number) { this.#element.playbackRate = rate; }

  get buffering(): boolean { return this.#element.seeking; }

  /** How far it can be sought, in s; not a number if it cannot. */
  get seekable(): number {
    const element = this.#element;
    // Before there are metadata the answer is known, and WebKitGTK, if asked then, takes the length to be 0 for ever.
    if (element.readyState === HTMLMediaElement.HAVE_NOTHING) return NaN;
    const { seekable } = element;
    return seekable.length ? seekable.end(seekable.length - 1) : NaN;
  }

  get traits(): number {
    const element = this.#element;
    const { readyState, networkState, isConnected } = element;
    this.#wasAttached ||= isConnected;
    const hasSource = networkState === HTMLMediaElement.NETWORK_IDLE || networkState === HTMLMediaElement.NETWORK_LOADING;
    return (element.ended ? Traits.Ended | Traits.Paused : 0)
      | (readyState > 0 ? Traits.Ready : 0)
      | (!element.paused && !element.ended && readyState < HTMLMediaElement.HAVE_FUTURE_DATA ? Traits.Starved : 0)
      | (hasSource ? Traits.Loadable : 0)
      | (element.error ? Traits.Failed : 0)
      | (element.muted || element.volume === 0 ? Traits.Muted : 0)
      | (this.#wasAttached && !isConnected ? Traits.Detached : 0)
      | (element.srcObject instanceof MediaStream ? Traits.Stream : 0);
  }

  /** Calls `shown` with the next frame of a video: where it is in the media, in s, and in how many ms it is on the screen. */
  nextFrame(shown: (frame: number, shownIn: number) => void): void {
    const video = this.#element as Partial<HTMLVideoElement>;
    if (this.#waitsForFrame || !video.requestVideoFrameCallback) return;
    this.#waitsForFrame = true;
    video.requestVideoFrameCallback((_, { mediaTime, expectedDisplayTime }) => {
      this.#waitsForFrame = false;
      shown(mediaTime, expectedDisplayTime - now());
    });
  }

  load(): void { this.#element.preload = "auto"; }

  /** Has the element go back to its beginning at its end. Returns a function that puts it as it was. */
  loop(): () => void {
    const before = this.#element.loop;
    this.#element.loop = true;
    return () => { this.#element.loop = before; };
  }

  play(): Promise<void> { return this.#element.play(); }
  pause(): void { this.#element.pause(); }
  seek(seconds: number): void { this.#element.currentTime = seconds; }

  watch(changed: (event: Event) => void): () => void {
    for (const name of EVENTS) this.#element.addEventListener(name, changed);
    return () => { for (const name of EVENTS) this.#element.removeEventListener(name, changed); };
  }
}
