// What a page is told about a cue, from the numbers that core leaves.

import { EffectKind } from "./codes.ts";
import type { CueTurn, Text } from "./events.ts";
import type { Cue } from "./rundown.ts";

/** Returns the turn of `cue` that an effect of `kind` announces; `values` are the effect's numbers after the index. */
export function cueTurn(kind: EffectKind, values: number[], cue: Cue, message: Text | null, currentBound: number): CueTurn {
  const [into, lateness, , certain, rate] = values as [number, number, number, number, number];
  const turn = { cue, message, into: 0, rate: 1, lateness: 0, bound: currentBound, certain: true };
  const timed = { ...turn, into, lateness, certain: certain === 1 };
  switch (kind) {
    case EffectKind.Standby: return { ...turn, turn: "standby" };
    case EffectKind.Fire: return { ...timed, turn: "fire" };
    case EffectKind.Enter: return { ...timed, rate, turn: "enter" };
    // An adjusted state has its rate second.
    case EffectKind.Adjust: return { ...turn, into, rate: lateness, turn: "adjust" };
    case EffectKind.Withhold: return { ...turn, certain: false, turn: "withhold" };
    default: return { ...turn, turn: "leave" };
  }
}
