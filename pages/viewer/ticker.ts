// When the page looks at the clock: ten times a second while the event moves, once a second while it stands, and not at
// all while nobody looks at the page.

import type { Downbeat } from "downbeat-client";

/** What is told where the event stands, in ms from its beginning; nothing while that is not known. */
type Look = (position: number | undefined) => void;

const MOVING = 100;
const STANDING = 1_000;

const looks: Look[] = [];

/** Has `look` called whenever the page looks at the clock. */
export function onTick(look: Look): void {
  looks.push(look);
}

/** Begins to look at the clock. */
export function tick(event: Downbeat): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = () => {
    clearTimeout(timer);
    if (document.hidden) return;
    const position = event.position();
    looks.forEach((look) => look(position));
    timer = setTimeout(now, event.rate() ? MOVING : STANDING);
  };
  now();
  event.on("status", now);
  event.on("connection", now);
  document.addEventListener("visibilitychange", now);
}
