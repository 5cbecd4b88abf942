// What there is to say about who does not have the event's state, and nothing where there is nothing. Pure, so that it can be tested
// without a page.

import type { Acks, Audience, Region, Untold } from "downbeat-client";
import { formatCount } from "../shared/format.ts";

const REGIONS: Record<Region, string> = {
  wnam: "North America, west",
  enam: "North America, east",
  sam: "South America",
  weur: "Europe, west",
  eeur: "Europe, east",
  apac: "Asia and Pacific",
  oc: "Oceania",
  afr: "Africa",
  me: "Middle East",
};

/** Returns the name of a region; a later worker may know others. */
export function formatRegion(region: Region): string {
  return REGIONS[region] ?? region;
}

/**
 * Formats the sockets that were not told: `1,240 of 20,431 sockets (North America, east: 1,240)`, where so many were `told`. Undefined
 * if nobody is known to be on their hubs.
 */
export function formatUntold(untold: readonly Untold[] = [], told?: number): string | undefined {
  const sockets = untold.reduce((sum, region) => sum + region.sockets, 0);
  const unknown = untold.reduce((sum, region) => sum + (region.unknown ?? 0), 0);
  if (sockets === 0 && unknown === 0) return undefined;
  const silent = formatCount(unknown, "silent hub");
  if (sockets === 0 && told === undefined) return `the sockets of ${silent}`;
  const all = told === undefined ? formatCount(sockets, "socket") : `${formatCount(sockets)} of ${formatCount(told + sockets, "socket")}`;
  const regions = untold.filter((region) => region.sockets > 0).map((region) => `${formatRegion(region.region)}: ${formatCount(region.sockets)}`);
  const where = regions.length > 0 ? ` (${regions.join("; ")})` : "";
  return `${all}${where}${unknown > 0 ? `, and those of ${silent}` : ""}`;
}

/** Formats the estimate of those who poll, with two digits that count: `About 300 viewers poll (estimate)`. Undefined if nobody does. */
export function formatPolling(viewers = 0): string | undefined {
  if (viewers === 0) return undefined;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(viewers)) - 1);
  return `About ${formatCount(Math.round(viewers / unit) * unit, "viewer")} ${viewers === 1 ? "polls" : "poll"} (estimate)`;
}

/** Returns what there is to say about those who lack something, the most urgent first. */
export function audienceNotes({ untold, polling, acks }: Audience): string[] {
  const missing = formatUntold(untold);
  const polls = formatPolling(polling);
  const notes = [
    missing === undefined ? "" : `Not told yet: ${missing}; told again until their hubs answer.`,
    polls === undefined ? "" : `${polls}: up to 10 s late.`,
    ...(acks === null ? [] : ackNotes(acks)),
  ];
  return notes.filter((note) => note !== "");
}

function ackNotes({ asked, applied, elsewhere = 0, lackRundown = 0, lackEmergency = 0, bounds = [] }: Acks): string[] {
  const of = (count: number, all: number) => `${formatCount(count)} of ${formatCount(all)}`;
  const sampled = bounds.reduce((sum, { viewers }) => sum + viewers, 0);
  return [
    elsewhere > 0 ? `${of(elsewhere, asked)} asked follow another epoch or revision.` : "",
    lackRundown > 0 ? `${of(lackRundown, applied)} sampled lack the rundown, and try again.` : "",
    lackEmergency > 0 ? `${of(lackEmergency, sampled)} sampled cannot check a signed pause.` : "",
  ];
}
