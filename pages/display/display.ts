// The stage display: one large figure for the whole hall, or one for each of several stages.

import type { Status } from "downbeat-client";
import { nextCues } from "../shared/cues.ts";
import { connectionLight } from "../shared/connection-light.ts";
import { find, write } from "../shared/dom.ts";
import { eventName, joinEvent } from "../shared/event.ts";
import { formatCountdown, formatPosition, formatTimeOfDay } from "../shared/format.ts";
import { showMessage } from "../shared/message.ts";
import { speak } from "../shared/speech.ts";
import { loadWords, say } from "../shared/words.ts";
import type { Words } from "../shared/words/en.ts";
import { displayContent } from "./content.ts";
import { fillScreen, keepAwake } from "./screen.ts";
import { showSeveral } from "./stages.ts";

const SPOKEN = { scheduled: "saysNotStarted", running: "running", paused: "saysHeld", ended: "ended" } as const satisfies Record<Status, keyof Words>;

// The page works in English until they are there.
const words = loadWords();

// Before anything is awaited, so that an early key press counts.
keepAwake();
fillScreen(find<HTMLButtonElement>("full"));

await showSeveral();
const event = await joinEvent();
showMessage(find("message"), event);
connectionLight(find("light"), event, "full");

let timer: ReturnType<typeof setTimeout> | undefined;
event.on("state", draw);
event.on("status", (status) => {
  draw();
  speak(say(SPOKEN[status]));
});
event.on("clock", draw);
document.addEventListener("visibilitychange", draw);
void words.then(draw);
draw();

/** Draws the display, and again when the next second begins, so that all displays of a hall change together. */
function draw(): void {
  const [now, position, rate] = [event.now(), event.position(), event.rate() ?? 0];
  const state = event.state;
  const duration = (state && "duration" in state ? state.duration : null) ?? event.rundown?.duration;
  const { label, figure, detail, tone } = displayContent({ status: event.status, position, rate, duration, now });
  document.body.dataset["tone"] = tone;
  document.body.style.setProperty("--chars", String(Math.max(4, figure.length)));
  const title = (state && "title" in state && state.title) || event.rundown?.title || eventName();
  write(find("title"), title);
  const page = say("stage", { title });
  if (document.title !== page) document.title = page;
  write(find("label"), event.connection.why === "unknown-event" ? say("noEventNamed", { name: eventName() }) : label);
  write(find("figure"), figure);
  write(find("detail"), detail);
  write(find("time-of-day"), now === undefined ? "––:––:––" : formatTimeOfDay(now));
  write(find("next"), position === undefined || event.status === "ended" ? "" : nextCueText(position, rate));
  clearTimeout(timer);
  timer = setTimeout(draw, Math.min(untilNextSecond(now ?? 0, 1), untilNextSecond(position ?? 0, rate)) + 1);
}

/** Returns which cue comes next, and when; empty if none does. */
function nextCueText(position: number, rate: number): string {
  const [cue] = nextCues(event.rundown, position, 1);
  if (cue === undefined) return "";
  return rate > 0
    ? say("nextIn", { cue: cue.id, time: formatCountdown((cue.time - position) / rate) })
    : say("nextAt", { cue: cue.id, time: formatPosition(cue.time) });
}

/** Returns the ms of real time until `ms`, which grows at `rate`, reaches the next whole second. */
function untilNextSecond(ms: number, rate: number): number {
  const left = 1_000 - (((ms % 1_000) + 1_000) % 1_000);
  return rate > 0 ? left / rate : 1_000;
}
