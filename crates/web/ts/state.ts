// The event's state as core reads it.

import type { Viewer } from "./core.ts";
import type { StateBody, TimeBody } from "./wire.ts";

/** Writes a state for core's next call. Returns whether the server knew the state. */
export function writeState(viewer: Viewer, body: TimeBody | StateBody): boolean {
  if (body.epoch == null) return false;
  const { epoch, rev, rundown } = body;
  const timeline = body.timeline.flatMap(({ from, position, rate }) => [from, position, rate]);
  viewer.set_state(epoch, rev, new Float64Array(timeline), body.endedAt ?? NaN, rundown ?? "");
  if ("messages" in body) {
    const messages = new Float64Array(body.messages.map(({ from }) => from));
    viewer.set_details(body.startsAt, messages, body.liveUrl != null, body.replaces, body.confirmed);
  }
  return true;
}
