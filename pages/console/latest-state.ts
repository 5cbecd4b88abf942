// The newest state that the page has received: pushed, polled, or in the answer to a command.

import type { Downbeat, Snapshot, StateBody, TimeBody } from "downbeat-client";
import { Observable } from "./observable.ts";
import { endsHeld } from "./timeline.ts";

export class LatestState extends Observable {
  readonly #event: Downbeat;
  #state: StateBody | undefined;

  constructor(event: Downbeat) {
    super();
    this.#event = event;
    event.on("state", (state) => this.receive(state));
  }

  /** The newest state; undefined before the first. */
  get state(): StateBody | undefined { return this.#state; }

  /** Its revision: what a command decided now is based on. */
  get rev(): number | undefined { return this.#state?.rev; }

  /** Returns status, position and rate now; undefined while time or state are not known. */
  snapshot(): Snapshot | undefined {
    const now = this.#event.now();
    return now === undefined || this.#state === undefined ? undefined : this.#event.snapshotAt(this.#state, now);
  }

  /** Returns whether the event is held once every scheduled change has taken effect; undefined while the state is not known. */
  endsHeld(): boolean | undefined {
    return this.#state && endsHeld(this.#event, this.#state, this.#event.now() ?? this.#state.serverTime);
  }

  /** Replaces the state by `received`, unless that is older. */
  receive(received: TimeBody | StateBody): void {
    const current = this.#state;
    if (received.epoch === null || (current?.epoch === received.epoch && current.rev > received.rev)) return;
    // A short state is always followed by the whole; without an earlier whole one there is nothing to complete it with.
    if (!("messages" in received) && current === undefined) return;
    this.#state = { ...current, ...received, endedAt: received.endedAt ?? null } as StateBody;
    this.notify();
  }
}
