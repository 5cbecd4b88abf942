// The message being written. It survives errors and reloads of the tab.

import type { Locale, Severity } from "downbeat-client";
import { readStored, store } from "../shared/storage.ts";

export interface Draft {
  severity: Severity;
  /** The text per locale; empty for a locale whose field is open but not filled in. */
  text: Record<Locale, string>;
}

/** The longest text, in characters. */
export const TEXT_CHARS_MAX = 500;

const KEY = "downbeat console draft";

/** The longest saved draft that is read, in characters: 64 locales with the longest text, and what JSON adds. */
const SAVED_CHARS_MAX = 100_000;

/** The severities, the least first. */
const SEVERITIES: readonly Severity[] = ["info", "minor", "major", "critical"];

/** A locale as fields can have it: a language, and what follows. */
const LOCALE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/;

/** Returns the saved draft for an event, or an empty one. */
export function loadDraft(event: string): Draft {
  return parseDraft(readStored(`${KEY} ${event}`) ?? "") ?? { severity: "info", text: {} };
}

/** Parses a saved draft; undefined if it is none. Whatever else is stored there, by an older page or by hand, is dropped. */
export function parseDraft(saved: string): Draft | undefined {
  if (saved.length > SAVED_CHARS_MAX) return undefined;
  let draft: unknown;
  try {
    draft = JSON.parse(saved);
  } catch {
    return undefined;
  }
  const { severity, text } = (draft ?? {}) as Partial<Record<keyof Draft, unknown>>;
  const level = SEVERITIES.find((one) => one === severity);
  if (level === undefined || typeof text !== "object" || text === null || Array.isArray(text)) return undefined;
  const texts = Object.entries(text).filter((entry): entry is [Locale, string] => LOCALE.test(entry[0]) && typeof entry[1] === "string");
  return { severity: level, text: Object.fromEntries(texts) };
}

/** Saves a draft for this tab. */
export function saveDraft(event: string, draft: Draft): void {
  store(`${KEY} ${event}`, JSON.stringify(draft));
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
