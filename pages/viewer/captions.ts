// Captions: each effect in words, for viewers who cannot see it, or see it in another form.

import type { CueTurn, Downbeat } from "downbeat-client";
import { onTick } from "./ticker.ts";

/** How long a moment's caption stays if the moment has no end, in ms. */
const LENGTH = 4_000;

interface Caption {
  element: HTMLElement;
  /** The positions of the event between which it is shown. */
  from: number;
  until: number;
}

/**
 * Shows the captions of active cues: states in `states`, which screen readers read out, and moments in `moments`, which
 * they do not, since there are too many.
 */
export function captions(states: HTMLElement, moments: HTMLElement, event: Downbeat): void {
  const shown = new Map<string, Caption>();
  const remove = (id: string) => {
    shown.get(id)?.element.remove();
    shown.delete(id);
  };
  event.on("cue", (turn) => {
    const { cue, message, into } = turn;
    if (turn.turn === "leave") return remove(cue.id);
    if ((turn.turn !== "enter" && turn.turn !== "fire") || message === null) return;
    remove(cue.id);
    const element = caption(turn);
    if (turn.turn === "enter") {
      // Removed when the state is left.
      shown.set(cue.id, { element, from: -Infinity, until: Infinity });
      return states.append(element);
    }
    const from = (event.position() ?? 0) - into;
    const length = cue.end === undefined ? LENGTH : cue.end - cue.time;
    shown.set(cue.id, { element, from, until: from + length });
    moments.append(element);
  });
  onTick((position) => {
    if (position === undefined) return;
    for (const [id, { from, until }] of shown) if (position < from || position >= until) remove(id);
  });
}

/** Returns the element for a cue's caption, marked with its language. */
function caption({ message }: CueTurn): HTMLElement {
  const element = document.createElement("span");
  element.className = "caption";
  element.lang = message!.locale;
  element.dir = "auto";
  element.textContent = message!.text;
  return element;
}
