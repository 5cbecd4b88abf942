// A message to viewers: written or taken from a template, in the languages that are wanted, and seen before it is sent.

import type { Downbeat, Locale, Severity } from "downbeat-client";
import { find, write } from "../shared/dom.ts";
import type { Commands, Order } from "./commands.ts";
import { allow, make, press } from "./dom.ts";
import { keepDraft, keptDraft, said, wrongWithDraft } from "./draft.ts";
import type { Known } from "./latest-state.ts";
import { MAY_NOT_OPERATE, type Session } from "./session.ts";
import { TEMPLATES } from "./templates.ts";
import { LANGUAGES, textField } from "./text-field.ts";

/** Has the panel work. Gives the function that says what can be done, to be called as often as clocks are redrawn. */
export function compose(name: string, event: Downbeat, known: Known, commands: Commands, session: Session): () => void {
  const [fields, preview, says] = [find("texts"), find("preview"), find("compose-says")];
  const severity = find<HTMLSelectElement>("severity");
  const template = find<HTMLSelectElement>("template");
  const language = find<HTMLSelectElement>("add-language");
  const [announce, hold, clear] = ["announce", "hold-with", "clear"].map((id) => find<HTMLButtonElement>(id)) as
    [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
  let draft = keptDraft(name);
  let own: Locale | undefined;

  const changed = () => {
    keepDraft(name, draft);
    write(says, "");
    showPreview();
  };
  const showPreview = () => {
    const texts = Object.entries(said(draft));
    preview.replaceChildren(...texts.map(([locale, words]) => {
      const shown = make("p", "message", words);
      shown.dataset["severity"] = draft.severity;
      shown.lang = locale;
      return texts.length === 1 ? shown : make("div", "", make("span", "tag", locale), shown);
    }));
    if (texts.length === 0) preview.replaceChildren(make("p", "none", "What you write is shown here as viewers see it."));
  };
  const showFields = () => {
    if (own === undefined) return;
    // The event's own language comes first, and cannot be taken away.
    const locales = [own, ...Object.keys(draft.text).filter((locale) => locale !== own)];
    fields.replaceChildren(...locales.map((locale) => {
      const remove = () => {
        delete draft.text[locale];
        changed();
        showFields();
        find(`text-${own}`).focus();
      };
      return textField(locale, draft, changed, locale === own ? undefined : remove);
    }));
    const open = new Set(locales);
    const rest = Object.entries(LANGUAGES).filter(([locale]) => !open.has(locale));
    const options = rest.map(([locale, words]) => new Option(`${words} (${locale})`, locale));
    language.replaceChildren(new Option("add …", ""), ...options);
    severity.value = draft.severity;
    showPreview();
  };

  template.append(...TEMPLATES.map(({ name }, index) => new Option(name, `${index}`)));
  template.addEventListener("change", () => {
    const chosen = TEMPLATES[Number(template.value)];
    if (template.value === "" || chosen === undefined || own === undefined) return;
    const language = own.toLowerCase().split("-")[0]!;
    const { [language]: mine, ...others } = chosen.text;
    draft = { severity: chosen.severity, text: { [own]: mine ?? draft.text[own] ?? "", ...others } };
    template.value = "";
    changed();
    showFields();
    if (mine === undefined) write(says, `The template has no text in “${own}”, the language of this event: write it.`);
  });
  language.addEventListener("change", () => {
    const locale = language.value;
    if (locale === "") return;
    draft.text[locale] ??= "";
    changed();
    showFields();
    find(`text-${locale}`).focus();
  });
  severity.addEventListener("change", () => {
    draft.severity = severity.value as Severity;
    changed();
  });

  const complain = (words: string) => {
    write(says, words);
    find(`text-${own}`)?.focus();
  };
  const send = (order: Pick<Order, "word" | "doubt" | "isHold" | "decidedOn">, command: string) => {
    const wrong = own === undefined ? "The event is not known yet." : wrongWithDraft(draft, own);
    if (wrong !== undefined) return complain(wrong);
    const sent = structuredClone(draft);
    commands.send({
      ...order,
      fields: { command, message: said(sent), severity: sent.severity },
      // What has been written meanwhile stays.
      taken: () => {
        if (JSON.stringify(sent) !== JSON.stringify(draft)) return;
        draft = { severity: "info", text: {} };
        changed();
        showFields();
      },
      wrong: (_, detail) => complain(detail),
    });
  };
  press(announce, () => send({
    word: "ANNOUNCE", doubt: "Viewers may not have the message.", isHold: false, decidedOn: known.rev,
  }, "announce"));
  // The emergency with words: as little refused as the one without.
  press(hold, () => send({ word: "HOLD", doubt: "Viewers may not be held.", isHold: true, decidedOn: undefined }, "pause"));
  press(clear, () => commands.send({
    word: "CLEAR",
    doubt: "Viewers may still have the message.",
    isHold: false,
    fields: { command: "clear" },
    decidedOn: known.rev,
  }));

  known.follow(() => {
    const locale = known.state?.locale;
    if (locale === undefined || locale === own) return;
    own = locale;
    showFields();
  });
  return () => {
    const whyNot = session.rights.operate ? undefined : MAY_NOT_OPERATE;
    const ended = known.standing()?.status === "ended" ? "The event has ended; reopen it first." : undefined;
    allow(announce, whyNot ?? commands.busyWith("ANNOUNCE"));
    allow(hold, whyNot ?? ended);
    allow(clear, whyNot ?? commands.busyWith("CLEAR") ?? (isTold(event, known) ? undefined : "Viewers are told nothing."));
  };
}

/** Returns whether viewers are told something, now or soon. */
function isTold(event: Downbeat, known: Known): boolean {
  const [messages, now] = [known.state?.messages ?? [], event.now() ?? 0];
  const current = messages.findLast(({ from }) => from <= now);
  return (current?.text ?? null) !== null || messages.some(({ from, text }) => from > now && text !== null);
}
