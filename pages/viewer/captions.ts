// Captions: what each effect is, in words, for those who do not see it, or see it another way.

import type { CueTurn, Downbeat } from "downbeat-client";
import { onTick } from "./ticker.ts";

/** How long the caption of a moment stays that has no end, in ms. */
const LENGTH = 4_000;

interface Caption {
  element: HTMLElement;
  /** Between which positions of the event it is shown. */
  from: number;
  until: number;
}

/**
 * Shows the captions of what is on: in `states`, which is read out, and in `moments`, which is not: who listens would
 * hear little else.
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
      // It goes when the state is left.
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

/** Returns the element for a cue's caption, in the language that it is in. */
function caption({ message }: CueTurn): HTMLElement {
  const element = document.createElement("span");
  element.className = "caption";
  element.lang = message!.locale;
  element.textContent = message!.text;
  return element;
}
