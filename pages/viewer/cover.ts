// `fade`: to black when it begins, and back when it ends, each within `params.ms`. `title`: a card with `params.text`, over
// whatever else is on the stage. Both are states.

import type { Cue, Downbeat } from "downbeat-client";
import { write } from "../shared/dom.ts";
import { Ease, sinceEnd } from "./transition.ts";
import type { Effect } from "./effect.ts";
import { numberOf, textOf } from "./params.ts";

/** How long these take to come, and to go, in ms; black where the cue does not say. */
const FADE = 1_500;
const TITLE = 800;

/** Has `curtain`, which is black, be seen while such a cue is on. */
export function fade(curtain: HTMLElement, event: Downbeat): Effect {
  return cover(curtain, event, (cue) => numberOf(cue, "ms", 0, 10_000, FADE));
}

/** Has `card` show a cue's text while it is on. */
export function title(card: HTMLElement, event: Downbeat): Effect {
  const covered = cover(card, event, () => TITLE);
  return (turn) => {
    if (turn.turn === "enter") write(card, textOf(turn.cue, "text"));
    covered(turn);
  };
}

function cover(element: HTMLElement, event: Downbeat, ms: (cue: Cue) => number): Effect {
  const opacity = new Ease(element, "opacity", event);
  let on: string | undefined;
  return ({ turn, cue, into }) => {
    if (turn === "enter") {
      on = cue.id;
      opacity.to("1", ms(cue), into);
    }
    // Where another has taken over, it stays.
    if (cue.id !== on) return;
    element.ariaHidden = String(turn === "leave");
    if (turn === "adjust") opacity.go(into);
    if (turn === "leave") opacity.to("0", ms(cue), sinceEnd(cue, event));
  };
}
