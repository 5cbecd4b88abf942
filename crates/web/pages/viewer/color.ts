// `color`: the light on the stage changes to another colour within two seconds, so nobody sees who was first. A state.

import type { Downbeat } from "downbeat-client";
import { ease, sinceEnd } from "./ease.ts";
import type { Effect } from "./effects.ts";
import { colorOf } from "./params.ts";

/** How long the light takes to change, in ms. */
const SHIFT = 2_000;

/** Has `show`'s custom property `--glow` be the colour of the cue that is on. */
export function color(show: HTMLElement, event: Downbeat): Effect {
  let on: string | undefined;
  const shift = (glow: string, into: number) => ease(show, SHIFT, into, (style) => style.setProperty("--glow", glow));
  return ({ turn, cue, into }) => {
    if (turn === "enter") {
      on = cue.id;
      shift(colorOf(cue, "#8fb8ff"), into);
    }
    // Where another colour has taken over, that one stays.
    if (turn === "leave" && cue.id === on) shift("transparent", sinceEnd(cue, event));
  };
}
