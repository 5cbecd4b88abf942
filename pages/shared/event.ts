// Which event a page is about: `?event=gala` in its address, or `main`.

import { type Downbeat, join, type JoinOptions } from "downbeat-client";

/** Returns the name of the page's event. */
export function eventName(): string {
  return new URLSearchParams(location.search).get("event") || "main";
}

/** Joins it at the worker that the page came from. Where the browser cannot, the page says so. */
export async function joinEvent(options: Pick<JoinOptions, "preload"> = {}): Promise<Downbeat> {
  try {
    return await join({ server: location.origin, event: eventName(), ...options });
  } catch (error) {
    // No network can cause this: the client then exists, and waits.
    const said = document.createElement("p");
    said.className = "message";
    said.role = "alert";
    said.dataset["severity"] = "major";
    said.textContent = "This browser does not run WebAssembly here, which this page needs. Try another browser.";
    document.body.prepend(said);
    throw error;
  }
}
