// Which effect each action is. All of them bear it that viewers are some tens or hundreds of milliseconds apart.

import type { Downbeat } from "downbeat-client";
import { color } from "./color.ts";
import { fade, title } from "./cover.ts";
import type { Effect } from "./effect.ts";
import { particles } from "./particles.ts";

interface Elements {
  show: HTMLElement;
  canvas: HTMLCanvasElement;
  curtain: HTMLElement;
  card: HTMLElement;
}

/** Has the event's cues seen. Actions that this page does not know are left alone; their captions are shown all the same. */
export function effects(elements: Elements, event: Downbeat): void {
  const known = new Map<string, Effect>([
    ["color", color(elements.show, event)],
    ["particles", particles(elements.canvas, event)],
    ["fade", fade(elements.curtain, event)],
    ["title", title(elements.card, event)],
  ]);
  event.on("cue", (turn) => known.get(turn.cue.action)?.(turn));
}
