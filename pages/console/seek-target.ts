// Where a seek leads, and what the operator reads about it before confirming.

import type { Downbeat } from "downbeat-client";
import { formatPosition } from "../shared/format.ts";
import type { LatestState } from "./latest-state.ts";
import { type Preview, snapshotAfter } from "./preview.ts";

/** A position, or a step from where the event is when the seek takes effect; in ms. */
export type SeekTarget = { to: number } | { by: number };

/** How many of the skipped cues are named. */
const NAMED_MAX = 4;

/**
 * Returns the position that a target means now, in ms; undefined if the event's position is not known. Steps count from
 * the position at which the seek takes effect: the preview says how far ahead that is. No step leads to before the start.
 */
export function targetPosition(event: Downbeat, latest: LatestState, target: SeekTarget, preview?: Preview): number | undefined {
  if ("to" in target) return target.to;
  const [state, now] = [latest.state, event.now()];
  if (state === undefined || now === undefined) return undefined;
  const lead = preview?.answer === undefined ? 0 : preview.answer.effectiveAt - preview.answer.state.serverTime;
  const position = event.snapshotAt(state, now + lead)?.position;
  return position === undefined ? undefined : Math.round(Math.max(position + target.by, Math.min(position, 0)));
}

/** Describes a seek. */
export function describeSeek(event: Downbeat, latest: LatestState, target: SeekTarget, preview: Preview | undefined): string[] {
  const [here, to] = [latest.snapshot(), targetPosition(event, latest, target, preview)];
  if (here === undefined || to === undefined) return ["The event's position is not known."];
  const about = "by" in target && here.rate !== 0 ? "about " : "";
  const lines = [`From ${formatPosition(here.position)} to ${about}${formatPosition(to)}.`];
  const [from, until] = [Math.min(here.position, to), Math.max(here.position, to)];
  const between = (event.rundown?.cues ?? []).filter(({ time }) => time > from && time < until);
  if (between.length > 0) {
    const more = between.length - NAMED_MAX;
    const names = between.slice(0, NAMED_MAX).map(({ id }) => id).join(", ") + (more > 0 ? ` and ${more} more` : "");
    const cues = `${between.length} ${between.length === 1 ? "cue" : "cues"}: ${names}.`;
    lines.push(to > here.position ? `Skips ${cues}` : `Goes back over ${cues}`);
  }
  const after = preview && snapshotAfter(event, preview);
  if (after !== undefined) lines.push(after.rate === 0 ? "It stays held there." : "It continues from there.");
  if (preview?.answer?.replaced) lines.push("This replaces a change that is scheduled for later.");
  if (preview?.note !== undefined) lines.push(preview.note);
  return lines;
}
