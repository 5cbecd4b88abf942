// Choosing the language of a text.

import type { Text } from "./events.ts";
import type { Locale } from "./wire.ts";

/**
 * Returns the text for a viewer: in the first of their locales that has one, or one of the same language, or else in
 * `fallback`, the event's own locale.
 */
export function textFor(
  texts: Record<Locale, string> | null | undefined,
  locales: readonly Locale[],
  fallback: Locale,
): Text | null {
  if (!texts) return null;
  const language = (locale: Locale) => locale.toLowerCase().split("-")[0];
  const own = locales.flatMap((wanted) => {
    const same = Object.keys(texts).filter((locale) => language(locale) === language(wanted));
    return same.find((locale) => locale.toLowerCase() === wanted.toLowerCase()) ?? same.slice(0, 1);
  });
  const locale = [...own, fallback, ...Object.keys(texts)].find((locale) => texts[locale] !== undefined);
  return locale === undefined ? null : { text: texts[locale]!, locale };
}
