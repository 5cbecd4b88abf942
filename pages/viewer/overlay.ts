// What covers the stage while the show is not running: the countdown, a hold, the end, or why nothing is known yet.

import type { Downbeat, Status } from "downbeat-client";
import { write } from "../shared/dom.ts";
import { eventName } from "../shared/event.ts";
import { formatCountdown, formatPosition, formatTimeOfDay } from "../shared/format.ts";
import { speak } from "../shared/speech.ts";
import { onTick } from "./ticker.ts";

interface Elements {
  /** Covers the stage; `data-phase` says why. */
  overlay: HTMLElement;
  /** A large line, a smaller one above it, and one below. */
  above: HTMLElement;
  main: HTMLElement;
  below: HTMLElement;
}

/** What the overlay shows. */
interface Content {
  phase: "acquiring" | "unknown" | "scheduled" | "paused" | "ended";
  above?: string;
  main: string;
  below?: string;
}

/** What a screen reader says when the status changes. It does not count down: the countdown can be read at any time. */
const SPOKEN: Record<Status, string> = {
  scheduled: "The event has not begun yet.",
  running: "The event is running.",
  paused: "The event is on hold.",
  ended: "The event is over.",
};

/** Shows the overlay whenever the show is not running. */
export function overlay({ overlay, above, main, below }: Elements, event: Downbeat): void {
  onTick((position) => {
    const content = contentFor(event, position);
    overlay.hidden = content === undefined;
    if (content === undefined) return;
    overlay.dataset["phase"] = content.phase;
    write(above, content.above ?? "");
    write(main, content.main);
    // Long countdowns get smaller digits.
    main.style.setProperty("--chars", String(content.main.length));
    write(below, content.below ?? "");
  });
  event.on("status", (status) => speak(SPOKEN[status]));
}

/** Returns what to show; undefined while the show runs. */
function contentFor(event: Downbeat, position: number | undefined): Content | undefined {
  const { status, connection } = event;
  if (status === undefined || position === undefined) {
    if (connection.why === "unknown-event") {
      const below = "Check the event’s name at the end of the address. This page keeps trying.";
      return { phase: "unknown", above: "There is no event called", main: eventName(), below };
    }
    if (connection.why === "first-answer") return { phase: "acquiring", main: "Connecting" };
    const below = "No answer from the server yet. This page keeps trying; you do not need to do anything.";
    return { phase: "acquiring", main: "Connecting", below };
  }
  if (status === "ended") return { phase: "ended", main: "The event is over" };
  if (status === "paused") {
    const countdown = `The countdown is stopped at ${formatCountdown(-position)}.`;
    const resume = `The event will continue from ${formatPosition(position)}.`;
    return { phase: "paused", main: "On hold", below: position < 0 ? countdown : resume };
  }
  if (position >= 0) return undefined;
  const rate = event.rate() || 1;
  const left = -position / rate;
  return { phase: "scheduled", above: "Starts in", main: formatCountdown(left), below: formatStart(Date.now() + left) };
}

/** Formats an instant to the nearest second: `at 19:00:00`, or with the day if it is not today. */
function formatStart(exact: number): string {
  const ms = Math.round(exact / 1_000) * 1_000;
  const date = new Date(ms);
  if (date.toDateString() === new Date().toDateString()) return `at ${formatTimeOfDay(ms)}`;
  const day = date.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
  return `on ${day}, ${date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}
