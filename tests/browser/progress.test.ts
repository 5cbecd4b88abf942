// The course of a command in the console: what is said of it at each step, and that nothing sounds like success before
// the worker has answered. Without a browser: it is pure.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Course, type Happening, next, type Told, words } from "../../pages/console/progress.ts";
import { parsePosition } from "../../pages/console/position.ts";
import { positionThen, standing, willHold, willMove } from "../../pages/console/timeline.ts";

const HOLD = { word: "HOLD", doubt: "Viewers may not be held.", isHold: true };
const GO = { word: "GO", doubt: "Viewers may still be held.", isHold: false };

/** 2024-01-01T12:00:00Z. */
const NOON = 1_704_110_400_000;

const delivery = { hubs: 4, acked: 4, sockets: 8_000, ms: 312 };
const answer = { rev: 13, effectiveAt: NOON, replaced: false, delivery };
const pressed: Happening = { kind: "pressed", wish: HOLD, at: 0 };
const failed: Happening = { kind: "failed", why: "the server cannot be reached" };

/** Returns the course after all this. */
function after(...happenings: Happening[]): Course {
  return happenings.reduce<Course>(next, { phase: "none" });
}

function told(course: Course, own = 0, event: number | undefined = NOON - 400): Told {
  return words(course, { own, event });
}

function text({ title, lines }: Told): string {
  return [title, ...lines].join("\n");
}

test("from the press to what viewers say", () => {
  const sending = after(pressed, { kind: "tried" });
  assert.deepEqual([told(sending).tone, told(sending).title], ["waiting", "sending HOLD …"]);
  const taken = next(sending, { kind: "answered", answer });
  assert.equal(told(taken).title, "HOLD taken, rev 13; takes effect in 0.4 s");
  assert.equal(told(taken, 0, NOON - 1).title, "HOLD taken, rev 13; takes effect in 0.1 s");
  const inEffect = told(taken, 0, NOON);
  assert.match(inEffect.title, /^HOLD in effect since \d\d:\d\d:\d\d$/);
  assert.deepEqual(inEffect.lines, ["rev 13 · hubs 4/4 · 8,000 sockets · 312 ms", "asking viewers …"]);
  const acks = { rev: 13, asked: 512, applied: 505, median: 12, p95: 80 };
  const heard = next(taken, { kind: "acknowledged", acks });
  assert.equal(told(heard, 0, NOON).lines[1], "applied by 98.6 % of 512 asked · median 12 ms");
});

test("nothing sounds like success before the answer, whatever happens instead", () => {
  const steps: Happening[] = [
    pressed, { kind: "tried" }, failed, { kind: "tried" }, failed, { kind: "tried" }, failed,
    { kind: "moved-on", rev: 99 }, { kind: "acknowledged", acks: { rev: 13, asked: 9, applied: 9, median: 1, p95: 1 } },
    { kind: "tried" }, { kind: "given-up", at: 9_000 },
  ];
  let course: Course = { phase: "none" };
  for (const step of steps) {
    course = next(course, step);
    const now = told(course, 9_000, NOON + 60_000);
    assert.notEqual(now.tone, "done", JSON.stringify(step));
    assert.doesNotMatch(text(now) + now.spoken, /taken, rev|in effect|applied/, JSON.stringify(step));
  }
});

test("without an answer it says what that may mean, and soon the way out", () => {
  const once = after(pressed, { kind: "tried" }, { kind: "failed", why: "no answer in 3 s" }, { kind: "tried" });
  const doubtful = told(once, 4_000);
  assert.equal(doubtful.tone, "doubtful");
  assert.equal(text(doubtful), [
    "no answer to HOLD for 4 s",
    "Viewers may not be held.",
    "Sending the same command again until it is answered: try 2, no answer in 3 s.",
  ].join("\n"));
  assert.equal(doubtful.wayOut, undefined);
  assert.equal(doubtful.canBeGivenUp, true);
  const often = [failed, failed].reduce<Course>(next, once);
  assert.equal(told(often, 9_000).wayOut, "downbeat pause --break-glass");
  const go = after({ kind: "pressed", wish: GO, at: 0 }, failed, failed, failed);
  assert.equal(told(go, 9_000).wayOut, undefined, "breaking the glass only holds");
  assert.match(text(told(go, 9_000)), /Viewers may still be held\./);
});

test("an answer that comes late says that it was done once, and one that was given up is not claimed", () => {
  const late = after(pressed, { kind: "tried" }, failed, { kind: "tried" }, { kind: "answered", answer });
  assert.match(text(told(late)), /The answer came to try 2; it was done once\./);
  const gone = after(pressed, { kind: "tried" }, { kind: "given-up", at: 12_000 }, { kind: "answered", answer });
  assert.equal(gone.phase, "given-up");
  assert.match(text(told(gone)), /given up after 12 s without an answer\nWhether the server took it is not known/);
});

test("HOLD in place of another says what became of that", () => {
  const course = after({ kind: "pressed", wish: GO, at: 0 }, { kind: "tried" }, pressed, { kind: "tried" });
  assert.match(text(told(course)), /^sending HOLD …\nGO was given up for this; whether it was taken is not known\.$/);
});

test("hubs that have not answered, what was replaced, and a later change are told", () => {
  const partly = after(pressed, { kind: "answered", answer: { ...answer, replaced: true, delivery: { ...delivery, acked: 3 } } });
  assert.match(text(told(partly, 0, NOON)), /hubs 3\/4 · 8,000 sockets · 312 ms\nThe other hubs are told again until they answer/);
  assert.equal(told(partly, 0, NOON).tone, "partly");
  assert.match(text(told(partly, 0, NOON)), /scheduled for later has been replaced/);
  const overtaken = next(partly, { kind: "moved-on", rev: 14 });
  assert.equal(told(overtaken, 0, NOON).tone, "past");
  assert.match(text(told(overtaken, 0, NOON)), /it is at rev 14/);
});

test("a refusal says who changed what and when, and what is now", () => {
  const state = {
    timeline: [{ from: NOON - 200_000, position: 0, rate: 1 }, { from: NOON, position: 200_000, rate: 0 }],
    ...{ startsAt: NOON - 200_000, endedAt: null, serverTime: NOON + 60_000, rev: 14 },
  };
  const lastChange = { id: "x", name: "pause", actor: "tom", reason: "smoke", at: NOON, effectiveAt: NOON };
  const refusal = { type: "", title: "", status: 409, code: "stale", detail: "the event is at revision 14", state, lastChange };
  const refused = told(after({ kind: "pressed", wish: GO, at: 0 }, { kind: "refused", refusal: refusal as any }));
  assert.equal(refused.tone, "refused");
  assert.match(text(refused), /^GO not done: the event has changed\nLast change: pause by tom at \d\d:\d\d:\d\d, “smoke”\.\n/);
  assert.match(text(refused), /It is now HELD at 3:20, rev 14\. Nothing was done\.\nGO pressed again acts on what is shown now\.$/);
});

test("where an event stands is read as the worker reads it", () => {
  const event = { timeline: [{ from: 1_000, position: 0, rate: 1 }, { from: 5_000, position: 4_000, rate: 0 }], startsAt: 1_000, endedAt: null };
  assert.deepEqual(standing(event, 0), { status: "scheduled", position: -1_000, rate: 1 });
  assert.deepEqual(standing(event, 3_000), { status: "running", position: 2_000, rate: 1 });
  assert.deepEqual(standing(event, 9_000), { status: "paused", position: 4_000, rate: 0 });
  assert.equal(standing({ ...event, endedAt: 5_000 }, 9_000).status, "ended");
  // In the half second before a hold takes effect both buttons mean something.
  assert.deepEqual([willMove(event, 4_900), willHold(event, 4_900)], [true, true]);
  assert.deepEqual([willMove(event, 5_000), willHold(event, 5_000)], [false, true]);
  assert.deepEqual([willMove({ ...event, endedAt: 5_000 }, 4_900), willHold({ ...event, endedAt: 5_000 }, 4_900)], [true, false]);
  assert.equal(positionThen(event, 2_500), 1_500);
  assert.equal(positionThen({ ...event, timeline: event.timeline.slice(1) }, 2_500), undefined, "that is forgotten");
});

test("positions are read as the command line reads them", () => {
  for (const [text, ms] of [["12:30", 750_000], ["1:02:03", 3_723_000], [" 90 ", 90_000], ["0:05.25", 5_250], ["75:00", 4_500_000]] as const) {
    assert.equal(parsePosition(text), ms, text);
  }
  for (const text of ["", "1:75", "1:5", "1:60:00", "abc", "-1:00", "1:2:3:4", "1e3"]) assert.equal(parsePosition(text), undefined, text);
});
