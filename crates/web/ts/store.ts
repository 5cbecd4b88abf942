// What survives a reload, in the tab's session storage: the viewer's random number, and which cues have fired. No cookies.

export interface Store {
  /** Two random 32-bit numbers that this tab keeps: they spread load, and identify nobody. */
  readonly viewer: readonly [high: number, low: number];
  /** Which cues had fired, in core's own encoding. */
  readonly memory: BigUint64Array;
  save(memory: BigUint64Array): void;
}

/** Opens the store for an event. Where the browser refuses storage, nothing survives a reload, and all else works. */
export function openStore(event: string): Store {
  const viewer = read(`downbeat.viewer ${event}`).split(" ").map(Number);
  if (viewer.length !== 2 || !viewer.every(Number.isInteger)) {
    viewer.splice(0, viewer.length, ...crypto.getRandomValues(new Uint32Array(2)));
    write(`downbeat.viewer ${event}`, viewer.join(" "));
  }
  return {
    viewer: [viewer[0]!, viewer[1]!],
    memory: numbers(read(`downbeat.fired ${event}`)),
    save: (memory) => write(`downbeat.fired ${event}`, memory.join(" ")),
  };
}

function numbers(text: string): BigUint64Array {
  try {
    return BigUint64Array.from(text.split(" "), BigInt);
  } catch {
    return new BigUint64Array();
  }
}

function read(name: string): string {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function write(name: string, value: string): void {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // Full, or refused.
  }
}
