// What covers the stage while the show is not running: the countdown, a hold, the end, or why nothing is known yet.

import type { Downbeat } from "downbeat-client";
import { write } from "../shared/dom.ts";
import { eventName } from "../shared/event.ts";
import { formatCountdown, formatPosition, formatTimeOfDay } from "../shared/format.ts";
import { speak } from "../shared/speech.ts";
import { locale, say } from "../shared/words.ts";
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
  event.on("status", (status) => speak(say(status)));
}

/** Returns what to show; undefined while the show runs. */
function contentFor(event: Downbeat, position: number | undefined): Content | undefined {
  const { status, connection } = event;
  if (status === undefined || position === undefined) {
    if (connection.why === "unknown-event") {
      return { phase: "unknown", above: say("noEventCalled"), main: eventName(), below: say("checkAddress") };
    }
    if (connection.why === "first-answer") return { phase: "acquiring", main: say("connecting") };
    return { phase: "acquiring", main: say("connecting"), below: say("noAnswerYet") };
  }
  if (status === "ended") return { phase: "ended", main: say("isOver") };
  if (status === "paused") {
    const below = position < 0 ? say("countdownStopped", { time: formatCountdown(-position) }) : say("continuesFrom", { time: formatPosition(position) });
    return { phase: "paused", main: say("onHold"), below };
  }
  if (position >= 0) return undefined;
  const rate = event.rate() || 1;
  const left = -position / rate;
  return { phase: "scheduled", above: say("startsIn"), main: formatCountdown(left), below: formatStart(Date.now() + left) };
}

/** Formats an instant to the nearest second: `at 19:00:00`, or with the day if it is not today. */
function formatStart(exact: number): string {
  const ms = Math.round(exact / 1_000) * 1_000;
  const date = new Date(ms);
  if (date.toDateString() === new Date().toDateString()) return say("startsAt", { time: formatTimeOfDay(ms) });
  const day = date.toLocaleString(locale === "en" ? undefined : locale, {
    ...{ weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
  return say("startsOn", { day });
}
