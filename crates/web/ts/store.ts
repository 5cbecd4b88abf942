// What survives a reload, in the tab's session storage: the viewer's random number, and which cues have fired; and, for an
// outage, in the site's local storage, the last state of the event. No cookies. Whatever else is stored there is dropped.

import type { StateBody } from "./wire.ts";

export interface Store {
  /** Two random 32-bit numbers that this tab keeps: they spread load, and identify nobody. */
  readonly viewer: readonly [high: number, low: number];
  /** Which cues had fired, in core's own encoding. */
  readonly memory: BigUint64Array;
  save(memory: BigUint64Array): void;
  /** Returns the last state that the server sent to a page of this site. */
  state(): StateBody | undefined;
  saveState(state: StateBody): void;
}

/** Opens the store for an event. Where the browser refuses storage, nothing survives a reload, and all else works. */
export function openStore(event: string): Store {
  const stateKey = `downbeat.state ${event}`;
  const viewer = read(`downbeat.viewer ${event}`).split(" ").map(Number);
  if (viewer.length !== 2 || !viewer.every(Number.isInteger)) {
    viewer.splice(0, viewer.length, ...crypto.getRandomValues(new Uint32Array(2)));
    write(`downbeat.viewer ${event}`, viewer.join(" "));
  }
  return {
    viewer: [viewer[0]!, viewer[1]!],
    memory: numbers(read(`downbeat.fired ${event}`)),
    save: (memory) => write(`downbeat.fired ${event}`, memory.join(" ")),
    state: () => {
      try {
        const state = JSON.parse(read(stateKey, "localStorage"));
        return Array.isArray(state.messages) && Array.isArray(state.timeline) ? state : undefined;
      } catch {
        return undefined;
      }
    },
    saveState: (state) => write(stateKey, JSON.stringify(state), "localStorage"),
  };
}

function numbers(text: string): BigUint64Array {
  try {
    return BigUint64Array.from(text.split(" "), BigInt);
  } catch {
    return new BigUint64Array();
  }
}

type Area = "sessionStorage" | "localStorage";

export function read(name: string, area: Area = "sessionStorage"): string {
  try {
    return globalThis[area].getItem(name) ?? "";
  } catch {
    return "";
  }
}

export function write(name: string, value: string, area: Area = "sessionStorage"): void {
  try {
    globalThis[area].setItem(name, value);
  } catch {
    // Full, or refused.
  }
}
