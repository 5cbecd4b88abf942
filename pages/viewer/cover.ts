// `fade`: to black when it begins and back when it ends, each within `params.ms`. `title`: a card with `params.text` that
// covers everything else on the stage. Both are states.

import type { Cue, Downbeat } from "downbeat-client";
import { write } from "../shared/dom.ts";
import type { Effect } from "./effect.ts";
import { numberOf, textOf } from "./params.ts";
import { sinceEnd, Transition } from "./transition.ts";

/** How long each takes to appear and to disappear, in ms. For fades, the default. */
const FADE = 1_500;
const TITLE = 800;

/** Shows `curtain`, which is black, while such a cue is active. */
export function fade(curtain: HTMLElement, event: Downbeat): Effect {
  return cover(curtain, event, (cue) => numberOf(cue, "ms", 0, 10_000, FADE));
}

/** Shows a cue's text on `card` while the cue is active. */
export function title(card: HTMLElement, event: Downbeat): Effect {
  const covered = cover(card, event, () => TITLE);
  return (turn) => {
    if (turn.turn === "enter") write(card, textOf(turn.cue, "text"));
    covered(turn);
  };
}

function cover(element: HTMLElement, event: Downbeat, ms: (cue: Cue) => number): Effect {
  const opacity = new Transition(element, "opacity", event);
  let active: string | undefined;
  return ({ turn, cue, into }) => {
    if (turn === "enter") {
      active = cue.id;
      opacity.start("1", ms(cue), into);
    }
    // If another cue has replaced this one, that one stays.
    if (cue.id !== active) return;
    element.ariaHidden = String(turn === "leave");
    if (turn === "adjust") opacity.seek(into);
    if (turn === "leave") opacity.start("0", ms(cue), sinceEnd(cue, event));
  };
}
