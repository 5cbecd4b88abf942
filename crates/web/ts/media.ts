// A media element that follows the event: this reads it, and core decides what to do.

import { now } from "./clock.ts";
import { MediaAction } from "./codes.ts";
import type { Viewer } from "./core.ts";
import type { MediaOptions } from "./events.ts";

/** The element's events after which it is read again. */
const EVENTS = ["loadedmetadata", "canplay", "playing", "play", "pause", "waiting", "seeking", "seeked", "ratechange"];

/** A media element that follows the event. */
export class Media {
  readonly element: HTMLMediaElement;
  readonly #viewer: Viewer;
  readonly #id: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: HTMLMediaElement, viewer: Viewer, options: MediaOptions) {
    this.element = element;
    this.#viewer = viewer;
    this.#id = viewer.bind_media(options.begins ?? 0, options.seeksOnly ?? isSafari());
    for (const name of EVENTS) element.addEventListener(name, this.read);
    this.read();
  }

  /** Reads the element and does what core decides. */
  readonly read = (): void => {
    const { element } = this;
    clearTimeout(this.#timer);
    // Nothing is known before the metadata, whose arrival is one of the events.
    if (element.readyState === 0) return;
    const { paused, seeking, ended, duration } = element;
    const busy = seeking || (!paused && !ended && element.readyState < HTMLMediaElement.HAVE_FUTURE_DATA);
    const at = now();
    const action = this.#viewer.handle_media(
      ...[this.#id, element.currentTime, duration, element.playbackRate] as const,
      ...[paused || ended, busy, Number.isFinite(duration), at] as const,
    );
    if (action !== MediaAction.Nothing) this.#do(action, this.#viewer.value(0), this.#viewer.value(1));
    const wait = this.#viewer.next_read_in(this.#id, at);
    if (!Number.isNaN(wait)) this.#timer = setTimeout(this.read, wait);
  };

  /** Returns how far the element is ahead of the event, in ms; undefined while that is not known. */
  get drift(): number | undefined {
    const drift = this.#viewer.media_drift(this.#id);
    return Number.isNaN(drift) ? undefined : drift;
  }

  release(): void {
    clearTimeout(this.#timer);
    for (const name of EVENTS) this.element.removeEventListener(name, this.read);
    this.element.playbackRate = 1;
    this.#viewer.release_media(this.#id);
  }

  #do(action: MediaAction, to: number, rate: number): void {
    const { element } = this;
    if (action === MediaAction.Pause) element.pause();
    if (!Number.isNaN(to)) element.currentTime = to;
    if (!Number.isNaN(rate)) element.playbackRate = rate;
    // Browsers refuse sound before a gesture; core asks again later.
    if (action === MediaAction.Play) element.play().catch(() => {});
  }
}

function isSafari(): boolean {
  return /^((?!chrome|chromium|android).)*safari/i.test(navigator.userAgent);
}
