// Times as people read them.

const SECOND = 1_000;

/** Formats a position, in ms, like a running clock: `4:07`, `1:02:30`; before the beginning the whole seconds left: `−0:30`. */
export function formatPosition(position: number): string {
  const seconds = Math.floor(position / SECOND);
  return seconds < 0 ? `−${clockDigits(-seconds)}` : clockDigits(seconds);
}

/** Formats the ms until something as a countdown: it shows `0:01` until the end, then `0:00`. */
export function formatCountdown(left: number): string {
  return clockDigits(Math.max(0, Math.ceil(left / SECOND)));
}

/** Formats a position to the tenth of a second, like a running clock: `4:07.3`; before the beginning the tenths left. */
export function formatTenths(position: number): string {
  const tenths = Math.floor(position / 100);
  const shown = Math.abs(tenths);
  return `${tenths < 0 ? "−" : ""}${clockDigits(Math.floor(shown / 10))}.${shown % 10}`;
}

/** Formats an instant, in ms since 1970, like a running clock: the local time of day, `19:00:05`. */
export function formatTimeOfDay(instant: number): string {
  return new Date(instant).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** Formats an instant, in ms since 1970, as a day and the local time of day: `Thu, 24 Dec, 19:00`. */
export function formatDay(instant: number): string {
  return new Date(instant).toLocaleString([], {
    ...{ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
}

/** Formats the instant of something, in ms since 1970, to the nearest second: it may be computed, and a fraction of a ms early. */
export function formatWhen(instant: number): string {
  return formatTimeOfDay(Math.round(instant / SECOND) * SECOND);
}

/** Formats a length of time, in ms, in one unit: `40 s`, `3 min`, `2 h`. */
export function formatSpan(ms: number): string {
  const seconds = Math.round(ms / SECOND);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** Formats a number with thousands separators, and the noun that it counts, in the plural unless it is 1. */
export function formatCount(number: number, noun?: string): string {
  const text = number.toLocaleString("en");
  return noun === undefined ? text : `${text} ${noun}${number === 1 ? "" : "s"}`;
}

function clockDigits(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
