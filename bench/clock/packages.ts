// Clocks of others, as their npm packages have them, in virtual time.
import { createRequire } from "node:module";
import type { Page } from "./page.ts";
import { BUDGETS, type Clock } from "./rules.ts";

interface TimesyncOptions { now: () => number; server: string; interval?: number; delay?: number }
interface Timesync { offset: number; send(to: string, data: { id: string }): Promise<void>; receive(from: string, data: object): void }
interface Sync {
  start(send: (id: number, sent: number) => void, receive: (handle: (id: number, sent: number, came: number, left: number) => void) => void, report: () => void): void;
  getSyncTime(local?: number): number;
  status: string;
}
interface Sample { requestDate: number; responseDate: number; serverDate: Date }
interface ServerDate { getServerDate(options: { fetchSample(): Promise<Sample> }): Promise<{ offset: number; uncertainty: number }> }

const require = createRequire(import.meta.url);
// timesync brings promises of its own, unless there is a window with some; those are polled by timers, which are virtual here.
Object.assign(globalThis, { window: globalThis });
const { create } = require("timesync/dist/timesync.js") as { create(options: TimesyncOptions): Timesync };
const { SyncClient } = require("@ircam/sync") as { SyncClient: new (now: () => number, options: object) => Sync };
const { getServerDate } = (await import("@nodeguy/server-date" as string)) as ServerDate;

/** timesync as its README starts it; with a budget, series of five as often as that allows. */
const timesync = (budget?: number): Clock => ({
  name: "timesync 1.0.11",
  promises: true,
  ...(budget === undefined ? {} : { budget }),
  start(page) {
    const now = (): number => page.date();
    const source = create({ now, server: "server", ...(budget === undefined ? {} : { interval: 5 * 1_800_000 / budget }) });
    let answered = false;
    source.send = (to, { id }) => new Promise((resolve) => {
      page.ask(({ t3 }) => {
        answered = true;
        source.receive(to, { id, result: t3 });
        resolve();
      }, now);
    });
    return { estimate: () => (answered ? { offset: source.offset } : undefined), read: now };
  },
});

/** @ircam/sync with `performance.now()`; with a budget, series of ten as often as that allows. */
const ircam = (budget?: number): Clock => ({
  name: "@ircam/sync 2.1.0",
  ...(budget === undefined ? {} : { budget }),
  start(page) {
    const seconds = budget === undefined ? 0 : 10 * 1_800 / budget - 2.5;
    const options = budget === undefined ? {} : { pingSeriesDelay: { min: seconds, max: seconds } };
    const client = new SyncClient(() => page.now() / 1_000, options);
    let handle = (_id: number, _sent: number, _came: number, _left: number): void => {};
    client.start((id, sent) => page.ask(({ t2, t3 }) => handle(id, sent, t2 / 1_000, t3 / 1_000)), (set) => (handle = set), () => {});
    return { estimate: () => (client.status === "startup" ? undefined : { offset: 1_000 * client.getSyncTime() - page.now() }) };
  },
});

/** server-date with a server whose `Date` header has whole seconds; it asks ten times, and never again. */
const serverDate: Clock = {
  name: "server-date 4.0.3",
  promises: true,
  start(page) {
    let shown: { offset: number; bound: number } | undefined;
    const fetchSample = (): Promise<Sample> => new Promise((resolve) => {
      page.ask(({ t1, t3, t4 }) => resolve({ requestDate: t1, serverDate: new Date(t3 - (t3 % 1_000)), responseDate: t4 }), () => page.date());
    });
    void getServerDate({ fetchSample }).then(({ offset, uncertainty }) => (shown = { offset, bound: uncertainty }));
    return { estimate: () => shown, read: () => page.date() };
  },
};

export const PACKAGES: Clock[] = [timesync(), ircam(), serverDate, ...BUDGETS.flatMap((budget) => [timesync(budget), ircam(budget)])];

/** Runs `work` while timers and chance are the page's. */
export async function within<T>(page: Page, seed: number, work: () => Promise<T>): Promise<T> {
  const { setTimeout, clearTimeout, setInterval } = globalThis;
  const { random } = Math;
  let state = seed;
  Object.assign(globalThis, {
    setTimeout: (run: () => void, ms?: number) => page.timer(run, ms),
    clearTimeout: (timer: ReturnType<Page["timer"]>) => page.cancel(timer),
    setInterval: (run: () => void, ms: number) => page.timer(run, ms, true),
  });
  Math.random = () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32);
  try {
    return await work();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval });
    Math.random = random;
  }
}
