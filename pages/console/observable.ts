// Something that others can subscribe to.

export class Observable {
  readonly #listeners = new Set<() => void>();

  /** Calls `listener` now and after each change. */
  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
    listener();
  }

  /** Calls all listeners. */
  protected notify(): void {
    this.#listeners.forEach((listener) => listener());
  }
}
