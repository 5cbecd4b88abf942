// The functions that a page registered for what happens.

import { demand } from "./checks.ts";
import { type Events, type Listener, NAMES } from "./events.ts";

export class Listeners {
  readonly #byName = new Map<keyof Events, Set<Listener<any>>>();

  /** Adds a listener. Returns a function that removes it. */
  add<Name extends keyof Events>(name: Name, listener: Listener<Name>): () => void {
    demand(NAMES.includes(name), `on: no event "${name}", only ${NAMES}`);
    demand(typeof listener === "function", "on: needs a function");
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Calls the listeners of `name`. */
  emit<Name extends keyof Events>(name: Name, value: Events[Name], lateness = 0): void {
    this.#byName.get(name)?.forEach((listener) => call(listener, value, lateness));
  }

  clear(): void { this.#byName.clear(); }
}

/** Calls a listener. An error in one does not keep others from being called. */
export function call<Name extends keyof Events>(listener: Listener<Name>, value: Events[Name], lateness: number): void {
  // Node has no `reportError`.
  try { listener(value, lateness); } catch (error) { (globalThis.reportError ?? console.error)(error); }
}
