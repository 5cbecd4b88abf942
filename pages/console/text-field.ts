// The field for a message in one language.

import type { Locale } from "downbeat-client";
import { write } from "../shared/dom.ts";
import { make, onPress } from "./dom.ts";
import { type Draft, TEXT_CHARS_MAX } from "./draft.ts";

/** The languages that can be added, in their own names. */
export const LANGUAGES: Record<Locale, string> = {
  ...{ ar: "العربية", cs: "Čeština", da: "Dansk", de: "Deutsch", en: "English", es: "Español", fi: "Suomi" },
  ...{ fr: "Français", hi: "हिन्दी", it: "Italiano", ja: "日本語", ko: "한국어", nl: "Nederlands", no: "Norsk" },
  ...{ pl: "Polski", pt: "Português", sv: "Svenska", tr: "Türkçe", uk: "Українська", zh: "中文" },
};

/** From how few characters left the field shows how many. */
const LEFT_SHOWN = 100;

/** Makes the field for one language of a draft. The field of the event's own language has no `remove`. */
export function textField(locale: Locale, draft: Draft, onChange: () => void, remove?: () => void): HTMLElement {
  const id = `text-${locale}`;
  const language = LANGUAGES[locale] ?? locale;
  const label = make("label", "", `${remove === undefined ? "Message, " : ""}${language} (${locale})`);
  label.htmlFor = id;
  const area = make("textarea");
  area.id = id;
  area.rows = 2;
  area.lang = locale;
  area.dir = "auto";
  area.value = draft.text[locale] ?? "";
  const left = make("span", "left numbers");
  const measure = () => {
    const chars = [...area.value.trim()].length;
    const remaining = TEXT_CHARS_MAX - chars;
    write(left, remaining < 0 ? `${-remaining} too many` : remaining <= LEFT_SHOWN ? `${remaining} left` : "");
    area.ariaInvalid = remaining < 0 ? "true" : null;
  };
  area.addEventListener("input", () => {
    draft.text[locale] = area.value;
    measure();
    onChange();
  });
  measure();
  const head = make("div", "label", label, left);
  if (remove !== undefined) {
    const button = make("button", "quiet", "Remove");
    button.type = "button";
    button.ariaLabel = `Remove ${language}`;
    onPress(button, remove);
    head.append(button);
  }
  return make("div", "text", head, area);
}
