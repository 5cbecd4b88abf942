// The event as a provider for W3C Timing Objects (https://webtiming.github.io/timingobject/), which libraries follow.

import { now } from "./clock.ts";
import type { Viewer } from "./core.ts";

/** A position and how it changes, in seconds and per second. */
export interface TimingVector {
  position: number;
  velocity: number;
  acceleration: number;
  /** The instant at which the position is this, in seconds of `performance.now()`. */
  timestamp: number;
}

type Handler = ((event: Event) => void) | null;

/**
 * A read-only timing provider: `new TimingObject(downbeat.timingProvider)` follows the event.
 *
 * Its clock is `performance.now()`, so `skew` is always 0; whenever the event's clock is slewed or its timeline changes,
 * `change` announces a new vector.
 */
export class TimingProvider extends EventTarget {
  readonly skew = 0;
  readonly startPosition = -Infinity;
  readonly endPosition = Infinity;
  readonly error = null;
  onadjust: Handler = null;
  onchange: Handler = null;
  onreadystatechange: Handler = null;
  #state: "connecting" | "open" | "closed" = "connecting";
  #vector: TimingVector = { position: 0, velocity: 0, acceleration: 0, timestamp: 0 };

  /** `open` once the event's time is known. */
  get readyState(): "connecting" | "open" | "closed" { return this.#state; }

  /** The event's current movement. */
  get vector(): TimingVector { return this.#vector; }

  /** Always rejects: viewers follow the event. */
  update(): Promise<void> { return Promise.reject(new Error("viewers follow the event; only its operators change it")); }

  /** @internal */
  follow(viewer: Viewer): void {
    if (!viewer.timing_vector(now())) return;
    const [position, velocity, timestamp] = [viewer.value(0), viewer.value(1), viewer.value(2)];
    this.#vector = { position, velocity, acceleration: 0, timestamp };
    if (this.#state === "connecting") this.#setState("open");
    this.#emit("change");
  }

  /** @internal */
  close(): void { this.#setState("closed"); }

  #setState(state: "open" | "closed"): void {
    this.#state = state;
    this.#emit("readystatechange");
  }

  #emit(name: "change" | "readystatechange"): void {
    const event = new Event(name);
    this[`on${name}`]?.call(this, event);
    this.dispatchEvent(event);
  }
}
