// What a screen reader says when something has changed.

/** Has screen readers say `words`, after what they are saying. The page has an element `#spoken` for it. */
export function speak(words: string): void {
  const spoken = document.querySelector("#spoken");
  if (spoken !== null && spoken.textContent !== words) spoken.textContent = words;
}
