// The functions that a page registered for what happens.

import type { Events, Listener } from "./events.ts";

export class Listeners {
  readonly #byName = new Map<keyof Events, Set<Listener<any>>>();

  /** Adds a listener. Returns a function that removes it. */
  add<Name extends keyof Events>(name: Name, listener: Listener<Name>): () => void {
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Calls the listeners of `name`. An error in one does not keep the others from being called. */
  emit<Name extends keyof Events>(name: Name, value: Events[Name], lateness = 0): void {
    this.#byName.get(name)?.forEach((listener) => {
      try { listener(value, lateness); } catch (error) { reportError(error); }
    });
  }

  clear(): void { this.#byName.clear(); }
}
