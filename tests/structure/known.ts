// What the structure tests tolerate until it is gone. Nothing is added here.

/** Files that are still part of an import cycle. */
export const KNOWN_CYCLES: readonly string[] = [];
