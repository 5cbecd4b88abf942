// The stage display: one figure for the whole hall, and who hears of it by what sign.

import type { Status } from "downbeat-client";
import { clock, countdown, wallClock } from "../shared/format.ts";
import { following } from "../shared/cues.ts";
import { find, write } from "../shared/dom.ts";
import { eventName, joinEvent } from "../shared/event.ts";
import { light } from "../shared/connection-light.ts";
import { message } from "../shared/message.ts";
import { speak } from "../shared/speech.ts";
import { face } from "./content.ts";
import { fillScreen, keepAwake } from "./screen.ts";

const SPOKEN: Record<Status, string> = {
  scheduled: "The event has not started.",
  running: "The event is running.",
  paused: "The event is held.",
  ended: "The event is over.",
};

// Who presses a key at once is heard.
keepAwake();
fillScreen(find<HTMLButtonElement>("whole"));

const event = await joinEvent();
message(find("message"), event);
light(find("light"), event);

let timer: ReturnType<typeof setTimeout> | undefined;
event.on("state", draw);
event.on("status", (status) => {
  draw();
  speak(SPOKEN[status]);
});
event.on("clock", draw);
document.addEventListener("visibilitychange", draw);
draw();

/** Draws what is true now, and again when the next second begins: all displays of a hall turn together. */
function draw(): void {
  const [now, position, rate] = [event.now(), event.position(), event.rate() ?? 0];
  const state = event.state;
  const duration = (state && "duration" in state ? state.duration : null) ?? event.rundown?.duration;
  const { word, figure, beside, tone } = face({ status: event.status, position, rate, duration });
  document.body.dataset["tone"] = tone;
  document.body.style.setProperty("--signs", String(Math.max(4, figure.length)));
  write(find("title"), (state && "title" in state && state.title) || event.rundown?.title || "Stage display");
  write(find("word"), event.connection.why === "unknown-event" ? `there is no event “${eventName()}”` : word);
  write(find("figure"), figure);
  write(find("beside"), beside);
  write(find("wall"), now === undefined ? "––:––:––" : wallClock(now));
  write(find("next"), position === undefined || event.status === "ended" ? "" : next(position, rate));
  clearTimeout(timer);
  timer = setTimeout(draw, Math.min(nextSecond(now ?? 0, 1), nextSecond(position ?? 0, rate)) + 1);
}

/** Says which cue comes next, and when. */
function next(position: number, rate: number): string {
  const [cue] = following(event.rundown, position, 1);
  if (cue === undefined) return "";
  return rate > 0 ? `next ${cue.id} in ${countdown((cue.time - position) / rate)}` : `next ${cue.id} at ${clock(cue.time)}`;
}

/** Returns how many ms of real time it is until `ms`, which grows at `rate`, passes a whole second. */
function nextSecond(ms: number, rate: number): number {
  const left = 1_000 - (((ms % 1_000) + 1_000) % 1_000);
  return rate > 0 ? left / rate : 1_000;
}
