// Changes that take a while, on the event's timeline: who comes in the middle of one gets the rest, a hold holds it, and a
// seek moves it along.

import type { Cue, Downbeat } from "downbeat-client";

/** One property of an element's style, which goes gradually from one value to another. */
export class Ease {
  readonly #element: HTMLElement;
  readonly #property: string;
  readonly #event: Downbeat;
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #animation: Animation | undefined;

  constructor(element: HTMLElement, property: string, event: Downbeat) {
    this.#element = element;
    this.#property = property;
    this.#event = event;
    event.on("status", this.#pace);
    event.on("cue", this.#pace);
  }

  /** Goes to `value` within `ms`, of which `into` ms are over. Where motion is unwelcome, at once. */
  to(value: string, ms: number, into: number): void {
    const from = getComputedStyle(this.#element).getPropertyValue(this.#property);
    this.#animation?.cancel();
    const duration = this.#calm.matches ? 0 : ms;
    this.#animation = this.#element.animate({ [this.#property]: [from, value] }, { duration, fill: "forwards" });
    this.go(into);
  }

  /** Goes on from `into` ms after the beginning. */
  go(into: number): void {
    const animation = this.#animation;
    if (!animation) return;
    animation.currentTime = Math.min(into, Number(animation.effect!.getComputedTiming().duration));
    this.#pace();
  }

  /** Moves as the event does: on a hold it stands, at twice the rate it takes half as long. */
  readonly #pace = (): void => {
    const animation = this.#animation;
    const rate = this.#event.rate() ?? 1;
    if (!animation || animation.playState === "finished") return;
    if (rate === 0) return animation.pause();
    if (animation.playbackRate !== rate) animation.playbackRate = rate;
    if (animation.playState === "paused") animation.play();
  };
}

/** Returns how long ago a state's end was, in ms: what is left by a seek, and not at its end, is long gone. */
export function sinceEnd(cue: Cue, event: Downbeat): number {
  const since = (event.position() ?? Infinity) - (cue.end ?? -Infinity);
  return since >= 0 ? since : Infinity;
}
