// A countdown as people read it, in their language.

const SECOND = 1_000;
const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

/**
 * Returns the time left, `ms`, as a countdown: `24 d 23 h` from a day on, below that `1:02:30` and `4:07`; it shows `0:01` until the
 * end, then `0:00`. In the digits and with the units of `locale`, a BCP 47 tag; default: the browser's.
 */
export function countdownText(ms: number, locale?: string): string {
  const left = Math.max(0, Math.ceil(ms / SECOND));
  if (left < DAY) return clockText(left, locale);
  // The narrow units of some languages are English letters.
  const unitDisplay = /^(ja|ko|zh)/.test(locale ?? navigator.language) ? "short" : "narrow";
  const unit = (count: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay }).format(Math.floor(count))
      // `24d` is hard to read.
      .replace(/(\d)(?=[a-z])/gi, "$1\u00a0");
  return `${unit(left / DAY, "day")} ${unit((left % DAY) / HOUR, "hour")}`;
}

/** Returns whole seconds as a running clock: `4:07`, `1:02:30`. */
export function clockText(seconds: number, locale?: string): string {
  // Adding 0 makes 0 of −0, which would be written with its sign.
  const digits = (count: number, minimumIntegerDigits: number) =>
    new Intl.NumberFormat(locale, { minimumIntegerDigits, useGrouping: false }).format(Math.floor(count) + 0);
  const [hours, minutes] = [Math.floor(seconds / HOUR), (seconds % HOUR) / MINUTE];
  const rest = digits(seconds % MINUTE, 2);
  return hours > 0 ? `${digits(hours, 1)}:${digits(minutes, 2)}:${rest}` : `${digits(minutes, 1)}:${rest}`;
}
