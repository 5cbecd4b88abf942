// Times as people read them, in the digits and the order of the page's language.

import { clockText, countdownText } from "#countdown-text";
import { locale } from "./words.ts";

const SECOND = 1_000;

/** Formats a position, in ms, like a running clock: `4:07`, `1:02:30`; before the beginning the whole seconds left: `−0:30`, `−24 d 23 h`. */
export function formatPosition(position: number): string {
  const seconds = Math.floor(position / SECOND);
  return seconds < 0 ? `−${formatCountdown(-position)}` : clockText(seconds, locale);
}

/** Formats the ms until something as a countdown: `24 d 23 h`, below a day `1:02:30`; it shows `0:01` until the end, then `0:00`. */
export function formatCountdown(left: number): string {
  return countdownText(left, locale);
}

/**
 * Formats a position to the tenth of a second, like a running clock: `4:07.3`; before the beginning the tenths left. A day before it
 * nobody counts them.
 */
export function formatTenths(position: number): string {
  if (position <= -86_400 * SECOND) return formatPosition(position);
  const tenths = Math.floor(position / 100);
  const shown = Math.abs(tenths);
  return `${tenths < 0 ? "−" : ""}${clockText(Math.floor(shown / 10), locale)}.${formatNumber(shown % 10)}`;
}

/** Formats an instant, in ms since 1970, like a running clock: the local time of day, `19:00:05`. */
export function formatTimeOfDay(instant: number): string {
  return new Date(instant).toLocaleTimeString(regional(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** Formats an instant, in ms since 1970, as a day and the local time of day: `Thu, 24 Dec, 19:00`. */
export function formatDay(instant: number): string {
  return new Date(instant).toLocaleString(regional(), {
    ...{ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
}

/** Formats the instant of something, in ms since 1970, to the nearest second: it may be computed, and a fraction of a ms early. */
export function formatWhen(instant: number): string {
  return formatTimeOfDay(Math.round(instant / SECOND) * SECOND);
}

/** Returns the locale for dates: the page's, or, while that is plain English, the browser's. */
function regional(): string | undefined {
  return locale === "en" ? undefined : locale;
}

/** Formats a length of time, in ms, in one unit: `40 s`, `3 min`, `2 h`. */
export function formatSpan(ms: number): string {
  const seconds = Math.round(ms / SECOND);
  const minutes = Math.round(seconds / 60);
  const [count, unit, short] = seconds < 90 ? [seconds, "second", "s"] : minutes < 90 ? [minutes, "minute", "min"] : [Math.round(minutes / 60), "hour", "h"];
  if (locale.startsWith("en")) return `${count} ${short}`;
  return new Intl.NumberFormat(locale, { style: "unit", unit: unit as string, unitDisplay: "short" }).format(count as number);
}

/** Formats a whole number in the page's digits. */
export function formatNumber(number: number): string {
  return new Intl.NumberFormat(locale).format(number);
}

/** Formats a number with thousands separators, and the noun that it counts, in the plural unless it is 1. */
export function formatCount(number: number, noun?: string): string {
  const text = number.toLocaleString("en");
  return noun === undefined ? text : `${text} ${noun}${number === 1 ? "" : "s"}`;
}
