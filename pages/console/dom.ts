// Making elements, and what can be pressed. Texts go in as texts: nothing here or elsewhere on the page reads HTML.

import { find, write } from "../shared/dom.ts";
import { speak } from "../shared/speech.ts";

/** Makes an element of `tag` with a class and what is in it. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...content);
  return element;
}

/** Hides `element` or shows it. */
export function show(element: HTMLElement, visible: boolean): void {
  if (element.hidden === visible) element.hidden = !visible;
}

/**
 * Returns whether a button can be pressed, and if not, why not. It stays where the keyboard finds it: a button that
 * vanished from under the focus would leave it nowhere.
 */
export function allow(button: HTMLButtonElement, whyNot: string | undefined): void {
  if (button.title !== (whyNot ?? "")) button.title = whyNot ?? "";
  const disabled = whyNot === undefined ? null : "true";
  if (button.ariaDisabled !== disabled) button.ariaDisabled = disabled;
}

/** Calls `act` when a button is pressed; where it cannot be, the page says why: a finger sees no tooltip. */
export function press(button: HTMLButtonElement, act: () => void): void {
  button.addEventListener("click", () => button.ariaDisabled === "true" ? refuse(button.title) : act());
}

/** How long the reason stays, in ms. */
const REASON_STAYS = 5_000;
let leaving: ReturnType<typeof setTimeout> | undefined;

/** Says why something cannot be done. */
export function refuse(why: string): void {
  const element = find("why-not");
  write(element, why);
  show(element, true);
  speak(why);
  clearTimeout(leaving);
  leaving = setTimeout(() => show(element, false), REASON_STAYS);
}
