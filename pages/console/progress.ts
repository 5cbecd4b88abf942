// The course of a command, from the press to what viewers say: what has happened, and the words for it. Pure, so that
// it can be tested without a page.

import type { Acks, CommandAnswer, DeliveryReport, StateBody } from "downbeat-client";
import { span, wallClock } from "../shared/format.ts";
import type { Refusal } from "./api.ts";
import { standing, told } from "./timeline.ts";

/** What the operator wants. */
export interface Wish {
  /** As the button says it: `HOLD`. */
  word: string;
  /** What may not have happened while there is no answer: `Viewers may not be held.` */
  doubt: string;
  /** Whether it is the emergency, for which there is a way around the server. */
  isHold: boolean;
}

/** How far it has got. Instants of `since` are of the page's own clock, in ms; those of answers are the server's. */
export type Course =
  | { phase: "none" }
  | {
    phase: "sending"; wish: Wish; since: number; tries: number; failures: number; why: string;
    /** The command without an answer that was given up for this one. */
    instead?: string;
  }
  | {
    phase: "taken"; wish: Wish; tries: number; answer: Taken; acks: Acks | "waiting" | "unknown";
    /** The later revision that the event is at. */
    overtaken?: number;
    instead?: string;
  }
  | { phase: "refused"; wish: Wish; tries: number; refusal: Refusal }
  | { phase: "given-up"; wish: Wish; since: number; until: number; tries: number };

type Taken = Pick<CommandAnswer, "rev" | "effectiveAt" | "replaced" | "delivery">;

/** What can happen to it. */
export type Happening =
  | { kind: "pressed"; wish: Wish; at: number }
  | { kind: "tried" }
  /** A try has failed, or is without an answer for too long. */
  | { kind: "failed"; why: string }
  | { kind: "answered"; answer: Taken }
  | { kind: "refused"; refusal: Refusal }
  | { kind: "acknowledged"; acks: Acks | null }
  /** The event is at another revision. */
  | { kind: "moved-on"; rev: number }
  | { kind: "given-up"; at: number }
  | { kind: "closed" };

/** After so many tries without an answer the way around the server is named. */
const FAILURES_MANY = 3;

/** Returns the course after something has happened to it. What does not fit its phase came too late: it changes nothing. */
export function next(course: Course, happening: Happening): Course {
  const { phase } = course;
  switch (happening.kind) {
    case "pressed": {
      const { wish, at: since } = happening;
      const fresh = { phase: "sending" as const, wish, since, tries: 0, failures: 0, why: "" };
      return phase === "sending" ? { ...fresh, instead: course.wish.word } : fresh;
    }
    case "tried": return phase === "sending" ? { ...course, tries: course.tries + 1 } : course;
    case "failed":
      return phase === "sending" ? { ...course, failures: course.failures + 1, why: happening.why } : course;
    case "answered": {
      if (phase !== "sending") return course;
      const { wish, tries, instead } = course;
      const { hubs, acked, sockets } = happening.answer.delivery;
      const acks = sockets > 0 || acked < hubs ? "waiting" : "unknown";
      return { phase: "taken", wish, tries, answer: happening.answer, acks, ...(instead ? { instead } : {}) };
    }
    case "refused":
      if (phase !== "sending") return course;
      return { phase: "refused", wish: course.wish, tries: course.tries, refusal: happening.refusal };
    case "acknowledged": return phase === "taken" ? { ...course, acks: happening.acks ?? "unknown" } : course;
    case "moved-on":
      return phase === "taken" && happening.rev > course.answer.rev ? { ...course, overtaken: happening.rev } : course;
    case "given-up":
      if (phase !== "sending") return course;
      return { phase: "given-up", wish: course.wish, since: course.since, until: happening.at, tries: course.tries };
    case "closed": return phase === "sending" ? course : { phase: "none" };
  }
}

/**
 * What the course looks like. `done` is the only tone of success, and only the worker's answer that every hub has it
 * gives it; with `partly` some have not said so.
 */
export type Tone = "none" | "waiting" | "doubtful" | "done" | "partly" | "past" | "refused";

export interface Told {
  tone: Tone;
  /** The line to read first. */
  title: string;
  /** What else is known. */
  lines: string[];
  /** A command line that helps where this page cannot. */
  wayOut: string | undefined;
  /** What a screen reader says when it becomes this: nothing that counts seconds. */
  spoken: string;
  canBeGivenUp: boolean;
}

/** What time it is: by the page's own clock, and by the event's, as far as that is known; both in ms. */
export interface Now {
  own: number;
  event: number | undefined;
}

/** Returns the words for a course. */
export function words(course: Course, now: Now): Told {
  const still = { lines: [], wayOut: undefined, canBeGivenUp: false };
  switch (course.phase) {
    case "none": return { ...still, tone: "none", title: "", spoken: "" };
    case "sending": return sending(course, now);
    case "taken": return taken(course, now);
    case "refused": return { ...still, ...refusedWords(course) };
    case "given-up": {
      const title = `${course.wish.word} given up after ${span(course.until - course.since)} without an answer`;
      const lines = ["Whether the server took it is not known: look at the status and at the log."];
      return { ...still, tone: "doubtful", title, lines, spoken: title };
    }
  }
}

function sending({ wish, since, tries, failures, why, instead }: Course & { phase: "sending" }, now: Now): Told {
  const lines = instead === undefined ? [] : [`${instead} was given up for this; whether it was taken is not known.`];
  if (failures === 0) {
    const title = `sending ${wish.word} …`;
    return { tone: "waiting", title, lines, wayOut: undefined, spoken: title, canBeGivenUp: true };
  }
  const title = `no answer to ${wish.word} for ${span(Math.max(1_000, now.own - since))}`;
  lines.unshift(wish.doubt, `Sending the same command again until it is answered: try ${tries}, ${why}.`);
  const isStuck = failures >= FAILURES_MANY && wish.isHold;
  if (isStuck) lines.push("The way out, on a machine that is set up for it:");
  return {
    tone: "doubtful",
    title,
    lines,
    wayOut: isStuck ? "downbeat pause --break-glass" : undefined,
    spoken: `No answer to ${wish.word}. ${wish.doubt}${isStuck ? " The way out: downbeat pause, break glass." : ""}`,
    canBeGivenUp: true,
  };
}

function taken({ wish, tries, answer, acks, overtaken, instead }: Course & { phase: "taken" }, now: Now): Told {
  const { rev, effectiveAt, replaced, delivery } = answer;
  const left = now.event === undefined ? undefined : effectiveAt - now.event;
  const isInEffect = left !== undefined && left <= 0;
  const lines: string[] = [];
  const facts = [isInEffect ? `rev ${rev}` : "", delivery.hubs > 0 ? delivered(delivery) : ""];
  lines.push(facts.filter((fact) => fact !== "").join(" · "));
  if (delivery.acked < delivery.hubs) {
    lines.push("The other hubs are told again until they answer: their viewers may be some seconds late.");
  }
  if (isInEffect && acks !== "unknown") lines.push(acks === "waiting" ? "asking viewers …" : acknowledged(acks));
  if (replaced) lines.push("Something that was scheduled for later has been replaced.");
  if (instead !== undefined) lines.push(`${instead} was given up for this.`);
  if (tries > 1) lines.push(`The answer came to try ${tries}; it was done once.`);
  if (overtaken !== undefined) lines.push(`The event has been changed since: it is at rev ${overtaken}.`);
  const when = left === undefined ? `at ${wallClock(effectiveAt)}` : ahead(left);
  const title = isInEffect
    ? `${wish.word} in effect since ${wallClock(effectiveAt)}`
    : `${wish.word} taken, rev ${rev}; takes effect ${when}`;
  const spoken = isInEffect ? `${wish.word} in effect.` : `${wish.word} taken.`;
  const tone = overtaken !== undefined ? "past" : delivery.acked < delivery.hubs ? "partly" : "done";
  return { tone, title, lines, wayOut: undefined, spoken, canBeGivenUp: false };
}

function refusedWords({ wish, tries, refusal }: Course & { phase: "refused" }) {
  const { code, status, detail, state, lastChange } = refusal;
  const title = `${wish.word} not done${code === "stale" ? ": the event has changed" : ""}`;
  const lines: string[] = [];
  // The worker knows a command again and answers it again, but it does not look before it knows who asks.
  if (tries > 1 && (status === 401 || status === 403)) {
    lines.push("Whether an earlier try was taken is not known: look at the status.");
  }
  if (code !== "stale") lines.push(sentence(detail));
  if (lastChange !== undefined) {
    const { name, actor, at, reason } = lastChange;
    lines.push(`Last change: ${name} by ${actor} at ${wallClock(at)}${reason ? `, “${reason}”` : ""}.`);
  }
  if (state !== undefined) lines.push(`${sentence(nowStands(state))} Nothing was done.`);
  if (code === "stale") lines.push(`${wish.word} pressed again acts on what is shown now.`);
  if (status === 401) lines.push("Sign in again, then press again.");
  return { tone: "refused" as const, title, lines, spoken: `${title}. ${lines.join(" ")}` };
}

function nowStands(state: StateBody): string {
  return `It is now ${told(standing(state, state.serverTime))}, rev ${state.rev}`;
}

/** Writes how far a change got: `hubs 4/4 · 8,000 sockets · 312 ms`. */
export function delivered({ hubs, acked, sockets, ms }: DeliveryReport): string {
  return `hubs ${acked}/${hubs} · ${count(sockets, "socket")} · ${count(ms)} ms`;
}

/** Writes what a sample says: `applied by 98.6 % of 512 asked · median 41 ms`. Rounded down: 100 % are all of them. */
export function acknowledged({ asked, applied, median }: Acks): string {
  const share = Math.floor((Math.min(applied, asked) * 1_000) / Math.max(asked, 1)) / 10;
  return `applied by ${share} % of ${count(asked)} asked${median === null ? "" : ` · median ${count(median)} ms`}`;
}

/** Writes a number with its thousands apart, and what is counted. */
export function count(number: number, noun?: string): string {
  const text = number.toLocaleString("en");
  return noun === undefined ? text : `${text} ${noun}${number === 1 ? "" : "s"}`;
}

function ahead(left: number): string {
  return left < 10_000 ? `in ${(Math.ceil(left / 100) / 10).toFixed(1)} s` : `in ${span(left)}`;
}

/** Returns `text` as a sentence. */
function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
