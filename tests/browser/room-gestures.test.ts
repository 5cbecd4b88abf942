// Whose doing it is that an element pauses, plays, seeks or changes its rate.

import assert from "node:assert/strict";
import { test } from "node:test";
import { actOf, type Expected, OTHER_KEYS, type Seen } from "../../crates/web/ts/room/gestures.ts";

/** A person touched the element just now, and it plays with the room at 60 s. */
const SEEN: Omit<Seen, "type"> = {
  position: 60_000, paused: false, ended: false, isReady: true, seeking: false, rate: 1, loops: false, touchedAgo: 20, isHidden: false,
};
const PLAYING: Expected = { position: 60_100, rate: 1, playingRate: 1 };
const HELD: Expected = { position: 60_000, rate: 0, playingRate: 1 };
const FAST: Expected = { ...PLAYING, rate: 1.5, playingRate: 1.5 };
/** The room is half a minute further: somebody sought, or this person's own pause took that long. */
const AHEAD: Expected = { ...PLAYING, position: 90_000 };

const cases: [why: string, seen: Partial<Seen> & Pick<Seen, "type">, room: Expected, command: string | undefined][] = [
  ["a person pauses what plays", { type: "pause", paused: true }, PLAYING, "pause"],
  ["the room's pause pauses it", { type: "pause", paused: true }, HELD, undefined],
  ["its end pauses it", { type: "pause", paused: true, ended: true }, PLAYING, undefined],
  ["it pauses for want of data", { type: "pause", paused: true, isReady: false }, PLAYING, undefined],
  ["it pauses amid a seek", { type: "pause", paused: true, seeking: true }, PLAYING, undefined],
  ["the hidden page pauses it", { type: "pause", paused: true, isHidden: true }, PLAYING, undefined],
  ["headphones are unplugged", { type: "pause", paused: true, touchedAgo: Infinity }, PLAYING, undefined],
  ["a media key pauses it", { type: "pause", paused: true, touchedAgo: Infinity }, PLAYING, undefined],
  ["the window of picture-in-picture pauses it", { type: "pause", paused: true, touchedAgo: 20_000 }, PLAYING, undefined],
  ["it was touched long ago", { type: "pause", paused: true, touchedAgo: 1_001 }, PLAYING, undefined],
  ["it is played again before its pause is read", { type: "pause" }, PLAYING, undefined],
  ["a person plays what is held", { type: "play" }, HELD, "resume"],
  ["the room plays it", { type: "play" }, PLAYING, undefined],
  ["a person plays what is held, and it was paused again", { type: "play", paused: true }, HELD, "resume"],
  ["autoplay was refused", { type: "play", paused: true }, PLAYING, undefined],
  ["a media key plays what is held", { type: "play", touchedAgo: Infinity }, HELD, undefined],
  ["whoever paused for themselves rejoins", { type: "play" }, AHEAD, undefined],
  ["a person seeks", { type: "seek", position: 90_000 }, PLAYING, "seek"],
  ["a person seeks what is held", { type: "seek", position: 10_000, paused: true }, HELD, "seek"],
  ["a person plays again from the beginning", { type: "seek", position: 0, ended: true }, PLAYING, "seek"],
  ["the correction seeks", { type: "seek", position: 60_400 }, PLAYING, undefined],
  ["another's seek takes it along", { type: "seek", position: 90_300 }, AHEAD, undefined],
  ["rejoining takes it along", { type: "seek", position: 89_800, paused: true }, AHEAD, undefined],
  ["the page's own code seeks", { type: "seek", position: 90_000, touchedAgo: Infinity }, PLAYING, undefined],
  ["a loop begins again", { type: "seek", position: 0, loops: true }, PLAYING, undefined],
  ["a person chooses a rate", { type: "ratechange", rate: 1.25 }, PLAYING, "rate"],
  ["a person chooses a rate while it is held", { type: "ratechange", rate: 0.75, paused: true }, HELD, "rate"],
  ["the correction paces it", { type: "ratechange", rate: 1.05 }, PLAYING, undefined],
  ["the correction paces what plays at another rate", { type: "ratechange", rate: 1.575 }, FAST, undefined],
  ["another source begins at the element's own rate", { type: "ratechange", rate: 1, isReady: false, paused: true }, FAST, undefined],
];

for (const [why, seen, room, command] of cases) {
  test(`${why}: ${command ?? "nobody's command"}`, () => assert.equal(actOf({ ...SEEN, ...seen }, room)?.command, command));
}

test("a seek before the beginning goes to the beginning, and a rate stays within what rooms have", () => {
  assert.deepEqual(actOf({ ...SEEN, type: "seek", position: -3 }, PLAYING), { command: "seek", position: 0 });
  assert.deepEqual(actOf({ ...SEEN, type: "ratechange", rate: 16 }, PLAYING), { command: "rate", rate: 4 });
});

test("keys that move the focus are no touch; those that work the controls are", () => {
  for (const key of ["Tab", "Shift", "Escape", "F11", "Meta"]) assert.match(key, OTHER_KEYS);
  for (const key of [" ", "Enter", "ArrowLeft", "Home", "k", "f"]) assert.doesNotMatch(key, OTHER_KEYS);
});
