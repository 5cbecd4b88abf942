// The message that is being written. It outlives errors and reloads of the tab.

import type { Locale, Severity } from "downbeat-client";

export interface Draft {
  severity: Severity;
  /** A text per language, also an empty one for a language whose field is open. */
  text: Record<Locale, string>;
}

/** How many characters a message may have in each language. */
export const TEXT_CHARS_MAX = 500;

const KEY = "downbeat console draft";

/** Returns the draft of an event that was kept. */
export function keptDraft(event: string): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(`${KEY} ${event}`) ?? "null") as Draft | null;
    if (kept !== null) return kept;
  } catch {
    // It is not worth an error: the field is empty then.
  }
  return { severity: "info", text: {} };
}

/** Keeps it for this tab. */
export function keepDraft(event: string, draft: Draft): void {
  sessionStorage.setItem(`${KEY} ${event}`, JSON.stringify(draft));
}

/** Returns the texts that say something. */
export function said({ text }: Draft): Record<Locale, string> {
  return Object.fromEntries(Object.entries(text).map(([locale, words]) => [locale, words.trim()]).filter(([, words]) => words !== ""));
}

/** Says what keeps a draft from being sent; nothing if it can be. `locale` is the event's own. */
export function wrongWithDraft(draft: Draft, locale: Locale): string | undefined {
  const texts = said(draft);
  if (Object.keys(texts).length === 0) return "Write a message, or choose a template.";
  if (texts[locale] === undefined) return `Write it in “${locale}” too: it is what viewers of every other language read.`;
  const long = Object.entries(texts).find(([, words]) => [...words].length > TEXT_CHARS_MAX);
  if (long === undefined) return undefined;
  return `The message in “${long[0]}” has ${[...long[1]].length} characters, at most ${TEXT_CHARS_MAX} fit; shorten it.`;
}
