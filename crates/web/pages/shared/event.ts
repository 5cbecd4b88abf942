// Which event a page is about: `?event=gala` in its address, or `main`.

import { type Downbeat, join, type JoinOptions } from "downbeat-client";

/** Gives the name of the page's event. */
export function eventName(): string {
  return new URLSearchParams(location.search).get("event") || "main";
}

/** Joins it at the worker that the page came from. */
export function joinEvent(options: Pick<JoinOptions, "preload"> = {}): Promise<Downbeat> {
  return join({ server: location.origin, event: eventName(), ...options });
}
