// The keyboard: one key for each thing that has to be quick.

import { find } from "../shared/dom.ts";

/** What each key does, by the key's name in lower case. */
export type Keys = Record<string, () => void>;

/** Makes keys work, except while the operator types. Ignores repeats, and keys with Ctrl, Alt or Meta. */
export function handleKeys(actions: Keys): void {
  document.addEventListener("keydown", (event) => {
    const { key, repeat, ctrlKey, altKey, metaKey, target, isComposing } = event;
    if (repeat || ctrlKey || altKey || metaKey || isComposing || find("console").hidden || isTyping(target)) return;
    const name = key.toLowerCase();
    const act = Object.hasOwn(actions, name) ? actions[name] : undefined;
    // While a dialog is open, only the emergency key works.
    if (act === undefined || (document.querySelector("dialog[open]") !== null && name !== "h")) return;
    event.preventDefault();
    act();
  });
}

/** Scrolls to a section of the page and focuses an element in it. */
export function goTo(section: string, focus: () => HTMLElement | null): void {
  find(section).scrollIntoView({ block: "nearest" });
  focus()?.focus();
}

/** Returns whether `target` is a field that is visible: a hidden one may keep the focus until the next frame. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || target.closest("[hidden]") !== null) return false;
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}
