// The pages' own words, in the viewer's language if there is a file for it. What others wrote comes in the languages that they
// wrote it in.

import { EN, type Words } from "./words/en.ts";

/** The languages with a file of their own beside English, and how each is written. */
const LANGUAGES: Record<string, "ltr" | "rtl"> = { en: "ltr", de: "ltr", fr: "ltr", es: "ltr", ja: "ltr", ar: "rtl" };

/** Words that one page has beside these. */
export interface OwnWords {
  english: Record<string, string>;
  /** The files of the other languages: `words-room` for `/words-room-de.js`. */
  file: string;
}

let words: Record<string, string> = EN;

/** The viewer's locale, a BCP 47 tag, for `Intl`: in the language of the page's words. */
export let locale = "en";

/** Returns the words called `name`, with `parts` filled in. */
export function say(name: keyof Words, parts: Record<string, string | number> = {}): string {
  return words[name]!.replaceAll(/\{(\w+)\}/g, (_, part: string) => String(parts[part]));
}

/** Returns the viewer's locales, the preferred one first: `?lang=` in the page's address, then the browser's. */
export function locales(): string[] {
  const asked = new URLSearchParams(location.search).get("lang");
  try {
    return Intl.getCanonicalLocales([...(asked ? [asked] : []), ...navigator.languages]);
  } catch {
    return [...navigator.languages];
  }
}

/**
 * Turns the page to the viewer's language: loads its words, and writes those that stand in the page's HTML (`data-say`, and
 * `data-label` for labels). Without a network, or for other languages, they stay English.
 */
export async function loadWords(own?: OwnWords): Promise<void> {
  words = { ...EN, ...own?.english };
  const language = (tag: string) => tag.split("-")[0]!.toLowerCase();
  const wanted = locales().find((tag) => Object.hasOwn(LANGUAGES, language(tag))) ?? "en";
  if (language(wanted) !== "en") {
    try {
      const files = ["words", ...(own ? [own.file] : [])].map((file) => import(`/${file}-${language(wanted)}.js`));
      for (const loaded of await Promise.all(files)) words = { ...words, ...loaded.default };
    } catch {
      return;
    }
  }
  locale = wanted;
  document.documentElement.lang = wanted;
  document.documentElement.dir = LANGUAGES[language(wanted)]!;
  for (const element of document.querySelectorAll<HTMLElement>("[data-say]")) element.textContent = say(element.dataset["say"] as keyof Words);
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) element.ariaLabel = say(element.dataset["label"] as keyof Words);
}
