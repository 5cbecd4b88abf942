// Changes that take a while, for viewers who come in the middle of them too.

import type { Cue, Downbeat } from "downbeat-client";

/**
 * Has `element` show from now on what `change` does to its style, by a transition of `ms` of which `into` ms are over: a
 * negative delay begins in the middle. Who comes after its end sees what is there then, at once.
 */
export function ease(element: HTMLElement, ms: number, into: number, change: (style: CSSStyleDeclaration) => void): void {
  const { style } = element;
  style.transitionDuration = `${into < ms ? ms : 0}ms`;
  style.transitionDelay = `${into < ms ? -Math.round(into) : 0}ms`;
  change(style);
}

/** Gives how long ago a state's end was, in ms: what is left by a seek, and not at its end, is long gone. */
export function sinceEnd(cue: Cue, event: Downbeat): number {
  const since = (event.position() ?? Infinity) - (cue.end ?? -Infinity);
  return since >= 0 ? since : Infinity;
}
