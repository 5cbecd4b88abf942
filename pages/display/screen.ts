// The screen itself: kept on, and filled.

import { fullScreen } from "../shared/full-screen.ts";

/** Keeps the screen from turning off while the page is visible, if the browser supports it. */
export function keepAwake(): void {
  const request = () => {
    // Refused when the battery is low; then the device's own settings apply.
    if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
  };
  request();
  document.addEventListener("visibilitychange", request);
}

/** Makes `button` and the key F show the page on the full screen, and leave it again. */
export function fillScreen(button: HTMLButtonElement): void {
  const toggle = fullScreen(button, document.documentElement);
  document.addEventListener("keydown", ({ key, repeat, ctrlKey, metaKey, altKey }) => {
    if (key.toLowerCase() === "f" && !repeat && !ctrlKey && !metaKey && !altKey) toggle();
  });
}
