// Something that tells others when it has changed.

export class Changing {
  readonly #listeners = new Set<() => void>();

  /** Calls `listener` now and after each change. */
  follow(listener: () => void): void {
    this.#listeners.add(listener);
    listener();
  }

  /** Tells everybody who follows. */
  protected changed(): void {
    this.#listeners.forEach((listener) => listener());
  }
}
