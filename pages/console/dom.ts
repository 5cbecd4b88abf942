// Making elements, and buttons that say why they cannot be pressed. Text is always set as text: no file of the page
// parses HTML.

import { find, write } from "../shared/dom.ts";
import { speak } from "../shared/speech.ts";

/** Makes an element of `tag` with a class and content. */
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

/** Shows or hides `element`. */
export function setVisible(element: HTMLElement, isVisible: boolean): void {
  if (element.hidden === isVisible) element.hidden = !isVisible;
}

/**
 * Disables a button for the reason `whyNot`, or enables it if there is none. A disabled button keeps its place in the tab
 * order: a button that vanished under the focus would leave the keyboard nowhere.
 */
export function setDisabled(button: HTMLButtonElement, whyNot: string | undefined): void {
  if (button.title !== (whyNot ?? "")) button.title = whyNot ?? "";
  const disabled = whyNot === undefined ? null : "true";
  if (button.ariaDisabled !== disabled) button.ariaDisabled = disabled;
}

/** Calls `act` when a button is pressed. If it is disabled, shows why instead, as touch screens show no tooltip. */
export function onPress(button: HTMLButtonElement, act: () => void): void {
  button.addEventListener("click", () => button.ariaDisabled === "true" ? explain(button.title) : act());
}

/** How long the reason stays, in ms. */
const REASON_SHOWN = 5_000;
let hiding: ReturnType<typeof setTimeout> | undefined;

/** Shows why something cannot be done. */
export function explain(whyNot: string): void {
  const element = find("why-not");
  write(element, whyNot);
  setVisible(element, true);
  speak(whyNot);
  clearTimeout(hiding);
  hiding = setTimeout(() => setVisible(element, false), REASON_SHOWN);
}
