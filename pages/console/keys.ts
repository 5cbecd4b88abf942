// The keyboard: one key for each thing that has to be quick, and one chord that holds from anywhere.

import { find } from "../shared/dom.ts";

/** What each key does, by the key's name in lower case. */
export type Keys = Record<string, () => void>;

/**
 * The key that holds together with Ctrl and Shift, also from a text field or a dialog. No text is written with this chord, and
 * browsers do nothing that cannot be prevented. Escape is not used for it: it closes things, and people press it for that.
 */
const CHORD = "h";

/**
 * Makes keys work, except while the operator types, and the chord everywhere. Ignores repeats, and keys with Ctrl, Alt or Meta.
 * `hold` is called for the chord even while nobody is signed in.
 */
export function handleKeys(actions: Keys, hold: () => void): void {
  // While capturing, so that nothing in the page can keep a key from coming here.
  document.addEventListener("keydown", (event) => {
    const { repeat, ctrlKey, shiftKey, altKey, metaKey, target, isComposing } = event;
    const name = keyName(event);
    if (name === CHORD && ctrlKey && shiftKey && !altKey && !metaKey) {
      event.preventDefault();
      if (!repeat) holdFromAnywhere(hold);
      return;
    }
    if (repeat || ctrlKey || altKey || metaKey || isComposing || find("console").hidden || isTyping(target)) return;
    const act = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (act === undefined) return;
    const isInDialog = document.querySelector("dialog[open]") !== null;
    // While a dialog is open, only the emergency key works; Escape closes the dialog by itself.
    if (isInDialog && name !== CHORD) return;
    event.preventDefault();
    if (isInDialog) holdFromAnywhere(act);
    else act();
  }, { capture: true });
}

/** Holds, and closes the dialog that is open: it asks about an event that has changed, and it hides the answer. */
function holdFromAnywhere(hold: () => void): void {
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) dialog.close();
  hold();
}

/** Scrolls to a section of the page and focuses an element in it. */
export function goTo(section: string, focus: () => HTMLElement | null): void {
  find(section).scrollIntoView({ block: "nearest" });
  focus()?.focus();
}

/**
 * Returns the name of a key, in lower case. Where the layout has no Latin letters, or an input method has the key, it is the
 * letter that is printed there on most keyboards: HOLD must not depend on the layout.
 */
function keyName({ key, code }: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  const isAscii = /^[\x20-\x7e]$/.test(key);
  const isNamed = /^[A-Z][A-Za-z0-9]+$/.test(key) && !["Process", "Unidentified"].includes(key);
  return (letter === undefined || isAscii || isNamed ? key : letter).toLowerCase();
}

/** Returns whether `target` is a field that is visible: a hidden one may keep the focus until the next frame. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || target.closest("[hidden]") !== null) return false;
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}
