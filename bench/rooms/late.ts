// Somebody opens the link on a slow line while others watch: how long it takes until they see what the others see, and how it gets there.

import type { Browser } from "playwright-core";
import type { Site } from "../../tests/browser/harness/site.ts";
import type { Room } from "../../tests/edge/harness/room.ts";
import { until } from "../../tests/edge/harness/until.ts";
import { compare, FRAME, largestStep, shownAt } from "./frames.ts";
import { Line } from "./line.ts";
import { Watcher } from "./page.ts";

/** The slow line: ms one way, and bit/s. */
export const [DELAY, RATE] = [100, 1_000_000];

/**
 * For how long the pages have to show the same frames to be in step, in ms; at which share of the instants that are known; and how many
 * have to be: on a busy machine a page is not told of each frame.
 */
const [STEADY, SHARE, KNOWN] = [1_000, 0.9, 0.25];

/** After how long a page that is not in step is given up, in ms. */
const GIVEN_UP = 20_000;

export interface Late {
  /** From opening the link until the first picture, and until the pages were within a frame of each other, in ms. */
  picture: number;
  inStep: number;
  /** The largest step in what was shown after the first picture, in ms of the media, and how long after it. */
  step: number;
  stepAfter: number;
}

/** Has one page watch, and another come while it does. */
export async function late(browser: Browser, site: Site, room: Room): Promise<Late> {
  const line = new Line(DELAY, RATE);
  const enter = (server: string, name: string) => ({ server, room: room.name, invitation: room.invitations.control, name });
  const first = await Watcher.open(browser, site, enter(room.server.url, "first"));
  let second: Watcher | undefined;
  try {
    await until(() => first.evaluate("globalThis.room?.role !== undefined && bench.isReady()"), Boolean, "the first page to be in");
    await first.run("room.play()");
    await first.run("room.seek(20_000)");
    await until(() => first.evaluate<number>("room.position()"), (position) => position > 23_000, "the room to play");
    const opened = Date.now();
    second = await Watcher.open(browser, await line.to(site), enter((await line.to(room.server)).url, "late"));
    const end = opened + GIVEN_UP;
    const read = async () => Promise.all([first.shown(), second!.shown()]);
    const inStep = (pages: Awaited<ReturnType<typeof read>>) => {
      for (let at = pages[1][0]?.at ?? end; at + STEADY < Math.min(Date.now(), end); at += 10) {
        const { spreads, unknown } = compare(pages, at, at + STEADY);
        // A frame begins on one page a few ms before it does on the other: one frame apart is in step.
        const isKnown = spreads.length >= KNOWN * (spreads.length + unknown);
        if (isKnown && spreads.filter((spread) => spread <= FRAME + 1).length >= SHARE * spreads.length) return at;
      }
      return undefined;
    };
    const pages = await until(read, (pages) => Date.now() > end || inStep(pages) !== undefined, "the pages to be in step");
    const at = inStep(pages);
    await until(async () => Date.now(), (now) => now > (at ?? end) + 3_000, "what comes after");
    const shown = await second.shown();
    // A player shows its first frame while it loads; the first picture of the film is the one that is followed by another.
    const picture = shown.find(({ at }) => shownAt(shown, at + 500) !== shownAt(shown, at))?.at ?? end;
    const step = largestStep(shown, picture);
    return { picture: picture - opened, inStep: (at ?? Infinity) - opened, step: step.ms, stepAfter: step.at - picture };
  } finally {
    await Promise.all([first.close(), second?.close()]);
    line.end();
  }
}
