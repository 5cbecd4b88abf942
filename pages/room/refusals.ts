// What the room or the server refuses, in words for people.

import { type Refusal, RoomError } from "downbeat-client/room";
import { formatSpan } from "../shared/format.ts";
import { isolate, say } from "./words.ts";
import type { RoomWords } from "./words/en.ts";

const WORDS: Record<string, keyof RoomWords> = {
  "not-allowed": "refusedRole",
  "stale-action": "refusedLate",
  "too-many-requests": "refusedFast",
  "no-answer": "refusedNoAnswer",
  "invalid-field": "refusedContent",
  "room-full": "roomFull",
};

/** Returns why a command or a member is refused. What has no words of ours is said in the server's, which are English. */
export function sayRefusal({ code, detail }: Refusal): string {
  const words = WORDS[code];
  return words ? say(words) : say("refused", { detail: isolate(detail) });
}

/** Returns what is wrong after a command failed. */
export function sayFailure(error: unknown): string {
  return error instanceof RoomError ? sayRefusal({ code: error.code, detail: error.message }) : say("failed");
}

/** What a server answers if it makes no room. */
export interface Problem {
  code?: string;
  detail?: string;
  /** In ms. */
  retryAfter?: number;
}

/** Returns why no room was made; `status` is that of HTTP. */
export function sayNotMade(status: number, { code, detail, retryAfter }: Problem): string {
  if (code === "too-many-requests") return say("tooManyRooms", { time: formatSpan(retryAfter ?? 180_000) });
  if (code === "invalid-field") return say("refusedContent");
  if (code === "rooms-off" || status === 401 || status === 403) return say("roomsOff");
  return say("refused", { detail: isolate(detail ?? String(status)) });
}
