// The event that a page shows: `?event=gala` in its address, or `main`.

import { type Downbeat, isEventName, join, type JoinOptions } from "downbeat-client";
import { stop } from "./alert.ts";
import { locales, say } from "./words.ts";

/** Returns the name of the page's event. If the address has one that no event can have, the page stops and requests nothing. */
export function eventName(): string {
  return eventNames()[0]!;
}

/** Returns the names of all events in the page's address, each once; of a page that shows one event only the first counts. */
export function eventNames(): string[] {
  const given = new URLSearchParams(location.search).getAll("event").filter((name) => name !== "");
  // The name is not repeated: whatever is in the address, perhaps a token, does not belong on a screen.
  if (!given.every(isEventName)) {
    stop(say("badAddress"));
  }
  return given.length === 0 ? ["main"] : [...new Set(given)];
}

/**
 * Returns where a signed pause is while the worker is gone, as the page's own HTML says it for every event:
 * `<meta name="downbeat-emergency" content="https://cdn.example.com/2026/events/{event}/current.json" data-key="…" />`.
 */
function emergencyChannel(event: string): JoinOptions["emergency"] {
  const meta = document.querySelector<HTMLMetaElement>("meta[name=downbeat-emergency]");
  const key = meta?.dataset["key"];
  // A page whose maker wrote them wrongly must run all the same.
  return /^https?:\/\/[^\s?#@]+$/.test(meta?.content ?? "") && /^[\w-]{43}$/.test(key ?? "") ? { url: meta!.content.replace("{event}", event), key: key! } : undefined;
}

/** Joins the event at the worker that served the page. If the browser cannot run the client, the page says so. */
export async function joinEvent(options: Pick<JoinOptions, "preload"> = {}): Promise<Downbeat> {
  const event = eventName();
  try {
    const emergency = emergencyChannel(event);
    return await join({ server: location.origin, event, locales: locales(), ...(emergency && { emergency }), ...options });
  } catch (error) {
    console.warn(error);
    // Never a network error: without a network the client exists and waits.
    return stop(say("noWebAssembly"));
  }
}
