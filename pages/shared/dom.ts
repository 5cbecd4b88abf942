// Finding elements and writing text into them.

/** Returns the element of the page with this id. */
export function find<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** Makes `element` show `text`. Leaves it untouched if it does already: pages call this ten times a second. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
