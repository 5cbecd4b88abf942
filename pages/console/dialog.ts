// Asking before something that cannot be taken back, or that everybody sees.

import { find, write } from "../shared/dom.ts";
import { make, press } from "./dom.ts";

export interface Question {
  title: string;
  /** What will happen: a line for each thing. Asked again and again while the dialog is open. */
  lines(): string[];
  /** What the button says that goes ahead. */
  yes: string;
  /** What has to be typed before, if anything. */
  typed?: string;
  /** It ends something for everybody. */
  isGrave?: boolean;
}

/** Asks. Gives whether the operator wants it. Nothing happens on Escape, Cancel or a press beside it. */
export function ask(question: Question): Promise<boolean> {
  const dialog = find<HTMLDialogElement>("dialog");
  const [title, lines, field] = [find("dialog-title"), find("dialog-lines"), find("dialog-field")];
  const typed = find<HTMLInputElement>("dialog-typed");
  const [yes, no] = [find<HTMLButtonElement>("dialog-yes"), find<HTMLButtonElement>("dialog-no")];
  const isReady = () => question.typed === undefined || typed.value.trim() === question.typed;
  const redraw = () => {
    const wanted = question.lines();
    while (lines.childElementCount > wanted.length) lines.lastElementChild!.remove();
    while (lines.childElementCount < wanted.length) lines.append(make("p"));
    wanted.forEach((line, index) => write(lines.children[index] as HTMLElement, line));
    yes.ariaDisabled = isReady() ? null : "true";
  };

  write(title, question.title);
  write(yes, question.yes);
  yes.className = question.isGrave === true ? "grave" : "strong";
  field.hidden = question.typed === undefined;
  write(find("dialog-name"), question.typed ?? "");
  typed.value = "";
  redraw();
  const timer = setInterval(redraw, 200);
  dialog.showModal();
  (question.typed === undefined ? no : typed).focus();

  return new Promise((resolve) => {
    const listening = new AbortController();
    const on = { signal: listening.signal };
    let wanted = false;
    const go = () => {
      if (!isReady()) return typed.focus();
      wanted = true;
      dialog.close();
    };
    typed.addEventListener("input", redraw, on);
    typed.addEventListener("keydown", (pressed) => {
      if (pressed.key !== "Enter") return;
      // Otherwise the same key would press the button that the focus goes back to.
      pressed.preventDefault();
      go();
    }, on);
    yes.addEventListener("click", go, on);
    no.addEventListener("click", () => dialog.close(), on);
    dialog.addEventListener("close", () => {
      clearInterval(timer);
      listening.abort();
      resolve(wanted);
    }, on);
  });
}

/** Has a button open a dialog that only tells something. */
export function tells(dialog: HTMLDialogElement, button: HTMLButtonElement): void {
  press(button, () => dialog.showModal());
  press(dialog.querySelector("button")!, () => dialog.close());
}
