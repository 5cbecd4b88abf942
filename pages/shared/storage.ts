// What a page keeps for its tab. Where the browser refuses storage, or has no space left, nothing is kept and all else works.

/** Returns the text stored under a key; null if there is none. */
export function readStored(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Stores a text under a key, or removes what is there. */
export function store(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // Refused, or full.
  }
}
