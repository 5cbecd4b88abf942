// The viewer page as a member of the audience has it open.

import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { begun, type Event, type Server } from "../../edge/harness/calls.ts";
import { Operator } from "../../edge/harness/cli.ts";
import { ROOT, type Runtime } from "../../edge/harness/runtime.ts";
import { until } from "../../edge/harness/until.ts";
import { openPage, type Size } from "./page.ts";
import { median } from "./viewer.ts";

/** The length of the clip's loop, in ms. */
export const CLIP = 120_000;

/** Expressions to evaluate in the page. */
export const SEEN = {
  currentTime: "document.querySelector('#clip').currentTime",
  paused: "document.querySelector('#clip').paused",
  particles: "document.querySelector('#particles').toDataURL()",
};

/** Makes an event that began `since` ms ago, with the demo's rundown. */
export async function demo(runtime: Runtime, name: string, since: number, more: object = {}): Promise<Event> {
  const event = await begun(runtime, name, since, more);
  await publish(runtime, event, `${ROOT}/cues/good/demo.jsonc`);
  return event;
}

/** Publishes a sheet, or the one in a file. */
export async function publish(runtime: Runtime, event: Event, sheet: string | object): Promise<void> {
  const operator = new Operator(`page-${event.name}`, runtime);
  if (typeof sheet === "object") operator.file("sheet.json", JSON.stringify(sheet));
  const file = typeof sheet === "string" ? sheet : "sheet.json";
  const printed = await operator.json("cues", "publish", file, "--yes", "--event", event.name);
  assert.equal(printed.code, 0, JSON.stringify(printed));
}

/** Seeks and waits until that has taken effect. Returns when it did. */
export async function seek(event: Event, position: number): Promise<number> {
  const { effectiveAt } = await event.command("seek", { position });
  await event.reaches(effectiveAt);
  return effectiveAt;
}

/**
 * Plays the burst that begins at `position` of each loop, until every seat shows it and `check`, called with where it
 * began, returns true. On a machine that stalls for seconds a page may miss a burst; then the next loop's is tried.
 */
export async function burst(event: Event, seats: Seat[], position: number, check: (at: number) => Promise<boolean>): Promise<void> {
  for (let round = 1; round < 10; round++) {
    const at = round * CLIP + position;
    // Particles before that belong to another burst.
    const over = (await seek(event, at - 500)) + 5_000;
    const seen = async () => {
      const lit = await Promise.all(seats.map((seat) => seat.lit()));
      return { lit: lit.every(Boolean), isOver: (await event.time()).serverTime > over };
    };
    const { lit } = await until(seen, ({ lit, isOver }) => lit || isOver, "particles");
    if (lit && (await check(at))) return;
  }
  assert.fail("no burst was seen by all, and as it is to be, in nine rounds");
}

/** One viewer of an event, with the page open. */
export class Seat {
  readonly event: Event;
  readonly size: Size;
  readonly page: Page;
  readonly faults: string[];
  readonly #asked: string[];

  private constructor(event: Event, size: Size, page: Page, faults: string[], asked: string[]) {
    this.event = event;
    this.size = size;
    this.page = page;
    this.faults = faults;
    this.#asked = asked;
  }

  /** Opens the page; `prepare` runs before it loads. */
  static async take(
    browser: Browser,
    server: Server,
    event: Event,
    size: Size,
    options: BrowserContextOptions = {},
    prepare?: (page: Page) => Promise<unknown>,
  ): Promise<Seat> {
    const { page, faults } = await openPage(browser, "about:blank", size, options);
    const asked: string[] = [];
    page.on("request", (request) => void asked.push(request.url()));
    // How many frames the page has asked for.
    await page.addInitScript(() => {
      const { requestAnimationFrame: ask } = window;
      Object.assign(window, { frames: 0 });
      window.requestAnimationFrame = (draw) => { (window as any).frames++; return ask(draw); };
    });
    await prepare?.(page);
    await page.goto(`${server.url}/?event=${event.name}`);
    return new Seat(event, size, page, faults, asked);
  }

  /** Closes the page, after checking that it called no other host, had no errors, and is not wider than the screen. */
  async leave(): Promise<void> {
    assert.deepEqual(this.faults, []);
    const host = new URL(this.page.url()).host;
    assert.deepEqual(this.#asked.filter((url) => new URL(url.replace(/^blob:/, "")).host !== host), []);
    // A phone shrinks a page that is too wide, and `innerWidth` grows.
    assert.ok((await this.evaluate<number>("document.documentElement.scrollWidth")) <= this.page.viewportSize()!.width);
    await this.page.context().close();
  }

  evaluate<T>(expression: string): Promise<T> {
    return this.page.evaluate<T>(expression);
  }

  async text(selector: string): Promise<string> {
    return (await this.page.textContent(selector))!;
  }

  /** Waits until an element has this text. */
  reads(selector: string, words: RegExp | string): Promise<string> {
    const isIt = (text: string) => (typeof words === "string" ? text === words : words.test(text));
    return until(() => this.text(selector), isIt, `${selector} to say ${words} on a ${this.size}`);
  }

  async uncovered(): Promise<void> {
    await this.page.locator("#overlay").waitFor({ state: "hidden" });
  }

  glow(): Promise<string> {
    return this.evaluate("getComputedStyle(document.querySelector('#show')).getPropertyValue('--glow')");
  }

  opacity(selector: string): Promise<number> {
    return this.evaluate(`Number(getComputedStyle(document.querySelector('${selector}')).opacity)`);
  }

  /** Returns whether anything is on the particles' canvas. */
  lit(): Promise<boolean> {
    return this.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#particles")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return new Uint32Array(data.buffer).some((pixel) => pixel !== 0);
    });
  }

  /** Returns how far the video is from the event, in s. The worker, on the same machine, has the page's clock. */
  async off(): Promise<number> {
    const { from, position, rate } = (await this.event.state()).timeline.at(-1)!;
    const now = "performance.timeOrigin + performance.now()";
    const [at, time] = await this.evaluate<[number, number]>(`[${now}, ${SEEN.currentTime}]`);
    return Math.abs(time - ((position + (at - from) * rate) % CLIP) / 1_000);
  }

  /** Waits until the video plays and is in time, by the median of several readings. */
  async follows(): Promise<void> {
    const offs: number[] = [];
    const read = async () => {
      offs.push((await this.evaluate<boolean>(SEEN.paused)) ? Infinity : await this.off());
      return offs.slice(-7);
    };
    await until(read, (last) => last.length === 7 && median(last) <= 0.15, `the video to follow on a ${this.size}`);
  }
}
