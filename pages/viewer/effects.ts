// The effect of each action. All of them look right even if viewers are some hundred milliseconds apart.

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

/** Shows the event's cues. Ignores actions that this page does not know, whose captions are still shown. */
export function effects(elements: Elements, event: Downbeat): void {
  const byAction = new Map<string, Effect>([
    ["color", color(elements.show, event)],
    ["particles", particles(elements.canvas, event)],
    ["fade", fade(elements.curtain, event)],
    ["title", title(elements.card, event)],
  ]);
  event.on("cue", (turn) => byAction.get(turn.cue.action)?.(turn));
}
