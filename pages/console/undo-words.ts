// Changes in words: what one was, and what undoing it does. Pure, so that it can be tested without a page.

import type { Downbeat, LogEntry, Reverted, StateBody } from "downbeat-client";
import { formatDay, formatPosition, formatTimeOfDay } from "../shared/format.ts";
import { formatSnapshot } from "./timeline.ts";

/** The changes whose undoing makes no viewer jump, so that it needs no question. */
export const HARMLESS: readonly string[] = ["pause", "resume", "announce", "clear"];

/** The names of changes, for people who never saw the API. */
const NAMES: Record<string, string> = {
  pause: "hold", resume: "go", announce: "message", clear: "removal of the message", rate: "other speed", end: "end of the event",
  reopen: "reopening", rundown: "other cue sheet", reschedule: "new start", archive: "archiving", unarchive: "removal from the archive",
  emergency: "hold without the server", create: "creation of the event", configure: "new settings",
};

/** The settings that `configure` changes. */
const SETTINGS: Record<string, string> = {
  title: "title", startsAt: "start", duration: "duration", locale: "language", hubs: "number of hubs", resync: "time between questions",
  origins: "sites", emergency: "emergency key", archived: "archive",
};

/** The jump that viewers notice, in ms. */
const JUMP = 500;

/** Names a change: `hold`, `seek to 4:00`, `new title and start`. */
export function changeName(name: string, body: Record<string, unknown> = {}): string {
  if (name === "seek") return typeof body["position"] === "number" ? `seek to ${formatPosition(body["position"])}` : "seek";
  if (name !== "configure") return NAMES[name] ?? name;
  const set = Object.keys(SETTINGS).filter((one) => body[one] !== undefined && body[one] !== null).map((one) => SETTINGS[one]!);
  if (set.length === 0) return NAMES["configure"]!;
  return `new ${set.length === 1 ? set[0] : `${set.slice(0, -1).join(", ")} and ${set.at(-1)}`}`;
}

/** What the button does: whether it undoes or redoes, which change that is about, and in words. */
export interface Reversal {
  command: "undo" | "redo";
  /** The change that is undone or done again. */
  about: Pick<Reverted, "rev" | "name">;
  words: string;
}

/** Returns what can be undone, given the newest change that changed anything: an undo is not undone, its change is done again. */
export function reversalOf({ rev, name, actor, at, body }: LogEntry): Reversal | undefined {
  const reverted = body["reverted"] as Reverted | undefined;
  const about = (name === "undo" || name === "redo") && reverted !== undefined ? reverted : { rev, name, actor, at };
  if (about.name === "create") return undefined;
  const command = name === "undo" ? "redo" : "undo";
  const what = changeName(about.name, about.rev === rev ? body : {});
  return { command, about, words: `${command === "undo" ? "Undo" : "Redo"}: ${what} by ${about.actor} at ${formatTimeOfDay(about.at)}` };
}

/** Describes how the event will differ at `at` if `after` takes the place of `before`, one line for each thing. */
export function describeDifference(client: Pick<Downbeat, "snapshotAt">, before: StateBody, after: StateBody, at: number): string[] {
  const lines: string[] = [];
  const quote = (text: string | null | undefined) => (text ? `“${text}”` : "none");
  const [was, is] = [client.snapshotAt(before, at), client.snapshotAt(after, at)];
  if (is !== undefined) {
    const isSame = was?.status === is.status && was.rate === is.rate && Math.abs(was.position - is.position) < JUMP;
    if (!isSame) lines.push(`The event will then be ${formatSnapshot(is)}.`);
    if (was !== undefined && Math.abs(was.position - is.position) >= JUMP) {
      lines.push(`Viewers jump from ${formatPosition(was.position)} to ${formatPosition(is.position)}.`);
    }
  }
  const [said, says] = [before, after].map((state) => state.messages.findLast(({ from }) => from <= at)?.text?.[state.locale]);
  if (said !== says) lines.push(says ? `Viewers read again: ${quote(says)}.` : "The message goes away.");
  if (before.title !== after.title) lines.push(`The title is ${quote(after.title)} again.`);
  if (before.startsAt !== after.startsAt) lines.push(`The start is ${formatDay(after.startsAt)} again.`);
  if (before.duration !== after.duration) lines.push(`The duration is ${after.duration === null ? "open" : formatPosition(after.duration)} again.`);
  if (before.rundown !== after.rundown) lines.push(after.rundown === null ? "There is no cue sheet again." : `Viewers run the cue sheet ${after.rundown.slice(0, 12)}… again.`);
  return lines.length === 0 ? ["Viewers see no difference."] : lines;
}
