// Asking the server: one question at a time, and when exactly it left and the answer came.

import { now } from "./clock.ts";

/** An answer, with the instants of the page's clock between which the server made it. */
export interface Answer<Body> {
  body: Body;
  /** When the question left, in ms. */
  t1: number;
  /** When the answer began to arrive, in ms. */
  t4: number;
}

/** The server answered, but with an error. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the server answered with status ${status}`);
    this.status = status;
  }
}

/** How long the browser's own measurements are waited for after an answer has been read, in ms. */
const PATIENCE = 50;

/**
 * Asks `url`. The browser knows better than this page when the request left and the answer came: names, connections
 * and a busy page are not in its measurements. Where it does not tell, the page's own readings are as honest and wider.
 */
export async function ask<Body>(url: string, signal: AbortSignal): Promise<Answer<Body>> {
  const measured = measurement(url);
  try {
    const before = now();
    const response = await fetch(url, { cache: "no-store", credentials: "omit", signal });
    const after = now();
    if (!response.ok) throw new Refused(response.status);
    const body = (await response.json()) as Body;
    const entry = await measured.entry();
    const known = entry !== undefined && entry.requestStart >= before && entry.responseStart >= entry.requestStart;
    return { body, t1: known ? entry.requestStart : before, t4: known ? entry.responseStart : after };
  } finally {
    measured.end();
  }
}

/** Waits for what the browser measures about the next request to `url`. */
function measurement(url: string) {
  let found: (entry?: PerformanceResourceTiming) => void;
  const entry = new Promise<PerformanceResourceTiming | undefined>((resolve) => { found = resolve; });
  // An observer hears of every request, also after the page's own list of them is full.
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntriesByName(url) as PerformanceResourceTiming[];
    if (entries.length > 0) found(entries.at(-1));
  });
  observer.observe({ type: "resource" });
  return {
    entry() {
      setTimeout(found!, PATIENCE);
      return entry;
    },
    end: () => observer.disconnect(),
  };
}
