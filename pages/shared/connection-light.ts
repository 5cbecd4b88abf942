// The connection light: a sign and a few words that say how precise the page's time is, and how it is connected.

import type { Connection, Downbeat } from "downbeat-client";
import { write } from "./dom.ts";
import { formatNumber, formatSpan } from "./format.ts";
import { speak } from "./speech.ts";
import { say } from "./words.ts";
import type { Words } from "./words/en.ts";

/** What a screen reader says, once, when the connection changes. */
const SPOKEN: Partial<Record<Connection["state"], keyof Words>> = {
  acquiring: "saysConnecting",
  live: "saysLive",
  polling: "saysPolling",
  holdover: "saysLost",
  unverified: "saysUnverified",
};

/** How often the text is updated, in ms: it may count seconds. */
const UPDATE_INTERVAL = 1_000;

/** How much the light says: `full` adds the age of the last answer once the connection is lost. */
export type Detail = "brief" | "full";

/** Makes `element` show how the page is connected, from now on. */
export function connectionLight(element: HTMLElement, event: Downbeat, detail: Detail = "brief"): void {
  const sign = document.createElement("span");
  const label = document.createElement("span");
  sign.className = "sign";
  sign.ariaHidden = "true";
  // Numbers and words of two directions.
  label.dir = "auto";
  element.replaceChildren(sign, label);
  const update = () => {
    element.dataset["state"] = event.connection.state;
    write(label, describe(event.connection, event.bound(), detail === "full" ? event.heardAgo() : undefined));
  };
  update();
  event.on("clock", update);
  event.on("connection", ({ state }) => {
    update();
    const spoken = SPOKEN[state];
    if (spoken) speak(say(spoken));
  });
  setInterval(update, UPDATE_INTERVAL);
}

/** Describes a connection: `live ±9 ms`, `connection lost, playing on`, `time unverified, playing on`. `bound` and `age` are in ms. */
function describe({ state, why }: Connection, bound: number | undefined, age: number | undefined): string {
  const precision = bound === undefined ? "" : ` ±${formatNumber(Math.max(1, Math.round(bound)))} ms`;
  switch (state) {
    case "live": return say("live") + precision;
    case "polling":
      return say(why === "disputed" ? "disputed" : why === "push-lost" ? "reconnecting" : "polling") + precision;
    case "holdover": return say("connectionLost") + (age === undefined ? "" : ` · ${say("lastAnswer", { time: formatSpan(age) })}`);
    case "unverified": return say("unverified");
    case "left": return "";
    case "acquiring":
      if (why === "unknown-event") return say("noSuchEvent");
      return say(why === "first-answer" ? "lightConnecting" : "retrying");
  }
}
