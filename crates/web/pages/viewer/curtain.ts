// `fade`: to black when it begins, and back when it ends, each within `params.ms`. A state.

import type { Downbeat } from "downbeat-client";
import { ease, sinceEnd } from "./ease.ts";
import type { Effect } from "./effects.ts";
import { numberOf } from "./params.ts";

/** How long it takes where the cue does not say, in ms. */
const FADE = 1_500;

/** Has `element`, which covers the stage, be seen while such a cue is on. */
export function curtain(element: HTMLElement, event: Downbeat): Effect {
  let on: string | undefined;
  return ({ turn, cue, into }) => {
    const ms = numberOf(cue, "ms", 0, 10_000, FADE);
    if (turn === "enter") {
      on = cue.id;
      ease(element, ms, into, (style) => { style.opacity = "1"; });
    }
    if (turn === "leave" && cue.id === on) ease(element, ms, sinceEnd(cue, event), (style) => { style.opacity = "0"; });
  };
}
