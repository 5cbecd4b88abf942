// The page's clocks: the only file that reads them.

/** Returns the page's monotonic clock, in ms since the page began. */
export const now = (): number => performance.now();

/** Returns the device's wall clock, in ms. Nothing is computed from it: it only shows that a clock jumped. */
export const wall = (): number => Date.now();
