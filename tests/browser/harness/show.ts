// A small show: an event with a rundown, published by the shipped command line.

import assert from "node:assert/strict";
import { begun, type Event } from "../../edge/harness/calls.ts";
import { Operator } from "../../edge/harness/cli.ts";
import type { Runtime } from "../../edge/harness/runtime.ts";

/** Makes an event that began `since` ms ago, with the cues of a sheet. */
export async function show(runtime: Runtime, name: string, since: number, cues: object[]): Promise<Event> {
  const event = await begun(runtime, name, since);
  const operator = new Operator(`browser-${name}`, runtime);
  const actions = Object.fromEntries(cues.map((cue: any) => [cue.action, { kind: cue.action }]));
  operator.file("sheet.json", JSON.stringify({ version: 1, id: name, actions, cues }));
  const printed = await operator.json("cues", "publish", "sheet.json", "--yes", "--event", name);
  assert.equal(printed.code, 0, JSON.stringify(printed));
  return event;
}

/** Returns a moment at `ms`. */
export function moment(id: string, ms: number): { id: string; time: number; action: string } {
  return { id, time: ms / 1_000, action: "moment" };
}

/** Returns a moment that fires even if the machine stalls at its instant. */
export function patient(id: string, ms: number): object {
  return { ...moment(id, ms), late: { within: "1m" } };
}

/** Returns a state from `ms` to `until`. */
export function state(id: string, ms: number, until: number): object {
  return { id, time: ms / 1_000, action: "state", duration: `${until - ms}ms` };
}
