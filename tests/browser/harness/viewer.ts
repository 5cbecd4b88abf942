// A viewer: a bare page in a context of its own that joins an event with the built package and writes down what it is
// told, and when by the machine's own clock, which the worker on this machine reads too.

import type { Browser, Page } from "playwright-core";
import type { Server } from "../../edge/harness/calls.ts";
import { until } from "../../edge/harness/until.ts";
import type { PlainPage } from "./plain.ts";
import type { Site } from "./site.ts";

/** A page of Playwright or a plain one, as far as viewers need it. */
interface Evaluating {
  evaluate<R, A = undefined>(inPage: ((argument: A) => R | Promise<R>) | string, argument?: A): Promise<R>;
}

/** One thing a page was told. */
export interface Told {
  name: "cue" | "state" | "status" | "message" | "connection" | "clock";
  /** When, in ms since 1970 by the machine's clock. */
  at: number;
  /** Where the page had the event then, in ms. */
  position: number | undefined;
  /** What `on` told; of a cue its id and turn. */
  told: any;
  /** How late the page heard of it, in ms. */
  lateness: number;
}

export class Viewer {
  readonly page: Evaluating;
  readonly #end: () => Promise<void>;

  private constructor(page: Evaluating, end: () => Promise<void>) {
    this.page = page;
    this.#end = end;
  }

  /** Joins from a page that is open. */
  static async on(page: PlainPage, server: Server, event: string): Promise<Viewer> {
    await page.evaluate(joinInPage, { server: server.url, event });
    return new Viewer(page as Evaluating, () => page.end());
  }

  /** Opens the page and joins. */
  static async join(browser: Browser, site: Site, server: Server, event: string): Promise<Viewer> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(site.url);
    await page.evaluate(joinInPage, { server: server.url, event });
    return new Viewer(page as Evaluating, () => context.close());
  }

  /** Loads the page anew, and joins again. */
  async reload(site: Site, server: Server, event: string): Promise<void> {
    await (this.page as Page).goto(site.url);
    await this.page.evaluate(joinInPage, { server: server.url, event });
  }

  /** Returns what the page was told so far. */
  told(): Promise<Told[]> {
    return this.page.evaluate<Told[]>(() => (globalThis as any).told);
  }

  /** Waits until the page was told what `wanted` looks for; gives the last such. `patience` is for what is far off. */
  async hears(wanted: (told: Told) => boolean, what: string, patience?: number): Promise<Told> {
    try {
      const look = async () => (await this.told()).findLast(wanted);
      return (await until(look, (told) => told !== undefined, what, patience)) as Told;
    } catch (error) {
      const page = await this.says("({ state: event.state, rundown: event.rundown, connection: event.connection, position: event.position(), heardAgo: event.heardAgo() })");
      throw new Error(`the page waited in vain for ${what}; it has ${JSON.stringify(page)}`, { cause: error });
    }
  }

  /** Returns what an expression in terms of `event` says. */
  says<T>(expression: string): Promise<T> {
    return this.page.evaluate<T>(`(() => { const event = globalThis.joined; return ${expression}; })()`);
  }

  /** Waits until the page knows the time about as well as it will for now: some of the quick questions are answered. */
  async settles(): Promise<void> {
    // After the quick ones the next may be half a minute away, so this asks for no more than a slow page has heard.
    await until(async () => (await this.told()).filter(({ name }) => name === "clock").length, (count) => count >= 5, "five answers");
  }

  /** Wakes the page as the browser does when the network is back: it asks at once, unless it has just been answered. */
  async wake(): Promise<void> {
    await until(() => this.says<number>("event.heardAgo()"), (ago) => ago > 2_000, "the last answer to be old");
    await this.page.evaluate(() => window.dispatchEvent(new Event("online")));
  }

  end(): Promise<void> {
    return this.#end();
  }
}

async function joinInPage({ server, event }: { server: string; event: string }): Promise<void> {
  const path = "/client/downbeat-client.js";
  const { join } = await import(path);
  const told: unknown[] = [];
  const joined = await join({ server, event });
  Object.assign(globalThis, { joined, told });
  for (const name of ["cue", "state", "status", "message", "connection", "clock"]) {
    joined.on(name, (what: any, lateness: number) => {
      const at = performance.timeOrigin + performance.now();
      const brief = name === "cue" ? { ...what, cue: what.cue.id } : what;
      told.push({ name, at, position: joined.position(), told: brief, lateness });
    });
  }
}

/** Returns whether a page was told that a cue has this turn. */
export function turn(name: string, cue?: string): (told: Told) => boolean {
  return (told) => told.name === "cue" && told.told.turn === name && (cue === undefined || told.told.cue === cue);
}

/** Returns whether a page was told this status. */
export function status(word: string): (told: Told) => boolean {
  return ({ name, told }) => name === "status" && told === word;
}

/** Returns whether a page was told that its connection has this state. */
export function connected(state: string): (told: Told) => boolean {
  return ({ name, told }) => name === "connection" && told.state === state;
}

/**
 * Returns the first `length` numbers in a row whose median is at most `most`, either way; nothing if there are none. The
 * machine may stall for seconds, whatever the page does; a page that is off is off all the time.
 */
export function stretch(numbers: number[], length: number, most: number): number[] | undefined {
  const stretches = numbers.map((_, index) => numbers.slice(index, index + length));
  return stretches.find((some) => some.length === length && Math.abs(median(some)) <= most);
}

/** Returns the middle one of the numbers. */
export function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]!;
}
