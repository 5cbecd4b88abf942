// What outlives a reload, in the tab's session storage: who this viewer is, and what has fired. No cookies.

export interface Store {
  /** Two random numbers of 32 bits that stay the viewer's: they spread load, and identify nobody elsewhere. */
  readonly viewer: readonly [high: number, low: number];
  /** What had fired, as core wrote it. */
  readonly memory: BigUint64Array;
  keep(memory: BigUint64Array): void;
}

/** Opens what is kept for an event. Where storage is refused, nothing outlives the page, and all else works. */
export function open(event: string): Store {
  const viewer = read(`downbeat.viewer ${event}`).split(" ").map(Number);
  if (viewer.length !== 2 || !viewer.every(Number.isInteger)) {
    viewer.splice(0, viewer.length, ...crypto.getRandomValues(new Uint32Array(2)));
    write(`downbeat.viewer ${event}`, viewer.join(" "));
  }
  return {
    viewer: [viewer[0]!, viewer[1]!],
    memory: numbers(read(`downbeat.fired ${event}`)),
    keep: (memory) => write(`downbeat.fired ${event}`, memory.join(" ")),
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
