// What the stage display shows, as a pure function of the event.

import type { Status } from "downbeat-client";
import { formatCountdown, formatDay, formatNumber, formatPosition } from "../shared/format.ts";
import { say } from "../shared/words.ts";

/** The event at one instant; times in ms. */
export interface EventNow {
  /** Undefined before the first answer. */
  status: Status | undefined;
  position: number | undefined;
  /** How fast the position moves. */
  rate: number;
  /** How long the event is meant to last, if known. */
  duration: number | undefined;
  /** The time, in ms since 1970; undefined while it is not known. */
  now?: number | undefined;
}

/** What the display shows, and in which colours. */
export interface Content {
  /** What the figure counts. */
  label: string;
  figure: string;
  /** A smaller line below the figure. */
  detail: string;
  /** `soon` and `last`: towards the start and the end; `over`: overtime; `still`: nothing runs. */
  tone: "calm" | "soon" | "last" | "over" | "held" | "still";
}

/** How long before the start or the end the colour changes, in ms: the same as on speakers' timers. */
const SOON = 5 * 60_000;
const LAST = 60_000;

/** How long before the start its day and hour are shown too, in ms: nobody counts so many hours. */
const FAR = 12 * 3_600_000;

/** Returns what the display shows. */
export function displayContent({ status, position, rate, duration, now }: EventNow): Content {
  if (status === undefined || position === undefined) return { label: say("stageConnecting"), figure: "–:––", detail: "", tone: "still" };
  if (status === "ended") return { label: say("stageOver"), figure: formatPosition(position), detail: "", tone: "still" };
  const total = duration === undefined ? undefined : formatPosition(duration);
  if (status === "paused") {
    const detail = position < 0 ? say("beforeStart") : total === undefined ? say("place") : say("placeOf", { time: total });
    return { label: say("stageHeld"), figure: formatPosition(position), detail, tone: "held" };
  }
  // Time left is shown as real time: at twice the speed it passes in half of it.
  const pace = rate || 1;
  const speed = rate === 1 ? "" : say("atSpeed", { rate: formatNumber(rate) });
  if (position < 0) {
    const left = -position / pace;
    const day = now !== undefined && left > FAR ? formatDay(now + left) : "";
    return { label: say("stageStarts"), figure: formatCountdown(left), detail: [day, speed].filter((one) => one !== "").join(", "), tone: toneFor(left) };
  }
  if (duration === undefined) return { label: say("stageRunning"), figure: formatPosition(position), detail: speed, tone: "calm" };
  const elapsed = `${say("elapsedOf", { elapsed: formatPosition(position), time: total! })}${speed === "" ? "" : `, ${speed}`}`;
  const left = (duration - position) / pace;
  if (left > 0) return { label: say("stageRemaining"), figure: formatCountdown(left), detail: elapsed, tone: toneFor(left) };
  return { label: say("stageOvertime"), figure: `+${formatPosition(-left)}`, detail: elapsed, tone: "over" };
}

function toneFor(left: number): Content["tone"] {
  return left <= LAST ? "last" : left <= SOON ? "soon" : "calm";
}
