// What the console says about a command's progress. Pure, so that it can be tested without a page.

import type { Acks, DeliveryReport } from "downbeat-client";
import { formatCount, formatSpan, formatTimeOfDay } from "../shared/format.ts";
import { formatPolling, formatUntold } from "./audience-text.ts";
import type { Progress } from "./progress.ts";
import { formatSnapshot } from "./timeline.ts";

/**
 * How the progress looks. `done` is the only tone of success: the worker has answered that every hub has the change.
 * `partial`: some hubs have not answered yet. `superseded`: the event has changed again.
 */
export type Tone = "none" | "waiting" | "uncertain" | "done" | "partial" | "superseded" | "refused";

export interface ProgressText {
  tone: Tone;
  /** The line to read first. */
  title: string;
  /** What else is known. */
  lines: string[];
  /** A command line that helps where this page cannot. */
  fallback: string | undefined;
  /** What a screen reader says once this is shown. Contains no running seconds. */
  spoken: string;
  /** Whether the operator can stop further attempts. */
  canStop: boolean;
  /** Whether the command is in effect and the operator has nothing to do about it. */
  isSettled: boolean;
}

/** The time: on the page's own clock, and on the server's, as far as it is known; both in ms. */
export interface Now {
  page: number;
  server: number | undefined;
}

/** After how many failed attempts the way around the server is shown. */
const FAILURES_BEFORE_FALLBACK = 3;

/** Describes a command's progress. */
export function describeProgress(progress: Progress, now: Now): ProgressText {
  const settled = { lines: [], fallback: undefined, canStop: false, isSettled: false };
  switch (progress.phase) {
    case "idle": return { ...settled, tone: "none", title: "", spoken: "" };
    case "sending": return describeSending(progress, now);
    case "accepted": return { ...settled, ...describeAccepted(progress, now) };
    case "refused": return { ...settled, ...describeRefused(progress) };
    case "stopped": {
      const title = `Stopped sending ${progress.spec.label} after ${formatSpan(progress.until - progress.since)} without an answer`;
      const lines = ["The server may or may not have accepted it: check the status and the log."];
      return { ...settled, tone: "uncertain", title, lines, spoken: title };
    }
  }
}

function describeSending({ spec, since, attempts, failures, why, replaced }: Progress & { phase: "sending" }, now: Now): ProgressText {
  const lines = replaced === undefined ? [] : [`${replacement(spec.label, replaced)}; the server may or may not have accepted ${replaced}.`];
  if (failures === 0) {
    const title = `Sending ${spec.label} …`;
    return { tone: "waiting", title, lines, fallback: undefined, spoken: title, canStop: true, isSettled: false };
  }
  const title = `No answer to ${spec.label} for ${formatSpan(Math.max(1_000, now.page - since))}`;
  lines.unshift(spec.doubt, `Sending the same command until it is answered: attempt ${attempts}, ${why}.`);
  const needsFallback = failures >= FAILURES_BEFORE_FALLBACK && spec.isHold;
  if (needsFallback) lines.push("To hold without the server, run this on a machine that is set up for it:");
  return {
    tone: "uncertain",
    title,
    lines,
    fallback: needsFallback ? "downbeat pause --break-glass" : undefined,
    spoken: `No answer to ${spec.label}. ${spec.doubt}${needsFallback ? " To hold without the server: downbeat pause, break glass." : ""}`,
    canStop: true,
    isSettled: false,
  };
}

function describeAccepted({ spec, attempts, answer, acks, isToldByNow, laterRev, replaced }: Progress & { phase: "accepted" }, now: Now) {
  const { rev, effectiveAt, delivery } = answer;
  const left = now.server === undefined ? undefined : effectiveAt - now.server;
  const isInEffect = left !== undefined && left <= 0;
  const facts = [isInEffect ? `rev ${rev}` : "", delivery.hubs > 0 ? formatDelivery(delivery) : ""];
  const lines = [facts.filter((fact) => fact !== "").join(" · ")];
  const isPartial = delivery.acked < delivery.hubs && !isToldByNow;
  if (isPartial) {
    const untold = formatUntold(delivery.untold, delivery.sockets);
    lines.push(untold === undefined
      ? `Retrying ${formatMissing(delivery)}: their viewers may be a few seconds late.`
      : `Not told yet: ${untold}. Retrying ${formatMissing(delivery)} until ${delivery.hubs - delivery.acked === 1 ? "it answers" : "they answer"}.`);
  }
  if (isToldByNow) lines.push("Meanwhile all sockets were told.");
  const polling = formatPolling(delivery.polling);
  if (polling !== undefined) lines.push(`${polling}: they have it within 10 s.`);
  if (isInEffect && acks !== "unknown") lines.push(acks === "waiting" ? "Asking viewers …" : formatAcks(acks));
  if (answer.replaced) lines.push("This replaced a change that was scheduled for later.");
  if (replaced !== undefined) lines.push(`${replacement(spec.label, replaced)}.`);
  if (attempts > 1) lines.push(`Answered at attempt ${attempts}; applied once.`);
  if (laterRev !== undefined) lines.push(`The event has changed since then: it is now at rev ${laterRev}.`);
  const when = left === undefined ? `at ${formatTimeOfDay(effectiveAt)}` : formatLead(left);
  const title = isInEffect
    ? `${spec.label} in effect since ${formatTimeOfDay(effectiveAt)}`
    : `${spec.label} accepted, rev ${rev}; takes effect ${when}`;
  const spoken = isInEffect ? `${spec.label} in effect.` : `${spec.label} accepted.`;
  const tone: Tone = laterRev !== undefined ? "superseded" : isPartial ? "partial" : "done";
  return { tone, title, lines, spoken, isSettled: isInEffect && tone !== "partial" };
}

function describeRefused({ spec, attempts, refusal, snapshot }: Progress & { phase: "refused" }) {
  const { code, status, detail, state, lastChange } = refusal;
  const title = `${spec.label} not applied${code === "stale" ? ": the event has changed" : ""}`;
  const lines: string[] = [];
  // The worker recognises a repeated command by its id, but checks the token first.
  if (attempts > 1 && (status === 401 || status === 403)) {
    lines.push("An earlier attempt may have been accepted: check the status.");
  }
  if (code !== "stale") lines.push(sentence(detail));
  if (lastChange !== undefined) {
    const { name, actor, at, reason } = lastChange;
    lines.push(`Last change: ${name} by ${actor} at ${formatTimeOfDay(at)}${reason ? `, “${reason}”` : ""}.`);
  }
  if (state !== undefined) {
    const now = snapshot === undefined ? "" : `${formatSnapshot(snapshot)}, `;
    lines.push(`The event is now ${now}rev ${state.rev}. Nothing was changed.`);
  }
  if (code === "stale") lines.push(`Press ${spec.label} again to apply it to what is shown now.`);
  if (status === 401) lines.push("Sign in again, then press again.");
  return { tone: "refused" as const, title, lines, spoken: `${title}. ${lines.join(" ")}` };
}

function replacement(label: string, replaced: string): string {
  return `${label} replaced ${replaced}, which had no answer yet`;
}

/** Names the hubs that do not have a change: `hubs weur 22, me 27 and 8 more`. */
function formatMissing({ hubs, acked, missing }: DeliveryReport): string {
  const names = (missing ?? []).map((name) => `${name.region} ${name.hub}`);
  const more = hubs - acked - names.length;
  if (names.length === 0) return "the other hubs";
  return `${names.length + more === 1 ? "hub" : "hubs"} ${names.join(", ")}${more > 0 ? ` and ${formatCount(more)} more` : ""}`;
}

/** Formats how far a change got: `hubs 4/4 · 8,000 sockets · 312 ms`. */
function formatDelivery({ hubs, acked, sockets, ms }: DeliveryReport): string {
  return `hubs ${acked}/${hubs} · ${formatCount(sockets, "socket")} · ${formatCount(ms)} ms`;
}

/** Formats the sampled viewers' acknowledgements: `Applied by 98.6 % of 512 asked · median 41 ms`. Rounds down, so 100 % means all. */
export function formatAcks({ asked, applied, median }: Acks): string {
  const share = Math.floor((Math.min(applied, asked) * 1_000) / Math.max(asked, 1)) / 10;
  return `Applied by ${share} % of ${formatCount(asked)} asked${median === null ? "" : ` · median ${formatCount(median)} ms`}`;
}

function formatLead(left: number): string {
  return left < 10_000 ? `in ${(Math.ceil(left / 100) / 10).toFixed(1)} s` : `in ${formatSpan(left)}`;
}

/** Returns `text` with a capital letter and a full stop. */
function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
