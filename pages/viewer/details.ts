// A line for the curious: where the event stands, and how far the video is from there. And what the event is called.

import type { Downbeat } from "downbeat-client";
import { tenths } from "../shared/format.ts";
import { write } from "../shared/dom.ts";
import type { Clip } from "./clip.ts";
import { onTick } from "./ticker.ts";

interface Elements {
  title: HTMLElement;
  position: HTMLElement;
  drift: HTMLElement;
}

/** How often the drift is written, in ms: more often nobody can read it. */
const LEGIBLE = 1_000;

/** Shows them. */
export function details({ title, position: place, drift }: Elements, event: Downbeat, clip: Clip): void {
  let written = -Infinity;
  onTick((position) => {
    write(place, position === undefined ? "–" : tenths(position));
    const name = titleOf(event);
    write(title, name);
    if (document.title !== name) document.title = name;
    const isMoving = event.status === "running" && event.rate() !== 0;
    if (isMoving && performance.now() - written < LEGIBLE) return;
    written = isMoving ? performance.now() : -Infinity;
    write(drift, driftWords(event, clip, isMoving));
  });
}

/** Returns the drift in words: `−4 ms`, behind the event. */
function driftWords(event: Downbeat, clip: Clip, isMoving: boolean): string {
  if (clip.isMissing) return "did not load; the event goes on without it";
  const drift = clip.drift();
  if (event.position() === undefined) return "–";
  if (!isMoving) return "standing";
  if (drift === undefined) return "settling";
  const ms = Math.round(drift);
  return `${ms < 0 ? "−" : ms > 0 ? "+" : "±"}${Math.abs(ms)} ms`;
}

/** Returns what the event is called, or its rundown, or nothing in particular. */
function titleOf({ state, rundown }: Downbeat): string {
  return (state && "title" in state && state.title) || rundown?.title || "Downbeat";
}
