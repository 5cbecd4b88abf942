// The screen itself: kept on, and filled.

import { fullScreen } from "../shared/full-screen.ts";

/** Keeps the screen from going dark while the page can be seen, where the browser can. */
export function keepAwake(): void {
  const ask = () => {
    // Refused where the battery is low, and by browsers that do not know it: then the device's own settings hold.
    if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
  };
  ask();
  document.addEventListener("visibilitychange", ask);
}

/** Has `button` and the key F fill the screen with the page, and give it back. */
export function fillScreen(button: HTMLButtonElement): void {
  const turn = fullScreen(button, document.documentElement);
  document.addEventListener("keydown", ({ key, repeat, ctrlKey, metaKey, altKey }) => {
    if (key.toLowerCase() === "f" && !repeat && !ctrlKey && !metaKey && !altKey) turn();
  });
}
