// What a cue's params say, as far as it makes sense: sheets are written by others, and may say anything.

import type { Cue } from "downbeat-client";

/** Returns the colour that a cue names, or `otherwise`. */
export function colorOf(cue: Cue, otherwise: string): string {
  const color = cue.params?.["color"];
  return typeof color === "string" && CSS.supports("color", color) ? color : otherwise;
}

/** Returns the number that a cue has under `name`, held between `least` and `most`, or `otherwise`. */
export function numberOf(cue: Cue, name: string, least: number, most: number, otherwise: number): number {
  const number = cue.params?.[name];
  return typeof number === "number" ? Math.min(most, Math.max(least, number)) : otherwise;
}

/** Returns the text that a cue has under `name`, or an empty one. */
export function textOf(cue: Cue, name: string): string {
  const text = cue.params?.[name];
  return typeof text === "string" ? text : "";
}
