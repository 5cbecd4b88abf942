// The message being written. It survives errors and reloads of the tab.

import type { Locale, Severity } from "downbeat-client";

export interface Draft {
  severity: Severity;
  /** The text per locale; empty for a locale whose field is open but not filled in. */
  text: Record<Locale, string>;
}

/** The longest text, in characters. */
export const TEXT_CHARS_MAX = 500;

const KEY = "downbeat console draft";

/** Returns the saved draft for an event, or an empty one. */
export function loadDraft(event: string): Draft {
  try {
    const saved = JSON.parse(sessionStorage.getItem(`${KEY} ${event}`) ?? "null") as Draft | null;
    if (saved !== null) return saved;
  } catch {
    // Not worth an error: the fields are empty then.
  }
  return { severity: "info", text: {} };
}

/** Saves a draft for this tab. */
export function saveDraft(event: string, draft: Draft): void {
  sessionStorage.setItem(`${KEY} ${event}`, JSON.stringify(draft));
}

/** Returns the texts that are not empty. */
export function filledTexts({ text }: Draft): Record<Locale, string> {
  return Object.fromEntries(Object.entries(text).map(([locale, words]) => [locale, words.trim()]).filter(([, words]) => words !== ""));
}

/** Returns why a draft cannot be sent; undefined if it can. `locale` is the event's own. */
export function draftProblem(draft: Draft, locale: Locale): string | undefined {
  const texts = filledTexts(draft);
  if (Object.keys(texts).length === 0) return "Write a message, or choose a template.";
  if (texts[locale] === undefined) return `Write the message in “${locale}” too: viewers of all other languages read that one.`;
  const long = Object.entries(texts).find(([, words]) => [...words].length > TEXT_CHARS_MAX);
  if (long === undefined) return undefined;
  return `The message in “${long[0]}” has ${[...long[1]].length} characters; shorten it to at most ${TEXT_CHARS_MAX}.`;
}
