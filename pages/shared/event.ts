// The event that a page shows: `?event=gala` in its address, or `main`.

import { type Downbeat, join, type JoinOptions } from "downbeat-client";

/** Returns the name of the page's event. */
export function eventName(): string {
  return new URLSearchParams(location.search).get("event") || "main";
}

/** Joins the event at the worker that served the page. If the browser cannot run the client, the page says so. */
export async function joinEvent(options: Pick<JoinOptions, "preload"> = {}): Promise<Downbeat> {
  try {
    return await join({ server: location.origin, event: eventName(), ...options });
  } catch (error) {
    // Never a network error: without a network the client exists and waits.
    const alert = document.createElement("p");
    alert.className = "message";
    alert.role = "alert";
    alert.dataset["severity"] = "major";
    alert.textContent = "This page needs WebAssembly, which this browser does not run here. Try another browser.";
    document.body.prepend(alert);
    throw error;
  }
}
