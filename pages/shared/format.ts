// Times as people read them.

const SECOND = 1_000;

/**
 * Returns a position as a running clock shows it: `4:07`, `1:02:30`; before the beginning, with a minus, the whole
 * seconds that are left: `−0:30`.
 */
export function clock(position: number): string {
  const seconds = Math.floor(position / SECOND);
  return seconds < 0 ? `−${digits(-seconds)}` : digits(seconds);
}

/** Returns how long it is until something, as a countdown shows it: `0:01` until it is there, then `0:00`. */
export function countdown(left: number): string {
  return digits(Math.max(0, Math.ceil(left / SECOND)));
}

/** Returns a position to the tenth of a second, for what happens within one: `4:07.3`. */
export function tenths(position: number): string {
  const tenth = Math.floor((Math.abs(position) % SECOND) / 100);
  return `${position < 0 ? "−" : ""}${digits(Math.floor(Math.abs(position) / SECOND))}.${tenth}`;
}

/** Returns an instant, in ms since 1970, as the viewer's clock on the wall would show it: `19:00:05`. */
export function wallClock(instant: number): string {
  return new Date(instant).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** Returns a length of time in a few words: `40 s`, `3 min`, `2 h`. */
export function span(ms: number): string {
  const seconds = Math.round(ms / SECOND);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function digits(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
