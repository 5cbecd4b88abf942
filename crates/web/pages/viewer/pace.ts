// Transitions move as the event does: on a hold they stand, at twice the rate they take half as long.

import type { Downbeat } from "downbeat-client";

/** Has all transitions within `show` go at the event's rate. */
export function pace(show: HTMLElement, event: Downbeat): void {
  const follow = () => {
    const rate = event.rate() ?? 1;
    for (const transition of show.getAnimations({ subtree: true })) {
      if (transition.playbackRate !== rate) transition.playbackRate = rate;
    }
  };
  event.on("status", follow);
  event.on("cue", follow);
  show.addEventListener("transitionrun", follow);
}
