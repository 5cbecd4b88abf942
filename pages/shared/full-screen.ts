// A button for the full screen.

import { write } from "./dom.ts";
import { say } from "./words.ts";

/**
 * Makes `button` show `element` on the full screen, and leave it again. Returns a function that does the same, for a key.
 * Hides the button where the browser has no full screen (iPhones). The button's label is in a `span` inside it.
 */
export function fullScreen(button: HTMLElement, element: HTMLElement): () => void {
  const toggle = () => {
    const done = document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen();
    // A browser that refuses tells the user itself.
    done.catch(() => {});
  };
  const label = button.querySelector("span")!;
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", toggle);
  document.addEventListener("fullscreenchange", () => {
    write(label, say(document.fullscreenElement ? "leaveFullScreen" : "fullScreen"));
  });
  return toggle;
}
