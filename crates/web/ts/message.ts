// Which of a message's texts a viewer reads.

import type { Message } from "./events.ts";
import type { Announcement, Locale } from "./wire.ts";

/** Gives a message in the first of the viewer's locales that it has, or one of the same language, or the default. */
export function messageFor(
  announcement: Announcement | undefined,
  locales: readonly Locale[],
  fallback: Locale,
): Message | null {
  const texts = announcement?.text;
  if (!texts) return null;
  const language = (locale: Locale) => locale.toLowerCase().split("-")[0];
  const own = locales.flatMap((wanted) => {
    const same = Object.keys(texts).filter((locale) => language(locale) === language(wanted));
    return same.find((locale) => locale.toLowerCase() === wanted.toLowerCase()) ?? same.slice(0, 1);
  });
  const locale = own[0] ?? fallback;
  const text = texts[locale] ?? Object.values(texts)[0];
  return text === undefined ? null : { text, locale, severity: announcement.severity };
}
