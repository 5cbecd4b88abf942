// What a screen reader says when something has changed.

/** What is said within this time goes together, in ms: a reader tells what an element says by then, and nothing before. */
const TOGETHER = 500;

let spokenAt = -Infinity;

/** Has screen readers say `words`, after what they are saying. The page has an element `#spoken` for it. */
export function speak(words: string): void {
  const spoken = document.querySelector("#spoken");
  if (spoken === null || spoken.textContent === words) return;
  const now = performance.now();
  spoken.textContent = now - spokenAt < TOGETHER ? `${spoken.textContent} ${words}` : words;
  spokenAt = now;
}
