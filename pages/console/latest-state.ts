// The newest state that anybody told the page: the push, the status, or the worker in answer to a command.

import type { Downbeat, StateBody, TimeBody } from "downbeat-client";
import { Changing } from "./observable.ts";
import { type Standing, standing } from "./timeline.ts";

export class Known extends Changing {
  readonly #event: Downbeat;
  #state: StateBody | undefined;

  constructor(event: Downbeat) {
    super();
    this.#event = event;
    event.on("state", (state) => this.hear(state));
  }

  /** The newest state; nothing before the first. */
  get state(): StateBody | undefined { return this.#state; }

  /** The revision that a decision of now is made on. */
  get rev(): number | undefined { return this.#state?.rev; }

  /** Returns where the event stands; nothing while time or state are not known. */
  standing(): Standing | undefined {
    const now = this.#event.now();
    return now === undefined || this.#state === undefined ? undefined : standing(this.#state, now);
  }

  /** Takes over a state, unless a newer one of the same life is known. */
  hear(told: TimeBody | StateBody): void {
    const known = this.#state;
    if (told.epoch === null || (known?.epoch === told.epoch && known.rev > told.rev)) return;
    // A short one, which leaves out an end that is not known, is followed by the whole.
    if (!("messages" in told) && known === undefined) return;
    this.#state = { ...known, ...told, endedAt: told.endedAt ?? null } as StateBody;
    this.changed();
  }
}
