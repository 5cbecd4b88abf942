// A media element that follows the event: it is read, and core says what to do.

import type { Viewer } from "./core.ts";
import { now } from "./clock.ts";
import type { MediaOptions } from "./events.ts";
import { Act } from "./words.ts";

/** What happens to an element that is worth a look. */
const EVENTS = ["loadedmetadata", "canplay", "playing", "play", "pause", "waiting", "seeking", "seeked", "ratechange"];

/** A bound element. */
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

  /** Reads the element, and does what is to be done. */
  readonly read = (): void => {
    const { element } = this;
    clearTimeout(this.#timer);
    // Before the metadata nothing can be said; they announce themselves.
    if (element.readyState === 0) return;
    const { paused, seeking, ended, duration } = element;
    const busy = seeking || (!paused && !ended && element.readyState < HTMLMediaElement.HAVE_FUTURE_DATA);
    const at = now();
    const act = this.#viewer.read_media(
      ...[this.#id, element.currentTime, duration, element.playbackRate] as const,
      ...[paused || ended, busy, Number.isFinite(duration), at] as const,
    );
    if (act !== Act.Nothing) this.#do(act, this.#viewer.value(0), this.#viewer.value(1));
    const wait = this.#viewer.media_in(this.#id, at);
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

  #do(act: Act, to: number, rate: number): void {
    const { element } = this;
    if (act === Act.Pause) element.pause();
    if (!Number.isNaN(to)) element.currentTime = to;
    if (!Number.isNaN(rate)) element.playbackRate = rate;
    // A page may not play sound before it was touched; core asks again later.
    if (act === Act.Play) element.play().catch(() => {});
  }
}

function isSafari(): boolean {
  return /^((?!chrome|chromium|android).)*safari/i.test(navigator.userAgent);
}
