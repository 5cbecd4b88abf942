// Requests to the server, and when exactly each left and its answer came.

import { now } from "./clock.ts";
import { Reason } from "./codes.ts";
import type { Rundown } from "./rundown.ts";
import type { Digest } from "./wire.ts";

/** An answer, with the instants of the page's clock between which the server made it. */
export interface Answer<Body> {
  body: Body;
  /** When the request left, in ms. */
  t1: number;
  /** When the answer began to arrive, in ms. */
  t4: number;
  /** Whether a cache answered. */
  isStale: boolean;
}

/** The server answered with an error. */
export class HttpStatusError extends Error {
  readonly status: number;
  /** What it says of it, as RFC 9457 has it; only rooms read that. */
  readonly problem: object | undefined;
  constructor(status: number, problem?: object) {
    super(`the server answered with status ${status}`);
    this.status = status;
    if (ROOM) this.problem = problem;
  }
}

/** How long to wait for the browser's own measurements after an answer has been read, in ms. */
const MEASUREMENT_WAIT = 50;

/** The URLs where a server repeats what a request asks with. From there it never answers without. */
const repeating = new Set<string>();

/**
 * Requests `url`. `isExchange` makes its URL one that no cache has, and the server repeats what makes it so: what a proxy or a
 * service worker gives all the same is an old answer. The browser measures more precisely than this page when the request left and the answer came: its
 * times leave out name resolution, connecting and a busy page. Where it does not report them, the page's own readings
 * are as correct, with a wider bound.
 */
export async function request<Body extends { t1?: string }>(asked: string, isExchange: boolean, signal: AbortSignal, invitation?: string): Promise<Answer<Body>> {
  const own = Math.random().toString(36).slice(2) + "0";
  const url = isExchange ? withQuery(asked, `t1=${own}`) : asked;
  const measurement = measure(url);
  try {
    const before = now();
    const response = await fetch(url, { cache: "no-store", credentials: "omit", signal, ...(ROOM && { headers: { authorization: `Bearer ${invitation}` } }) });
    const after = now();
    if (!response.ok) throw new HttpStatusError(response.status, ROOM ? await response.json() : undefined);
    const body = (await response.json()) as Body;
    if (body.t1 === own) repeating.add(asked);
    const isOwn = body.t1 === own || (body.t1 === undefined && !repeating.has(asked));
    const isStale = isExchange && (!isOwn || Number(response.headers.get("age")) > 0);
    const entry = await measurement.entry();
    const isMeasured = entry !== undefined && entry.requestStart >= before && entry.responseStart >= entry.requestStart;
    return { body, isStale, t1: isMeasured ? entry.requestStart : before, t4: isMeasured ? entry.responseStart : after };
  } finally {
    measurement.end();
  }
}

/** Waits for the browser's measurement of the next request to `url`. */
function measure(url: string) {
  let found: (entry?: PerformanceResourceTiming) => void;
  const entry = new Promise<PerformanceResourceTiming | undefined>((resolve) => { found = resolve; });
  // An observer gets every entry, even after the page's own buffer of them is full. Not every runtime has one.
  const observer = globalThis.PerformanceObserver && new PerformanceObserver((list) => {
    const entries = list.getEntriesByName(url) as PerformanceResourceTiming[];
    if (entries.length > 0) found(entries.at(-1));
  });
  observer?.observe({ type: "resource" });
  return {
    entry() {
      setTimeout(found!, MEASUREMENT_WAIT);
      return entry;
    },
    end: () => observer?.disconnect(),
  };
}

/**
 * Fetches the rundown with this digest, which the browser checks. What a cache has may be wrong, and stays wrong: the first retry
 * passes the browser's cache and replaces what it has, and later ones also pass those on the way, under a URL that is not yet there.
 */
export async function fetchRundown(url: string, digest: Digest, failures: number): Promise<Rundown> {
  const integrity = `sha256-${btoa(digest.replace(/../g, (hex) => String.fromCharCode(parseInt(hex, 16))))}`;
  const response = await fetch(failures > 1 ? withQuery(url, `try=${failures}`) : url, {
    ...{ integrity, credentials: "omit", cache: failures ? "reload" : "default" },
  });
  if (!response.ok) throw new HttpStatusError(response.status);
  return response.json();
}

/** Adds to the query of a URL, which may have one. */
const withQuery = (url: string, query: string): string => url + (url.includes("?") ? "&" : "?") + query;

/** Returns core's name for the reason why a request failed. */
export function failureReason(error: unknown): Reason {
  if (error instanceof HttpStatusError) return error.status === 404 ? Reason.UnknownEvent : Reason.NoAnswer;
  return error instanceof SyntaxError ? Reason.NoAnswer : Reason.Unreachable;
}
