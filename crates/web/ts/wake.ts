// When a page comes back: it is visible again, resumed, shown from the browser's cache, or has a network again. Workers are told
// of the network only, and Node of nothing.

/** Calls `wake` whenever the page comes back, until `signal` is aborted. */
export function onWake(wake: () => void, signal: AbortSignal): void {
  const page: Document | undefined = globalThis.document;
  const listener = () => { if (!page?.hidden) wake(); };
  const sources = [[page, "visibilitychange"], [page, "resume"], [globalThis, "pageshow"], [globalThis, "online"]] as const;
  for (const [target, name] of sources) target?.addEventListener?.(name, listener, { signal });
}
