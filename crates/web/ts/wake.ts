// When a page comes back: it is visible again, resumed, shown from the browser's cache, or has a network again.

/** Calls `wake` whenever the page comes back. Returns a function that stops this. */
export function onWake(wake: () => void): () => void {
  const sources = [[document, "visibilitychange"], [document, "resume"], [window, "pageshow"], [window, "online"]] as const;
  const listener = () => { if (!document.hidden) wake(); };
  for (const [target, name] of sources) target.addEventListener(name, listener);
  return () => { for (const [target, name] of sources) target.removeEventListener(name, listener); };
}
