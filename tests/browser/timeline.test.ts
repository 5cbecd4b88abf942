// What the console asks about a timeline, answered by the built client's own core; and positions as operators type them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Downbeat, StateBody } from "downbeat-client";
import { parsePosition } from "../../pages/console/position.ts";
import { endsHeld, formatSnapshot, heldNowOrLater, movesNowOrLater, pastPosition } from "../../pages/console/timeline.ts";
import { offlineClient } from "./harness/offline.ts";

let client: Downbeat;
before(async () => { client = await offlineClient(); });
after(() => client.leave());

/** An event that begins at 1 s and is held from 5 s on. */
const HELD = {
  ...{ epoch: "k3v9x2m4", rev: 2, startsAt: 1_000, endedAt: null, messages: [], liveUrl: null, rundown: null },
  timeline: [{ from: 1_000, position: 0, rate: 1 }, { from: 5_000, position: 4_000, rate: 0 }],
} as unknown as StateBody;
const ENDED = { ...HELD, endedAt: 5_000 };

test("the client evaluates a state at any instant", () => {
  assert.deepEqual(client.snapshotAt(HELD, 0), { status: "scheduled", position: -1_000, rate: 1 });
  assert.deepEqual(client.snapshotAt(HELD, 3_000), { status: "running", position: 2_000, rate: 1 });
  assert.deepEqual(client.snapshotAt(HELD, 9_000), { status: "paused", position: 4_000, rate: 0 });
  assert.equal(client.snapshotAt(ENDED, 9_000)!.status, "ended");
  assert.equal(client.snapshotAt({ ...HELD, epoch: null } as never, 0), undefined, "the server did not know the state");
  assert.equal(client.snapshotAt({ ...HELD, timeline: [] }, 0), undefined, "not a valid state");
  assert.equal(client.state, undefined, "the client's own state is as before");
});

test("in the half second before a hold takes effect both HOLD and GO make sense", () => {
  const both = (state: StateBody, now: number) => [movesNowOrLater(client, state, now), heldNowOrLater(client, state, now)];
  assert.deepEqual(both(HELD, 4_900), [true, true]);
  assert.deepEqual(both(HELD, 5_000), [false, true]);
  assert.deepEqual(both(ENDED, 4_900), [true, false]);
  assert.deepEqual(both(ENDED, 5_000), [false, false]);
});

test("what the event will be once all that is scheduled has taken effect", () => {
  const goesOn = { ...HELD, timeline: [...HELD.timeline, { from: 7_000, position: 4_000, rate: 1 }] };
  assert.deepEqual([4_900, 5_000].map((now) => endsHeld(client, HELD, now)), [true, true]);
  assert.deepEqual([4_900, 5_000, 7_000].map((now) => endsHeld(client, goesOn, now)), [false, false, false]);
  assert.equal(endsHeld(client, ENDED, 4_900), false);
});

test("a past position is known as far as the timeline goes back", () => {
  assert.equal(pastPosition(client, HELD, 2_500), 1_500);
  assert.equal(pastPosition(client, { ...HELD, timeline: HELD.timeline.slice(1) }, 2_500), undefined);
});

test("a snapshot in words", () => {
  assert.equal(formatSnapshot({ status: "paused", position: 200_000, rate: 0 }), "HELD at 3:20");
  assert.equal(formatSnapshot({ status: "scheduled", position: -30_000, rate: 1 }), "SCHEDULED −0:30");
});

test("positions are parsed as on the command line", () => {
  for (const [text, ms] of [["12:30", 750_000], ["1:02:03", 3_723_000], [" 90 ", 90_000], ["0:05.25", 5_250], ["75:00", 4_500_000]] as const) {
    assert.equal(parsePosition(text), ms, text);
  }
  for (const text of ["", "1:75", "1:5", "1:60:00", "abc", "-1:00", "1:2:3:4", "1e3"]) assert.equal(parsePosition(text), undefined, text);
});
