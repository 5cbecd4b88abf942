// Gradual changes on the event's timeline: a viewer who joins in the middle sees the rest, a hold pauses them, and a seek
// moves them.

import type { Cue, Downbeat } from "downbeat-client";

/** One property of an element's style that changes gradually from one value to another. */
export class Transition {
  readonly #element: HTMLElement;
  readonly #property: string;
  readonly #event: Downbeat;
  readonly #reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  #animation: Animation | undefined;

  constructor(element: HTMLElement, property: string, event: Downbeat) {
    this.#element = element;
    this.#property = property;
    this.#event = event;
    event.on("status", this.#matchRate);
    event.on("cue", this.#matchRate);
  }

  /** Changes to `value` within `ms`, of which `elapsed` ms are over. At once where the user prefers reduced motion. */
  start(value: string, ms: number, elapsed: number): void {
    const from = getComputedStyle(this.#element).getPropertyValue(this.#property);
    this.#animation?.cancel();
    const duration = this.#reducedMotion.matches ? 0 : ms;
    this.#animation = this.#element.animate({ [this.#property]: [from, value] }, { duration, fill: "forwards" });
    this.seek(elapsed);
  }

  /** Continues from `elapsed` ms after the start. */
  seek(elapsed: number): void {
    const animation = this.#animation;
    if (!animation) return;
    animation.currentTime = Math.min(elapsed, Number(animation.effect!.getComputedTiming().duration));
    this.#matchRate();
  }

  /** Moves at the event's rate: paused on a hold, twice as fast at rate 2. */
  readonly #matchRate = (): void => {
    const animation = this.#animation;
    const rate = this.#event.rate() ?? 1;
    if (!animation || animation.playState === "finished") return;
    if (rate === 0) return animation.pause();
    if (animation.playbackRate !== rate) animation.playbackRate = rate;
    if (animation.playState === "paused") animation.play();
  };
}

/** Returns how long ago a state ended, in ms: `Infinity` if it was left by a seek, not at its end. */
export function sinceEnd(cue: Cue, event: Downbeat): number {
  const since = (event.position() ?? Infinity) - (cue.end ?? -Infinity);
  return since >= 0 ? since : Infinity;
}
