// A message to viewers: written or taken from a template, in several languages, and previewed before it is sent.

import type { Downbeat, Locale, Severity } from "downbeat-client";
import { find, write } from "../shared/dom.ts";
import type { CommandRequest, Commands } from "./commands.ts";
import { make, onPress, setDisabled } from "./dom.ts";
import { draftProblem, filledTexts, loadDraft, saveDraft } from "./draft.ts";
import type { LatestState } from "./latest-state.ts";
import type { Session } from "./session.ts";
import { TEMPLATES } from "./templates.ts";
import { LANGUAGES, textField } from "./text-field.ts";

/** Makes the panel work. Returns the function that redraws its buttons. */
export function compose(name: string, event: Downbeat, latest: LatestState, commands: Commands, session: Session): () => void {
  const [fields, preview, note] = [find("texts"), find("preview"), find("compose-note")];
  const severity = find<HTMLSelectElement>("severity");
  const template = find<HTMLSelectElement>("template");
  const language = find<HTMLSelectElement>("add-language");
  const [announce, hold, clear] = ["announce", "hold-with", "clear"].map((id) => find<HTMLButtonElement>(id)) as
    [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
  let draft = loadDraft(name);
  let eventLocale: Locale | undefined;

  const onChange = () => {
    saveDraft(name, draft);
    write(note, "");
    showPreview();
  };
  const showPreview = () => {
    const texts = Object.entries(filledTexts(draft));
    preview.replaceChildren(...texts.map(([locale, words]) => {
      const shown = make("p", "message", words);
      shown.dataset["severity"] = draft.severity;
      shown.lang = locale;
      shown.dir = "auto";
      return texts.length === 1 ? shown : make("div", "", make("span", "tag", locale), shown);
    }));
    if (texts.length === 0) preview.replaceChildren(make("p", "none", "Your message appears here as viewers will see it."));
  };
  const showFields = () => {
    if (eventLocale === undefined) return;
    // The event's own language comes first and cannot be removed.
    const locales = [eventLocale, ...Object.keys(draft.text).filter((locale) => locale !== eventLocale)];
    fields.replaceChildren(...locales.map((locale) => {
      const remove = () => {
        delete draft.text[locale];
        onChange();
        showFields();
        find(`text-${eventLocale}`).focus();
      };
      return textField(locale, draft, onChange, locale === eventLocale ? undefined : remove);
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
    if (template.value === "" || chosen === undefined || eventLocale === undefined) return;
    const language = eventLocale.toLowerCase().split("-")[0]!;
    const { [language]: mine, ...others } = chosen.text;
    draft = { severity: chosen.severity, text: { [eventLocale]: mine ?? draft.text[eventLocale] ?? "", ...others } };
    template.value = "";
    onChange();
    showFields();
    if (mine === undefined) write(note, `The template has no text in “${eventLocale}”, the event's own language: write it yourself.`);
  });
  language.addEventListener("change", () => {
    const locale = language.value;
    if (locale === "") return;
    draft.text[locale] ??= "";
    onChange();
    showFields();
    find(`text-${locale}`).focus();
  });
  severity.addEventListener("change", () => {
    draft.severity = severity.value as Severity;
    onChange();
  });

  const showError = (text: string) => {
    write(note, text);
    find(`text-${eventLocale}`)?.focus();
  };
  const send = (request: Pick<CommandRequest, "label" | "doubt" | "isHold" | "ifRev">, command: string) => {
    const problem = eventLocale === undefined ? "The event's state is not known yet." : draftProblem(draft, eventLocale);
    if (problem !== undefined) return showError(problem);
    const sent = structuredClone(draft);
    commands.send({
      ...request,
      fields: { command, message: filledTexts(sent), severity: sent.severity },
      // Text written meanwhile stays.
      onAccepted: () => {
        if (JSON.stringify(sent) !== JSON.stringify(draft)) return;
        draft = { severity: "info", text: {} };
        onChange();
        showFields();
      },
      onInvalid: showError,
    });
  };
  onPress(announce, () => send({
    label: "ANNOUNCE", doubt: "Viewers may not have the message.", isHold: false, ifRev: latest.rev,
  }, "announce"));
  // The emergency with a message: never refused as stale, like the one without.
  onPress(hold, () => send({ label: "HOLD", doubt: "Viewers may not be held.", isHold: true, ifRev: undefined }, "pause"));
  onPress(clear, () => commands.send({
    label: "CLEAR",
    doubt: "Viewers may still have the message.",
    isHold: false,
    fields: { command: "clear" },
    ifRev: latest.rev,
  }));

  latest.subscribe(() => {
    const locale = latest.state?.locale;
    if (locale === undefined || locale === eventLocale) return;
    eventLocale = locale;
    showFields();
  });
  return () => {
    const whyNot = session.cannot("hold");
    const ended = latest.snapshot()?.status === "ended" ? "The event has ended; reopen it first." : undefined;
    setDisabled(announce, whyNot ?? commands.busyWith("ANNOUNCE"));
    setDisabled(hold, whyNot ?? ended);
    setDisabled(clear, whyNot ?? commands.busyWith("CLEAR") ?? (hasMessage(event, latest) ? undefined : "There is no message to clear."));
  };
}

/** Returns whether there is a message, now or after a change that is already scheduled. */
function hasMessage(event: Downbeat, latest: LatestState): boolean {
  const [messages, now] = [latest.state?.messages ?? [], event.now() ?? 0];
  const current = messages.findLast(({ from }) => from <= now);
  return (current?.text ?? null) !== null || messages.some(({ from, text }) => from > now && text !== null);
}
