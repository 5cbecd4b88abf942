// What the operator reads about a cue besides its name and its time.

import type { Cue, Locale } from "downbeat-client";

/** The most characters of a text that are shown. */
const CHARS_MAX = 160;

/** Returns a text as it is shown: at most so many characters of it. */
export function cut(text: string, charsMax: number): string {
  return text.length > charsMax ? `${text.slice(0, charsMax - 1)}…` : text;
}

/** Returns what the rundown says about a cue, one line for each thing: what viewers will read, and its track. */
export function cueNotes({ message, track }: Cue, locale: Locale | undefined): string[] {
  const text = message && (message[locale ?? ""] ?? Object.values(message)[0]);
  return [
    ...(text ? [`viewers read “${cut(text, CHARS_MAX)}”`] : []),
    ...(track === undefined ? [] : [`on track ${track}`]),
  ];
}
