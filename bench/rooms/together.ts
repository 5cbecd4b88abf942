// Five pages in one room, each behind a delay of its own: how far apart the frames are that they show at the same instants.

import type { Browser } from "playwright-core";
import { network } from "../../tests/browser/harness/network.ts";
import type { Site } from "../../tests/browser/harness/site.ts";
import type { Server } from "../../tests/edge/harness/calls.ts";
import type { Room } from "../../tests/edge/harness/room.ts";
import { until } from "../../tests/edge/harness/until.ts";
import { type Apart, compare, FRAME } from "./frames.ts";
import { Watcher } from "./page.ts";
import type { PlainRoom } from "./plain.ts";

/** The pages' delays one way, in ms, and what comes on top on average. */
export const DELAYS = [20, 65, 110, 155, 200];
const JITTER = 3;

/** When pages are compared after a change, in ms since it took effect. */
export const [FROM, TO] = [1_000, 3_000];

/** What the one who holds the controls does, in this order. Positions are in s. */
const SCRIPT = [
  { command: "play", position: 0 }, { command: "seek", position: 47 }, { command: "pause" }, { command: "play" },
  { command: "seek", position: 11 }, { command: "rate", rate: 1.5 }, { command: "seek", position: 71 }, { command: "rate", rate: 1 },
  { command: "pause" },
] as const;

type Act = (typeof SCRIPT)[number];

/** What the pages showed after one change. */
export interface After extends Apart {
  command: Act["command"];
}

/** How the controls of one kind of room are worked. */
interface Controls {
  enter(pages: Watcher[]): Promise<void>;
  /** Works them; returns when that takes effect, in ms by the machine's clock. */
  act(pages: Watcher[], act: Act, position: number): Promise<number>;
  leave(pages: Watcher[]): Promise<void>;
}

/** Downbeat's room. */
export function ours(room: Room, through: Server[]): Controls {
  return {
    enter: async (pages) => {
      await Promise.all(pages.map((page, index) => page.run(`bench.room(${JSON.stringify({
        server: through[index]!.url, room: room.name, invitation: room.invitations.control, name: `page ${index}`,
      })})`)));
      await Promise.all(pages.map((page) => until(() => page.evaluate("room.role !== undefined && bench.isReady()"), Boolean, "a page to be in")));
    },
    act: async ([page], act) => {
      const call = { play: "play()", pause: "pause()", seek: `seek(${"position" in act ? act.position * 1_000 : 0})`, rate: `setRate(${"rate" in act ? act.rate : 1})` };
      const rev = await page!.evaluate<number>("room.state.rev");
      await page!.run(`room.${call[act.command]}`);
      await until(() => page!.evaluate<number>("room.state.rev"), (now) => now > rev, "the change");
      return page!.evaluate("room.state.timeline.at(-1).from");
    },
    leave: async (pages) => void (await Promise.all(pages.map((page) => page.run("bench.leave()")))),
  };
}

/** The usual room. */
export function plain(through: Server[]): Controls {
  return {
    enter: async (pages) => {
      await Promise.all(pages.map((page, index) => page.run(`bench.plain(${JSON.stringify(through[index]!.url.replace("http", "ws"))})`)));
      await Promise.all(pages.map((page) => until(() => page.evaluate("bench.isReady()"), Boolean, "a page to be ready")));
    },
    // A command says where the one who gives it is, so that after a pause all stand there.
    act: async ([page], act, position) => {
      await page!.evaluate("void (bench.last = undefined)");
      await page!.run(`bench.say({ position: ${position}, ...${JSON.stringify(act)} })`);
      return (await until(() => page!.evaluate<{ at: number } | undefined>("bench.last"), Boolean, "the command"))!.at;
    },
    leave: async (pages) => void (await Promise.all(pages.map((page) => page.run("bench.leave()")))),
  };
}

/** Puts a network of its own before a server for each page, with the same seeds for each server. */
export async function networks(server: Server) {
  const quality = (delay: number) => ({ roundTrip: 2 * delay, jitter: JITTER, burst: 0, burstsPercent: 0 });
  return Promise.all(DELAYS.map((delay, index) => network(server, quality(delay), index + 1)));
}

/** Has five pages watch, and somebody work the controls. */
export async function together(browser: Browser, site: Site, controls: Controls): Promise<After[]> {
  const pages = await Promise.all(DELAYS.map(() => Watcher.open(browser, site)));
  try {
    await controls.enter(pages);
    const changes: { command: Act["command"]; at: number; stands: number[] | undefined }[] = [];
    for (const act of SCRIPT) {
      const position = await pages[0]!.evaluate<number>("video.currentTime");
      const at = await controls.act(pages, act, position);
      await until(async () => Date.now(), (now) => now > at + TO + 100, "the pages to be compared");
      // A player that stands shows the frame at its position; a new one may not come for a while.
      const stands = act.command === "pause" ? await Promise.all(pages.map((page) => page.evaluate<number>("video.currentTime * 1000"))) : undefined;
      changes.push({ command: act.command, at, stands });
    }
    const shown = await Promise.all(pages.map((page) => page.shown()));
    await controls.leave(pages);
    return changes.map(({ command, at, stands }) => ({ command, ...(stands ? standing(stands) : compare(shown, at + FROM, at + TO)) }));
  } finally {
    await Promise.all(pages.map((page) => page.close()));
  }
}

/** Compares the frames at which players stand. */
function standing(positions: number[]): Apart {
  const frames = positions.map((position) => Math.floor(position / FRAME + 0.01));
  return { spreads: [(Math.max(...frames) - Math.min(...frames)) * FRAME], unknown: 0 };
}

/** One run of one of the rooms, from the servers to what was shown. */
export interface Rooms {
  browser: Browser;
  site: Site;
  room: Room;
  plain: PlainRoom;
}

/** Lets both kinds of room be watched, one after the other. */
export async function round({ browser, site, room, plain: usual }: Rooms): Promise<{ ours: After[]; plain: After[] }> {
  const [fast, simple] = [await networks(room.server), await networks(usual)];
  try {
    return { ours: await together(browser, site, ours(room, fast)), plain: await together(browser, site, plain(simple)) };
  } finally {
    [...fast, ...simple].forEach((one) => one.end());
  }
}
