// Words that are written again and again, and seldom change.

/** Has `element` show a text; what does not change is not touched. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
