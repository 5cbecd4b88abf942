// Waiting on conditions. Nothing here or in the tests waits for a duration.

/** How long a condition may take before the test gives up, in ms: far more than a busy machine needs. */
const PATIENCE = 60_000;

/**
 * Calls `look` repeatedly until its result is `satisfied`, and returns that. After `patience` ms, fails with the last result;
 * only what takes long by its nature gives a longer `patience`.
 */
export async function until<T>(
  look: () => Promise<T>,
  satisfied: (seen: T) => boolean,
  what: string,
  patience = PATIENCE,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const seen = await look();
    if (satisfied(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}; last seen: ${JSON.stringify(seen)}`);
    await turn();
  }
}

/** Yields before the next attempt, so that a waiting test leaves the processor to the runtime. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
