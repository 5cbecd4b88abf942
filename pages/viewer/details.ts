// The details below the stage: the event's position and the video's drift. And the event's title.

import type { Downbeat } from "downbeat-client";
import { write } from "../shared/dom.ts";
import { formatNumber, formatTenths } from "../shared/format.ts";
import { say } from "../shared/words.ts";
import type { Clip } from "./clip.ts";
import { onTick } from "./ticker.ts";

interface Elements {
  title: HTMLElement;
  position: HTMLElement;
  drift: HTMLElement;
}

/** How often the drift is updated, in ms: more often would be unreadable. */
const DRIFT_INTERVAL = 1_000;

/** Keeps the details and the title up to date. */
export function details({ title, position: place, drift }: Elements, event: Downbeat, clip: Clip): void {
  let written = -Infinity;
  onTick((position) => {
    const words = position === undefined ? "–" : formatTenths(position);
    write(place, words);
    place.style.setProperty("--chars", String(words.length));
    const name = titleOf(event);
    write(title, name);
    if (document.title !== name) document.title = name;
    const isMoving = event.status === "running" && event.rate() !== 0;
    if (isMoving && performance.now() - written < DRIFT_INTERVAL) return;
    written = isMoving ? performance.now() : -Infinity;
    write(drift, describeDrift(event, clip, isMoving));
  });
}

/** Describes the drift: `−4 ms` is behind the event. */
function describeDrift(event: Downbeat, clip: Clip, isMoving: boolean): string {
  if (clip.isMissing) return say("videoMissing");
  const drift = clip.drift();
  if (event.position() === undefined) return "–";
  if (!isMoving) return say("standing");
  if (drift === undefined) return say("adjusting");
  const ms = Math.round(drift);
  return `${ms < 0 ? "−" : ms > 0 ? "+" : "±"}${formatNumber(Math.abs(ms))} ms`;
}

/** Returns the event's title, or its rundown's, or a default. */
function titleOf({ state, rundown }: Downbeat): string {
  return (state && "title" in state && state.title) || rundown?.title || "Downbeat";
}
