// The keyboard: one key for each thing that is done in a hurry.

import { find } from "../shared/dom.ts";

/** What each key does. */
export type Keys = Record<string, () => void>;

/** Has keys work while nobody types. Held keys do not repeat, and keys with Ctrl, Alt or Meta are the browser's. */
export function keys(does: Keys): void {
  document.addEventListener("keydown", (pressed) => {
    const { key, repeat, ctrlKey, altKey, metaKey, target, isComposing } = pressed;
    if (repeat || ctrlKey || altKey || metaKey || isComposing || find("console").hidden || isTyping(target)) return;
    const name = key.toLowerCase();
    const act = Object.hasOwn(does, name) ? does[name] : undefined;
    // While something is asked, only the emergency is heard besides.
    if (act === undefined || (document.querySelector("dialog[open]") !== null && name !== "h")) return;
    pressed.preventDefault();
    act();
  });
}

/** Takes the operator to a part of the page, and to `focus` in it. */
export function goTo(part: string, focus: () => HTMLElement | null): void {
  find(part).scrollIntoView({ block: "nearest" });
  focus()?.focus();
}

/** A field that has been hidden may still have the focus until the page is drawn again: nobody types in it. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || target.closest("[hidden]") !== null) return false;
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}
