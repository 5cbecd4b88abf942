// Reading a cue's params, which may contain anything: sheets are written by others.

import type { Cue } from "downbeat-client";

/** Returns the cue's colour, or `fallback` if it names none that the browser knows. */
export function colorOf(cue: Cue, fallback: string): string {
  const color = cue.params?.["color"];
  return typeof color === "string" && CSS.supports("color", color) ? color : fallback;
}

/** Returns the cue's number `name`, limited to `min` to `max`, or `fallback` if it is not a number. */
export function numberOf(cue: Cue, name: string, min: number, max: number, fallback: number): number {
  const number = cue.params?.[name];
  return typeof number === "number" ? Math.min(max, Math.max(min, number)) : fallback;
}

/** Returns the cue's text `name`, or an empty string if it is not a text. */
export function textOf(cue: Cue, name: string): string {
  const text = cue.params?.[name];
  return typeof text === "string" ? text : "";
}
