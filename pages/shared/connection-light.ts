// The connection light: a sign and a few words that say how precise the page's time is, and how it is connected.

import type { Connection, Downbeat } from "downbeat-client";
import { write } from "./dom.ts";
import { formatSpan } from "./format.ts";
import { speak } from "./speech.ts";

/** What a screen reader says, once, when the connection changes. */
const SPOKEN: Record<Connection["state"], string> = {
  acquiring: "Connecting.",
  live: "Connected.",
  polling: "Updates may arrive a few seconds late.",
  holdover: "Connection lost, playing on.",
  unverified: "The server does not answer. Playing on by this device's clock.",
  left: "",
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
  element.replaceChildren(sign, label);
  const update = () => {
    element.dataset["state"] = event.connection.state;
    write(label, describe(event.connection, event.bound(), detail === "full" ? event.heardAgo() : undefined));
  };
  update();
  event.on("clock", update);
  event.on("connection", ({ state }) => {
    update();
    speak(SPOKEN[state]);
  });
  setInterval(update, UPDATE_INTERVAL);
}

/** Describes a connection: `live ±9 ms`, `connection lost, playing on`, `time unverified, playing on`. `bound` and `age` are in ms. */
function describe({ state, why }: Connection, bound: number | undefined, age: number | undefined): string {
  const precision = bound === undefined ? "" : ` ±${Math.max(1, Math.round(bound))} ms`;
  switch (state) {
    case "live": return `live${precision}`;
    case "polling": return why === "push-lost" ? `reconnecting${precision}` : `polling${precision}`;
    case "holdover": return `connection lost, playing on${age === undefined ? "" : ` · last answer ${formatSpan(age)} ago`}`;
    case "unverified": return "time unverified, playing on";
    case "left": return "";
    case "acquiring":
      if (why === "unknown-event") return "no such event";
      return why === "first-answer" ? "connecting" : "no answer yet, retrying";
  }
}
