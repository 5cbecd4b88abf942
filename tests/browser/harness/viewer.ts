// A viewer: an empty page in a context of its own that joins an event with the built package and records what its
// listeners receive, and when, by the machine's clock, which the worker on this machine reads too.

import type { Browser, Page } from "playwright-core";
import type { Server } from "../../edge/harness/calls.ts";
import { until } from "../../edge/harness/until.ts";
import type { PlainPage } from "./plain.ts";
import type { Site } from "./site.ts";

/** A page of Playwright or a plain one, as far as viewers need it. */
interface Evaluating {
  evaluate<R, A = undefined>(inPage: ((argument: A) => R | Promise<R>) | string, argument?: A): Promise<R>;
}

/** Where a signed pause is, and whose signature counts. */
export type Channel = { url: string; key: string };

/** One call of a listener. */
export interface Received {
  name: "cue" | "state" | "status" | "message" | "connection" | "clock";
  /** When, in ms since 1970 by the machine's clock. */
  at: number;
  /** The event's position in the page then, in ms. */
  position: number | undefined;
  /** What the listener received; of a cue only its id and turn. */
  value: any;
  /** How late the page received it, in ms. */
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
    await page.evaluate(joinInPage, { server: server.url, event, emergency: undefined });
    return new Viewer(page as Evaluating, () => page.end());
  }

  /** Opens the page and joins; `emergency` as a site's author writes it into the page. `before` runs in the page before its scripts. */
  static async join(
    browser: Browser, site: { url: string }, server: { url: string }, event: string, emergency?: Channel, before?: () => void,
  ): Promise<Viewer> {
    const context = await browser.newContext();
    const page = await context.newPage();
    if (before) await page.addInitScript(before);
    await page.goto(site.url);
    await page.evaluate(joinInPage, { server: server.url, event, emergency });
    return new Viewer(page as Evaluating, () => context.close());
  }

  /** Reloads the page and joins again. */
  async reload(site: Site, server: { url: string }, event: string): Promise<void> {
    await (this.page as Page).goto(site.url);
    await this.page.evaluate(joinInPage, { server: server.url, event, emergency: undefined });
  }

  /** Returns what the page has received so far. */
  received(): Promise<Received[]> {
    return this.page.evaluate<Received[]>(() => (globalThis as any).received);
  }

  /** Waits until the page receives what `wanted` matches. Returns the last match. `patience` is for what is far off, in ms. */
  async receives(wanted: (received: Received) => boolean, what: string, patience?: number): Promise<Received> {
    try {
      const read = async () => (await this.received()).findLast(wanted);
      return (await until(read, (received) => received !== undefined, what, patience)) as Received;
    } catch (error) {
      const page = await this.evaluate("({ state: event.state, rundown: event.rundown, connection: event.connection, position: event.position(), heardAgo: event.heardAgo() })");
      throw new Error(`the page waited in vain for ${what}; it has ${JSON.stringify(page)}`, { cause: error });
    }
  }

  /** Evaluates an expression in terms of `event` in the page. */
  evaluate<T>(expression: string): Promise<T> {
    return this.page.evaluate<T>(`(() => { const event = globalThis.joined; return ${expression}; })()`);
  }

  /** Waits until the page's clock is about as precise as it will get for now: some of the quick probes are answered. */
  async settles(): Promise<void> {
    // After these the next probe may be half a minute away, so this does not wait for all of them.
    await until(async () => (await this.received()).filter(({ name }) => name === "clock").length, (count) => count >= 5, "five answers");
  }

  /** Wakes the page as the browser does when the network is back: it polls at once, unless it has just been answered. */
  async wake(): Promise<void> {
    await until(() => this.evaluate<number>("event.heardAgo()"), (ago) => ago > 2_000, "the last answer to be old");
    await this.page.evaluate(() => window.dispatchEvent(new Event("online")));
  }

  end(): Promise<void> {
    return this.#end();
  }
}

async function joinInPage(
  { server, event, emergency }: { server: string; event: string; emergency: Channel | undefined },
): Promise<void> {
  const path = "/client/downbeat-client.js";
  const { join } = await import(path);
  const received: unknown[] = [];
  const joined = await join({ server, event, ...(emergency && { emergency }) });
  Object.assign(globalThis, { joined, received });
  for (const name of ["cue", "state", "status", "message", "connection", "clock"]) {
    joined.on(name, (what: any, lateness: number) => {
      const at = performance.timeOrigin + performance.now();
      const brief = name === "cue" ? { ...what, cue: what.cue.id } : what;
      received.push({ name, at, position: joined.position(), value: brief, lateness });
    });
  }
}

/** Returns a matcher for a cue's turn. */
export function turn(name: string, cue?: string): (received: Received) => boolean {
  return (received) => received.name === "cue" && received.value.turn === name && (cue === undefined || received.value.cue === cue);
}

/** Returns a matcher for a status. */
export function status(word: string): (received: Received) => boolean {
  return ({ name, value }) => name === "status" && value === word;
}

/** Returns a matcher for a state of the connection. */
export function connected(state: string): (received: Received) => boolean {
  return ({ name, value }) => name === "connection" && value.state === state;
}

/**
 * Returns the first `length` consecutive numbers whose median is at most `most`, either way; undefined if there are none.
 * The machine may stall for seconds, whatever the page does; a page that is off is off all the time.
 */
export function stretch(numbers: number[], length: number, most: number): number[] | undefined {
  const stretches = numbers.map((_, index) => numbers.slice(index, index + length));
  return stretches.find((some) => some.length === length && Math.abs(median(some)) <= most);
}

/** Returns the median. */
export function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]!;
}
