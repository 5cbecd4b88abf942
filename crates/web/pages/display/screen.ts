// The screen itself: kept on, and filled.

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
  const turn = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  };
  // An iPhone fills its screen with videos alone.
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", turn);
  document.addEventListener("keydown", (key) => {
    if (key.key.toLowerCase() === "f" && !key.repeat && !key.ctrlKey && !key.metaKey && !key.altKey) turn();
  });
}
