// `color`: the stage light changes colour within two seconds, slow enough to hide differences between viewers. A state.

import type { Downbeat } from "downbeat-client";
import type { Effect } from "./effect.ts";
import { colorOf } from "./params.ts";
import { sinceEnd, Transition } from "./transition.ts";

/** How long the light takes to change, in ms. */
const SHIFT = 2_000;

/** Sets `show`'s custom property `--glow` to the colour of the active cue. */
export function color(show: HTMLElement, event: Downbeat): Effect {
  const glow = new Transition(show, "--glow", event);
  let active: string | undefined;
  return ({ turn, cue, into }) => {
    if (turn === "enter") {
      active = cue.id;
      glow.start(colorOf(cue, "#8fb8ff"), SHIFT, into);
    }
    // If another colour has replaced this one, that one stays.
    if (cue.id !== active) return;
    if (turn === "adjust") glow.seek(into);
    if (turn === "leave") glow.start("transparent", SHIFT, sinceEnd(cue, event));
  };
}
