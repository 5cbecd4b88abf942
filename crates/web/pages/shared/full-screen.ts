// A button for the full screen. The whole page goes there, for the operator's message must not stay behind.

import { write } from "../shared/dom.ts";

/** Has `button` show `element` on the full screen, and back. Where the browser cannot (iPhones), there is no button. */
export function fullScreen(button: HTMLElement, element: HTMLElement): void {
  button.hidden = !document.fullscreenEnabled;
  const label = button.querySelector("span")!;
  button.addEventListener("click", () => {
    // Who refuses has said so to the viewer.
    const done = document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen();
    done.catch(() => {});
  });
  document.addEventListener("fullscreenchange", () => {
    write(label, document.fullscreenElement ? "Leave full screen" : "Full screen");
  });
}
