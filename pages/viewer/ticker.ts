// When the page reads the position: ten times a second while it moves, once a second while it does not, and never while
// the page is hidden.

import type { Downbeat } from "downbeat-client";

/** Called with the event's position, in ms from its beginning; undefined while it is not known. */
type TickListener = (position: number | undefined) => void;

/** The intervals, in ms. */
const MOVING = 100;
const HELD = 1_000;

const listeners: TickListener[] = [];

/** Calls `listener` on every tick. */
export function onTick(listener: TickListener): void {
  listeners.push(listener);
}

/** Starts the ticks. */
export function startTicking(event: Downbeat): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = () => {
    clearTimeout(timer);
    if (document.hidden) return;
    const position = event.position();
    listeners.forEach((listener) => listener(position));
    timer = setTimeout(tick, event.rate() ? MOVING : HELD);
  };
  tick();
  event.on("status", tick);
  event.on("connection", tick);
  document.addEventListener("visibilitychange", tick);
}
