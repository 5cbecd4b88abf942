// What a screen reader says when something changes.

/** Texts within this time are spoken together, in ms: a screen reader reads only the last content of an element. */
const JOIN_WITHIN = 500;

let spokenAt = -Infinity;

/** Makes screen readers say `text` after what they are saying now. The page has an element `#spoken` for it. */
export function speak(text: string): void {
  const element = document.querySelector("#spoken");
  if (element === null || element.textContent === text) return;
  const now = performance.now();
  element.textContent = now - spokenAt < JOIN_WITHIN ? `${element.textContent} ${text}` : text;
  spokenAt = now;
}
