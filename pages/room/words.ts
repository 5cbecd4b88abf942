// The words of the room's page in the viewer's language: those of all pages, and its own.

import type { MemberBody } from "downbeat-client/room";
import { formatNumber } from "../shared/format.ts";
import { loadWords, locale, say as sayShared } from "../shared/words.ts";
import type { Words } from "../shared/words/en.ts";
import { EN, type RoomWords } from "./words/en.ts";

/** The most names that a list spells out; the others are counted. */
const NAMED_MAX = 3;

/** Returns the words called `name`, with `parts` filled in. */
export const say = sayShared as (name: keyof Words | keyof RoomWords, parts?: Record<string, string | number>) => string;

/** Turns the page to the viewer's language. */
export function loadRoomWords(): Promise<void> {
  return loadWords({ english: EN, file: "words-room" });
}

/** Returns a name to stand in a sentence of another direction: isolated, as Unicode UAX #9 has it. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Returns how a member is called in a sentence. */
export function nameOf(name: string | undefined): string {
  return name ? isolate(name) : say("somebody");
}

/** Returns a list of members as the page's language writes it: `Ana, Boris and Chloé`; of many, the first few and how many more. */
export function formatNames(members: readonly Pick<MemberBody, "name">[]): string {
  const names = members.slice(0, NAMED_MAX).map(({ name }) => nameOf(name));
  const more = members.length - names.length;
  if (more > 0) names.push(say("more", { count: formatNumber(more) }));
  return new Intl.ListFormat(locale).format(names);
}
