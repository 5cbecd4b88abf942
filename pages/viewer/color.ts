// `color`: the light on the stage changes to another colour within two seconds, so nobody sees who was first. A state.

import type { Downbeat } from "downbeat-client";
import { Ease, sinceEnd } from "./transition.ts";
import type { Effect } from "./effect.ts";
import { colorOf } from "./params.ts";

/** How long the light takes to change, in ms. */
const SHIFT = 2_000;

/** Has `show`'s custom property `--glow` be the colour of the cue that is on. */
export function color(show: HTMLElement, event: Downbeat): Effect {
  const glow = new Ease(show, "--glow", event);
  let on: string | undefined;
  return ({ turn, cue, into }) => {
    if (turn === "enter") {
      on = cue.id;
      glow.to(colorOf(cue, "#8fb8ff"), SHIFT, into);
    }
    // Where another colour has taken over, that one stays.
    if (cue.id !== on) return;
    if (turn === "adjust") glow.go(into);
    if (turn === "leave") glow.to("transparent", SHIFT, sinceEnd(cue, event));
  };
}
