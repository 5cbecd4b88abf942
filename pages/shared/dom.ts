// Finding elements, and writing into them.

/** Returns the element of the page with this id. */
export function find<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** Has `element` show `text`, as text. What has not changed is not touched: these are called ten times a second. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
