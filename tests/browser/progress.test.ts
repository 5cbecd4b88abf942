// A command's progress in the console: what is said at each step, and that nothing sounds like success before the worker
// has answered. Without a browser, since it is pure.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Audience } from "../../crates/web/ts/wire.ts";
import { audienceNotes } from "../../pages/console/audience-text.ts";
import { nextProgress, type Progress, type ProgressEvent } from "../../pages/console/progress.ts";
import { describeProgress, type ProgressText } from "../../pages/console/progress-text.ts";

const HOLD = { label: "HOLD", doubt: "Viewers may not be held.", isHold: true };
const GO = { label: "GO", doubt: "Viewers may still be held.", isHold: false };

/** 2024-01-01T12:00:00Z. */
const NOON = 1_704_110_400_000;

const delivery = { hubs: 4, acked: 4, sockets: 8_000, ms: 312 };
const answer = { rev: 13, effectiveAt: NOON, replaced: false, delivery };
const pressed: ProgressEvent = { kind: "pressed", spec: HOLD, at: 0 };
const attempted: ProgressEvent = { kind: "attempted" };
const failed: ProgressEvent = { kind: "failed", why: "the server cannot be reached" };

/** Returns the progress after all these events. */
function after(...events: ProgressEvent[]): Progress {
  return events.reduce<Progress>(nextProgress, { phase: "idle" });
}

function describe(progress: Progress, page = 0, server: number | undefined = NOON - 400): ProgressText {
  return describeProgress(progress, { page, server });
}

function text({ title, lines }: ProgressText): string {
  return [title, ...lines].join("\n");
}

test("from the press to the viewers' acknowledgements", () => {
  const sending = after(pressed, attempted);
  assert.deepEqual([describe(sending).tone, describe(sending).title], ["waiting", "Sending HOLD …"]);
  const accepted = nextProgress(sending, { kind: "accepted", answer });
  assert.equal(describe(accepted).title, "HOLD accepted, rev 13; takes effect in 0.4 s");
  assert.equal(describe(accepted, 0, NOON - 1).title, "HOLD accepted, rev 13; takes effect in 0.1 s");
  const inEffect = describe(accepted, 0, NOON);
  assert.match(inEffect.title, /^HOLD in effect since \d\d:\d\d:\d\d$/);
  assert.deepEqual(inEffect.lines, ["rev 13 · hubs 4/4 · 8,000 sockets · 312 ms", "Asking viewers …"]);
  const acks = { rev: 13, asked: 512, applied: 505, median: 12, p95: 80 };
  const acknowledged = nextProgress(accepted, { kind: "acknowledged", acks });
  assert.equal(describe(acknowledged, 0, NOON).lines[1], "Applied by 98.6 % of 512 asked · median 12 ms");
});

test("nothing sounds like success before the answer, whatever happens instead", () => {
  const steps: ProgressEvent[] = [
    pressed, attempted, failed, attempted, failed, attempted, failed,
    { kind: "rev-changed", rev: 99 }, { kind: "acknowledged", acks: { rev: 13, asked: 9, applied: 9, median: 1, p95: 1 } },
    attempted, { kind: "stopped", at: 9_000 },
  ];
  let progress: Progress = { phase: "idle" };
  for (const step of steps) {
    progress = nextProgress(progress, step);
    const shown = describe(progress, 9_000, NOON + 60_000);
    assert.notEqual(shown.tone, "done", JSON.stringify(step));
    assert.doesNotMatch(text(shown) + shown.spoken, /accepted, rev|in effect|[Aa]pplied/, JSON.stringify(step));
  }
});

test("without an answer it says what that may mean, and after three failures how to hold without the server", () => {
  const once = after(pressed, attempted, { kind: "failed", why: "no answer in 3 s" }, attempted);
  const uncertain = describe(once, 4_000);
  assert.equal(uncertain.tone, "uncertain");
  assert.equal(text(uncertain), [
    "No answer to HOLD for 4 s",
    "Viewers may not be held.",
    "Sending the same command until it is answered: attempt 2, no answer in 3 s.",
  ].join("\n"));
  assert.equal(uncertain.fallback, undefined);
  assert.equal(uncertain.canStop, true);
  const often = [failed, failed].reduce<Progress>(nextProgress, once);
  assert.equal(describe(often, 9_000).fallback, "downbeat pause --break-glass");
  const go = after({ kind: "pressed", spec: GO, at: 0 }, failed, failed, failed);
  assert.equal(describe(go, 9_000).fallback, undefined, "breaking the glass can only hold");
  assert.match(text(describe(go, 9_000)), /Viewers may still be held\./);
});

test("a late answer says that the command was applied once, and a stopped command is never claimed", () => {
  const late = after(pressed, attempted, failed, attempted, { kind: "accepted", answer });
  assert.match(text(describe(late)), /Answered at attempt 2; applied once\./);
  const stopped = after(pressed, attempted, { kind: "stopped", at: 12_000 }, { kind: "accepted", answer });
  assert.equal(stopped.phase, "stopped");
  assert.match(text(describe(stopped)), /^Stopped sending HOLD after 12 s without an answer\nThe server may or may not have accepted it/);
});

test("HOLD that replaces another command says what is known of that one", () => {
  const progress = after({ kind: "pressed", spec: GO, at: 0 }, attempted, pressed, attempted);
  assert.equal(text(describe(progress)), [
    "Sending HOLD …",
    "HOLD replaced GO, which had no answer yet; the server may or may not have accepted GO.",
  ].join("\n"));
  const decided = after(pressed, attempted, { kind: "pressed", spec: GO, at: 0, isPreviousDecided: true });
  assert.equal(text(describe(decided)), "Sending GO …", "that the event is held can be seen");
});

test("hubs without an answer, what was replaced, and a later change are shown", () => {
  const partial = after(pressed, { kind: "accepted", answer: { ...answer, replaced: true, delivery: { ...delivery, acked: 3 } } });
  assert.match(text(describe(partial, 0, NOON)), /hubs 3\/4 · 8,000 sockets · 312 ms\nRetrying the other hubs: their viewers may be a few seconds late\./);
  assert.equal(describe(partial, 0, NOON).tone, "partial");
  assert.match(text(describe(partial, 0, NOON)), /This replaced a change that was scheduled for later\./);
  const superseded = nextProgress(partial, { kind: "rev-changed", rev: 14 });
  assert.equal(describe(superseded, 0, NOON).tone, "superseded");
  assert.match(text(describe(superseded, 0, NOON)), /it is now at rev 14/);
});

test("who was not told is counted by region until they are, and those who poll are an estimate", () => {
  const untold = [{ region: "enam" as const, hubs: 1, sockets: 1_240 }];
  const missing = [{ hub: 1, region: "enam" as const }];
  const partial = { ...answer, delivery: { ...delivery, acked: 3, sockets: 19_191, missing, untold, polling: 304 } };
  const shown = after(pressed, { kind: "accepted", answer: partial });
  const lines = text(describe(shown, 0, NOON));
  assert.match(lines, /Not told yet: 1,240 of 20,431 sockets \(North America, east: 1,240\)\. Retrying hub enam 1 until it answers\./);
  assert.match(lines, /About 300 viewers poll \(estimate\): they have it within 10 s\./);
  assert.equal(describe(shown, 0, NOON).tone, "partial");
  const acks = { rev: 13, asked: 512, applied: 512, median: 12, p95: 80 };
  const waiting = nextProgress(shown, { kind: "acknowledged", acks, isTold: false });
  assert.equal(describe(waiting, 0, NOON).tone, "partial");
  const told = describe(nextProgress(waiting, { kind: "acknowledged", acks, isTold: true }), 0, NOON);
  assert.deepEqual([told.tone, told.isSettled], ["done", true]);
  assert.match(text(told), /Meanwhile all sockets were told\./);
  assert.doesNotMatch(text(told), /Not told yet/);
});

test("what sampled viewers lack is said, and nothing where they lack nothing", () => {
  const acks = { rev: 13, asked: 512, applied: 505, median: 12, p95: 80 };
  const audience: Audience = { rev: 13, hubs: 4, answered: 4, sockets: 8_000, byHub: [], acks };
  assert.deepEqual([audienceNotes(audience), audienceNotes({ ...audience, acks: null })], [[], []]);
  const bounds = [{ within: 5, viewers: 480 }, { within: null, viewers: 2 }];
  const untold = [{ region: "afr" as const, hubs: 2, sockets: 0, unknown: 2 }];
  const lacking = { ...acks, elsewhere: 3, lackRundown: 12, lackEmergency: 40, bounds };
  assert.deepEqual(audienceNotes({ ...audience, acks: lacking, untold, polling: 1 }), [
    "Not told yet: the sockets of 2 silent hubs; told again until their hubs answer.",
    "About 1 viewer polls (estimate): up to 10 s late.",
    "3 of 512 asked follow another epoch or revision.",
    "12 of 505 sampled lack the rundown, and try again.",
    "40 of 482 sampled cannot check a signed pause.",
  ]);
});

test("a refusal says who changed what and when, and how the event is now", () => {
  const lastChange = { id: "x", name: "pause", actor: "tom", reason: "smoke", at: NOON, effectiveAt: NOON };
  const refusal = { type: "", title: "", status: 409, code: "stale", detail: "the event is at revision 14", state: { rev: 14 }, lastChange };
  const snapshot = { status: "paused" as const, position: 200_000, rate: 0 };
  const refused = describe(after({ kind: "pressed", spec: GO, at: 0 }, { kind: "refused", refusal: refusal as any, snapshot }));
  assert.equal(refused.tone, "refused");
  assert.match(text(refused), /^GO not applied: the event has changed\nLast change: pause by tom at \d\d:\d\d:\d\d, “smoke”\.\n/);
  assert.match(text(refused), /The event is now HELD at 3:20, rev 14\. Nothing was changed\.\nPress GO again to apply it to what is shown now\.$/);
});
