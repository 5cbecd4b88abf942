// A button for the full screen.

import { write } from "./dom.ts";

/**
 * Has `button` show `element` on the full screen, and back; gives the function that does the same, for a key. Where the
 * browser cannot (iPhones), there is no button. What the button is called stands in a `span` of it.
 */
export function fullScreen(button: HTMLElement, element: HTMLElement): () => void {
  const turn = () => {
    const done = document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen();
    // Who refuses has said so to the one who asked.
    done.catch(() => {});
  };
  const label = button.querySelector("span")!;
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", turn);
  document.addEventListener("fullscreenchange", () => {
    write(label, document.fullscreenElement ? "Leave full screen" : "Full screen");
  });
  return turn;
}
