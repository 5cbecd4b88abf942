// What lies over the stage while the show is not running: the countdown, a hold, the end, or why nothing is known.

import type { Downbeat, Status } from "downbeat-client";
import { clock, countdown, wallClock } from "../shared/format.ts";
import { write } from "../shared/dom.ts";
import { eventName } from "../shared/event.ts";
import { speak } from "../shared/speech.ts";
import { onTick } from "./ticker.ts";

interface Elements {
  /** Covers the stage; `data-phase` says with what. */
  veil: HTMLElement;
  /** One strong line, a smaller one before it, and one after it. */
  before: HTMLElement;
  words: HTMLElement;
  after: HTMLElement;
}

/** What the veil says; nothing while there is none. */
interface Said {
  phase: "acquiring" | "unknown" | "scheduled" | "paused" | "ended";
  before?: string;
  words: string;
  after?: string;
}

/** What is said aloud when the status changes. The countdown itself is not: it can be read at any time. */
const SPOKEN: Record<Status, string> = {
  scheduled: "The event has not begun yet.",
  running: "The event is running.",
  paused: "The event is on hold.",
  ended: "The event is over.",
};

/** Shows the veil while there is something to say. */
export function veil({ veil, before, words, after }: Elements, event: Downbeat): void {
  onTick((position) => {
    const said = sayings(event, position);
    veil.hidden = said === undefined;
    if (said === undefined) return;
    veil.dataset["phase"] = said.phase;
    write(before, said.before ?? "");
    write(words, said.words);
    // Long countdowns are set smaller.
    words.style.setProperty("--letters", String(said.words.length));
    write(after, said.after ?? "");
  });
  event.on("status", (status) => speak(SPOKEN[status]));
}

function sayings(event: Downbeat, position: number | undefined): Said | undefined {
  const { status, connection } = event;
  if (status === undefined || position === undefined) {
    if (connection.why === "unknown-event") {
      const after = "Check the address: the event’s name stands at its end. This page keeps asking.";
      return { phase: "unknown", before: "There is no event called", words: eventName(), after };
    }
    if (connection.why === "first-answer") return { phase: "acquiring", words: "Connecting" };
    const after = "The server does not answer yet. This page keeps trying; there is nothing you need to do.";
    return { phase: "acquiring", words: "Connecting", after };
  }
  if (status === "ended") return { phase: "ended", words: "The event is over" };
  if (status === "paused") {
    const stands = `The countdown stands at ${countdown(-position)}.`;
    const stopped = `It goes on where it stopped, at ${clock(position)}.`;
    return { phase: "paused", words: "On hold", after: position < 0 ? stands : stopped };
  }
  if (position >= 0) return undefined;
  const rate = event.rate() || 1;
  const left = -position / rate;
  return { phase: "scheduled", before: "Starts in", words: countdown(left), after: instant(Date.now() + left) };
}

/** Returns an instant in words, to the nearest second: `at 19:00:00`, or the day as well if it is another than today. */
function instant(exact: number): string {
  const ms = Math.round(exact / 1_000) * 1_000;
  const date = new Date(ms);
  if (date.toDateString() === new Date().toDateString()) return `at ${wallClock(ms)}`;
  const day = date.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
  return `on ${day}, ${date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}
