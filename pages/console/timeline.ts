// What the console asks about a timeline. The client evaluates it, with core's own rules.

import type { Downbeat, Snapshot, StateBody, StatusWord } from "downbeat-client";
import { formatPosition } from "../shared/format.ts";

/** The part of the client that evaluates states. */
export type Evaluator = Pick<Downbeat, "snapshotAt">;

/** The status in the words of show control. */
export const STATUS_LABELS: Record<StatusWord, string> = {
  scheduled: "SCHEDULED",
  running: "RUNNING",
  paused: "HELD",
  ended: "ENDED",
  unknown: "UNKNOWN",
};

/** Formats a snapshot: `HELD at 3:20`. */
export function formatSnapshot({ status, position }: Snapshot): string {
  const at = status === "running" || status === "scheduled" ? "" : "at ";
  return `${STATUS_LABELS[status]} ${at}${formatPosition(position)}`;
}

/** Returns the event's position at a past instant; undefined if the timeline no longer goes back that far. */
export function pastPosition(client: Evaluator, state: StateBody, at: number): number | undefined {
  const [first] = state.timeline;
  const isWhole = first === undefined || first.from === state.startsAt;
  return isWhole || first.from <= at ? client.snapshotAt(state, at)?.position : undefined;
}

/** Returns whether the event moves, now or after a change that is already scheduled. */
export function movesNowOrLater(client: Evaluator, state: StateBody, now: number): boolean {
  return fromNowOn(client, state, now).some(({ status, rate }) => status !== "ended" && rate !== 0);
}

/** Returns whether the event is held, now or after a change that is already scheduled. */
export function heldNowOrLater(client: Evaluator, state: StateBody, now: number): boolean {
  return fromNowOn(client, state, now).some(({ status }) => status === "paused");
}

/** Returns whether the event is held once every change that is scheduled has taken effect. */
export function endsHeld(client: Evaluator, state: StateBody, now: number): boolean {
  return fromNowOn(client, state, now).at(-1)?.status === "paused";
}

/** Returns the snapshots now and at each change that is scheduled. */
function fromNowOn(client: Evaluator, state: StateBody, now: number): Snapshot[] {
  const instants = [now, ...state.timeline.map(({ from }) => from).filter((from) => from > now)];
  return instants.map((instant) => client.snapshotAt(state, instant)).filter((snapshot) => snapshot !== undefined);
}
