// `title`: a card with the text of `params.text`, over whatever else is on the stage. A state.

import type { Downbeat } from "downbeat-client";
import { ease, sinceEnd } from "./ease.ts";
import type { Effect } from "./effects.ts";
import { textOf } from "./params.ts";
import { write } from "./tick.ts";

/** How long it takes to come and to go, in ms. */
const FADE = 800;

/** Has `element` show the card while such a cue is on. */
export function card(element: HTMLElement, event: Downbeat): Effect {
  let on: string | undefined;
  return ({ turn, cue, into }) => {
    if (turn === "enter") {
      on = cue.id;
      write(element, textOf(cue, "text"));
      ease(element, FADE, into, (style) => { style.opacity = "1"; });
    }
    if (turn === "leave" && cue.id === on) ease(element, FADE, sinceEnd(cue, event), (style) => { style.opacity = "0"; });
  };
}
