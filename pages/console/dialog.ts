// Asking before a change that cannot be undone, or that every viewer sees.

import { find, write } from "../shared/dom.ts";
import { make, onPress } from "./dom.ts";

export interface Question {
  title: string;
  /** What will happen, one line for each thing. Called repeatedly while the dialog is open. */
  lines(): string[];
  /** The label of the button that confirms. */
  yes: string;
  /** What the operator has to type to confirm, if anything. */
  typed?: string;
  /** How the button looks: `grave` for what ends something for everybody. */
  tone?: "normal" | "grave";
}

/** How often the lines are updated, in ms. */
const UPDATE_INTERVAL = 200;

/** Asks the operator to confirm. Resolves with `false` on Escape or Cancel. */
export function confirm(question: Question): Promise<boolean> {
  const dialog = find<HTMLDialogElement>("dialog");
  const [title, lines, field] = [find("dialog-title"), find("dialog-lines"), find("dialog-field")];
  const typed = find<HTMLInputElement>("dialog-typed");
  const [yes, no] = [find<HTMLButtonElement>("dialog-yes"), find<HTMLButtonElement>("dialog-no")];
  const isReady = () => question.typed === undefined || typed.value.trim() === question.typed;
  const redraw = () => {
    const texts = question.lines();
    while (lines.childElementCount > texts.length) lines.lastElementChild!.remove();
    while (lines.childElementCount < texts.length) lines.append(make("p"));
    texts.forEach((text, index) => write(lines.children[index] as HTMLElement, text));
    yes.ariaDisabled = isReady() ? null : "true";
  };

  write(title, question.title);
  write(yes, question.yes);
  yes.className = question.tone === "grave" ? "grave" : "strong";
  field.hidden = question.typed === undefined;
  write(find("dialog-name"), question.typed ?? "");
  typed.value = "";
  redraw();
  const timer = setInterval(redraw, UPDATE_INTERVAL);
  dialog.showModal();
  (question.typed === undefined ? no : typed).focus();

  return new Promise((resolve) => {
    const listeners = new AbortController();
    const options = { signal: listeners.signal };
    let isConfirmed = false;
    const accept = () => {
      if (!isReady()) return typed.focus();
      isConfirmed = true;
      dialog.close();
    };
    typed.addEventListener("input", redraw, options);
    typed.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      // Otherwise the same key would also press the button that gets the focus back.
      event.preventDefault();
      accept();
    }, options);
    yes.addEventListener("click", accept, options);
    no.addEventListener("click", () => dialog.close(), options);
    dialog.addEventListener("close", () => {
      clearInterval(timer);
      listeners.abort();
      resolve(isConfirmed);
    }, options);
  });
}

/** Makes a button open a dialog that only informs. */
export function infoDialog(dialog: HTMLDialogElement, button: HTMLButtonElement): void {
  onPress(button, () => dialog.showModal());
  onPress(dialog.querySelector("button")!, () => dialog.close());
}
