// The connection light: a sign and words that say how good the page's time is, and how old its news.

import type { Connection, Downbeat } from "downbeat-client";
import { span } from "./format.ts";
import { speak } from "./speech.ts";

/** What is said aloud, once, when the connection changes. */
const SPOKEN: Record<Connection["state"], string> = {
  acquiring: "Connecting.",
  live: "Connected.",
  polling: "Changes come some seconds late.",
  holdover: "Connection lost. The event goes on as last heard.",
};

/** How often the words are renewed, in ms: they count seconds. */
const RENEWED = 1_000;

/** Has `element` say how the connection is, from now on. */
export function light(element: HTMLElement, event: Downbeat): void {
  const sign = document.createElement("span");
  const said = document.createElement("span");
  sign.className = "sign";
  sign.ariaHidden = "true";
  element.replaceChildren(sign, said);
  const show = () => {
    element.dataset["state"] = event.connection.state;
    const now = words(event.connection, event.bound(), event.heardAgo());
    if (said.textContent !== now) said.textContent = now;
  };
  show();
  event.on("clock", show);
  event.on("connection", ({ state }) => {
    show();
    speak(SPOKEN[state]);
  });
  setInterval(show, RENEWED);
}

/** Returns the light's words: `live ±9 ms`, `holding, last heard 40 s ago`. Both numbers are in ms. */
export function words({ state, why }: Connection, bound: number | undefined, heardAgo: number | undefined): string {
  const certain = bound === undefined ? "" : ` ±${Math.max(1, Math.round(bound))} ms`;
  switch (state) {
    case "live": return `live${certain}`;
    case "polling": return why === "push-lost" ? `reconnecting${certain}` : `asking${certain}`;
    case "holdover": return `holding, last heard ${heardAgo === undefined ? "never" : `${span(heardAgo)} ago`}`;
    case "acquiring":
      if (why === "unknown-event") return "there is no such event";
      return why === "first-answer" ? "connecting" : "no answer yet, trying";
  }
}
