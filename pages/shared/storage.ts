// What a page keeps: for its tab, or on the device until it is removed. Where the browser refuses storage, or has no space left,
// nothing is kept and all else works. No other file of the pages touches storage of any kind.

/** How long something is kept: as long as the tab is open, or until it is removed. Other tabs share what the device keeps. */
export type Lifetime = "tab" | "device";

/** Returns the text stored under a key; null if there is none, or the browser refuses. */
export function readStored(key: string, lifetime: Lifetime = "tab"): string | null {
  try {
    return area(lifetime).getItem(key);
  } catch {
    return null;
  }
}

/** Stores a text under a key, or removes what is there. Returns whether that is so now. */
export function store(key: string, text: string | null, lifetime: Lifetime = "tab"): boolean {
  try {
    if (text === null) area(lifetime).removeItem(key);
    else area(lifetime).setItem(key, text);
    return true;
  } catch {
    // Refused, or full. An older text must not come back with the next reload.
    if (text !== null) store(key, null, lifetime);
    return false;
  }
}

/** Returns whether the browser keeps anything now. */
export function canStore(lifetime: Lifetime): boolean {
  const key = "downbeat probe";
  const isKept = store(key, "1", lifetime);
  store(key, null, lifetime);
  return isKept;
}

/** Calls `listener` when another tab changes what the device keeps under a key. */
export function onStoredElsewhere(key: string, listener: (text: string | null) => void): void {
  addEventListener("storage", (event) => {
    // A null key: another tab removed everything.
    if (event.key === key || event.key === null) listener(event.newValue);
  });
}

/** Returns where it is kept. Throws where the browser refuses access, and may return null where it has no storage. */
function area(lifetime: Lifetime): Storage {
  return lifetime === "tab" ? sessionStorage : localStorage;
}
