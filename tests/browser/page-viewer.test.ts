// The viewer page, as an audience has it open: on a phone that speaks French, and on a desktop.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { begun, type Event, type Server } from "../edge/harness/calls.ts";
import { Operator } from "../edge/harness/cli.ts";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { network } from "./harness/network.ts";
import { barriers, openPage, picture, type Size } from "./harness/page.ts";
import { median } from "./harness/viewer.ts";

/** How much of the clip comes again and again, in ms. */
const CLIP = 120_000;

/** What can be asked in the page. */
const SEEN = {
  currentTime: "document.querySelector('#clip').currentTime",
  paused: "document.querySelector('#clip').paused",
  particles: "document.querySelector('#particles').toDataURL()",
};

let runtime: Runtime;
let browser: Browser;
before(async () => { [runtime, browser] = await Promise.all([Runtime.start("browser-page-viewer"), launch()]); });
after(async () => {
  await browser?.close();
  await runtime?.end();
});

// Most of what they do is wait, so they wait side by side.
describe("the viewer page", { concurrency: 2 }, () => {
  test("the countdown, the show, a hold and the end, on a phone and on a desktop", async (t) => {
    const event = await demo("evening", -59_000, { title: "Soirée d’ouverture" });
    const phone = await Seat.take(event, "phone", { locale: "fr-FR" });
    const desktop = await Seat.take(event, "desktop", { locale: "en-US" });
    const seats = [phone, desktop];
    const each = (look: (seat: Seat) => Promise<unknown>) => Promise.all(seats.map(look));

    await each((seat) => seat.reads("#veil-words", /^0:[0-5]\d$/));
    assert.equal(await phone.text("h1"), "Soirée d’ouverture");
    assert.match(await phone.text("#veil-after"), /^at \d\d:\d\d:\d\d$/);
    assert.match(await phone.text("#position"), /^−0:[0-5]\d\.\d$/);
    await looks("countdown", seats);
    await event.command("reschedule", { startsAt: (await event.time()).serverTime + 3_000 });
    await each((seat) => seat.unveiled());

    await t.test("it runs: light, its caption, the video, the connection", async () => {
      await desktop.reads("#states", /^Blue light$/);
      await phone.reads("#states", /^Lumière bleue$/);
      assert.equal(await phone.says("document.querySelector('#states .caption').lang"), "fr");
      await each(async (seat) => {
        await until(() => seat.glow(), (glow) => glow === "rgb(77, 124, 255)", "the light to be blue");
        await seat.reads("#light", /^live ±\d+ ms$/);
        await seat.follows();
        await seat.reads("#drift", /^[−+±]\d+ ms$/);
      });
    });

    await t.test("a burst is drawn, has its caption, and is gone when it is over", async () => {
      await burst(event, seats, 8_000, async () => {
        await Promise.all(seats.map((seat) => picture(seat.page, `viewer-running-${seat.size}`)));
        const told = await each((seat) => seat.text("#moments"));
        return told[0] === "Particules dorées" && told[1] === "Gold particles";
      });
      await each((seat) => seat.reads("#moments", ""));
      await each((seat) => until(() => seat.lit(), (lit) => !lit, "no particles"));
      await each(async (seat) => assert.deepEqual(await barriers(seat.page), []));
    });

    await t.test("a seek back takes a burst away, and what has fired comes no second time", async () => {
      await burst(event, seats, 24_000, async (at) => {
        const back = await seek(event, at - 1_000);
        await each((seat) => until(() => seat.lit(), (lit) => !lit, "no particles"));
        await event.reaches(back + 2_500);
        return true;
      });
      await each(async (seat) => assert.deepEqual([await seat.lit(), await seat.text("#moments")], [false, ""]));
    });

    await t.test("a hold holds everything, under a message that is text", async () => {
      const fr = "Une coupure de courant a touché la régie : personne n’est en danger, et toute l’équipe travaille à " +
        "rétablir l’image et le son. Restez avec nous, rien ne sera perdu : le spectacle reprendra exactement là où il " +
        "s’est arrêté. <b>Merci</b> de votre patience & à tout de suite <script>alert(1)</script>";
      const en = "<img src=x onerror=alert(1)> Back in a moment";
      let held = 0;
      await burst(event, seats, 40_000, async () => {
        held = (await event.command("pause", { message: { fr, en }, severity: "major" })).effectiveAt;
        await event.reaches(held + 1_000);
        await each((seat) => seat.reads("#veil-words", /^On hold$/));
        if ((await each((seat) => seat.lit())).every(Boolean)) return true;
        await event.command("resume");
        return false;
      });
      await each((seat) => seat.reads("#spoken", "The event is on hold."));
      await phone.reads("#message", fr);
      await desktop.reads("#message", en);
      assert.equal(await phone.says("document.querySelector('#message').lang"), "fr");
      assert.equal(await phone.says("document.querySelector('#message').dataset.severity"), "major");
      assert.equal(await phone.says("document.querySelector('#message').role"), "alert");
      await each((seat) => until(() => seat.off(), (off) => off <= 0.05, "the video to stand where the event does"));
      const { currentTime, paused, particles } = SEEN;
      const still = `[${currentTime}, ${paused}, ${particles}, frames]`;
      const before = await each((seat) => seat.says(still));
      const { serverTime } = await event.time();
      await event.reaches(serverTime + 1_500);
      assert.deepEqual(await each((seat) => seat.says(still)), before, "nothing moves, and no frame is drawn");
      await looks("paused", seats);
      await event.command("clear");
      await event.command("resume");
      await each((seat) => seat.unveiled());
      await phone.reads("#message", "");
      await each((seat) => until(() => seat.lit(), (lit) => !lit, "the burst to go on to its end"));
    });

    await t.test("it fades to black and back; the clip begins anew", async () => {
      await seek(event, 3 * CLIP - 9_000);
      await desktop.reads("#states", /^Teal light/);
      await each((seat) => until(() => seat.opacity("#curtain"), (opacity) => opacity > 0, "black"));
      await each((seat) => until(() => seat.opacity("#curtain"), (opacity) => opacity === 0, "the stage again"));
      await until(() => desktop.says<number>(SEEN.currentTime), (time) => time < 20, "the clip to begin anew");
      await each((seat) => seat.follows());
    });

    await t.test("it ends, and the light goes out", async () => {
      await event.command("end");
      await each((seat) => seat.reads("#veil-words", /^The event is over$/));
      await each((seat) => until(() => seat.glow(), (glow) => glow === "rgba(0, 0, 0, 0)", "no light"));
      await looks("ended", seats);
    });

    for (const seat of seats) await seat.leave();
  });

  test("who comes late has the light of now, the fade from its middle, and no burst that has begun", async () => {
    const event = await demo("late", 0);
    await seek(event, 44_200);
    await event.command("pause");
    const seat = await Seat.take(event, "desktop", { locale: "de-CH" });
    await seat.reads("#states", /^Rosa Licht$/);
    assert.equal(await seat.glow(), "rgb(255, 111, 145)", "at once");
    assert.equal(await seat.lit(), false);
    assert.equal(await seat.text("#moments"), "");
    assert.equal(await seat.opacity("#curtain"), 0);
    // Held, and the middle of the fade: half a second of its one and a half, standing.
    await seek(event, 48_500);
    const opacity = await until(() => seat.opacity("#curtain"), (opacity) => opacity > 0, "the fade");
    assert.ok(Math.abs(opacity - 1 / 3) < 0.01, `${opacity}`);
    await seek(event, 52_500);
    await until(() => seat.opacity("#card"), (opacity) => opacity === 1, "the title card");
    assert.equal(await seat.opacity("#curtain"), 1);
    assert.equal(await seat.text("#card"), "Downbeat");
    await seek(event, 20_000);
    await seat.reads("#states", /^Violettes Licht$/);
    assert.deepEqual([await seat.opacity("#card"), await seat.opacity("#curtain")], [0, 0], "a seek takes them away at once");
    await seat.leave();
  });

  test("without the network the show goes on, and the light says so", async () => {
    const event = await demo("cut", 0);
    const way = await network(runtime, { roundTrip: 20, jitter: 2, burst: 0, burstsPercent: 0 }, 3);
    const seat = await Seat.take(event, "phone", {}, { server: way });
    await seat.reads("#light", /^live ±\d+ ms$/);
    await seat.reads("#states", /^Blue light$/);
    way.cut();
    await seat.reads("#light", /^holding, last heard \d+ s ago$/);
    await seat.follows();
    await until(() => seat.lit(), (lit) => lit, "the next particles");
    assert.deepEqual(await barriers(seat.page), []);
    await picture(seat.page, "viewer-holding-phone");
    way.mend();
    await seat.reads("#light", /^live ±\d+ ms$/);
    // What failed to load is what was cut.
    seat.faults.length = 0;
    await seat.leave();
    way.end();
  });

  test("where motion is unwelcome, light changes at once and a burst is a glow that stands", async () => {
    const event = await demo("calm", 0);
    const seat = await Seat.take(event, "phone", { reducedMotion: "reduce" });
    await seek(event, 7_500);
    await until(() => seat.lit(), (lit) => lit, "the glow");
    const seen = `[frames, ${SEEN.particles}]`;
    const [before, position] = [await seat.says(seen), await seat.text("#position")];
    await until(() => seat.text("#position"), (now) => now.slice(0, -2) > position.slice(0, -2), "a second to pass");
    assert.deepEqual(await seat.says(seen), before);
    await picture(seat.page, "viewer-calm-phone");
    await seek(event, 15_000);
    await seat.reads("#states", /^Violet light$/);
    assert.equal(await seat.glow(), "rgb(160, 107, 255)");
    await until(() => seat.lit(), (lit) => !lit, "no glow");
    await seat.leave();
  });

  test("an action that the page does not know has its caption, and params that make no sense do no harm", async () => {
    const event = await begun(runtime, "strange", 0);
    await publish(event, {
      ...{ version: 1, title: "x".repeat(120), locales: ["en"] },
      actions: { fog: { kind: "state" }, color: { kind: "state" }, particles: { kind: "moment" } },
      cues: [
        { time: 0, action: "fog", duration: "1h", message: "Fog <i>machine</i>" },
        { time: 0, action: "color", duration: "1h", params: { color: "url(https://elsewhere.example/)" } },
        { time: 0, action: "particles", duration: "1h", late: "resume", params: { color: 7, count: 1e9, from: ["above"] } },
      ],
    });
    const seat = await Seat.take(event, "phone", { viewport: { width: 320, height: 568 } });
    await seat.reads("#states", "Fog <i>machine</i>");
    await until(() => seat.glow(), (glow) => glow === "rgb(143, 184, 255)", "the light that is there otherwise");
    await seat.reads("h1", "x".repeat(120));
    assert.deepEqual(await barriers(seat.page), []);
    await picture(seat.page, "viewer-small-phone");
    await seat.leave();
  });

  test("where the browser does not play by itself, a button does", async () => {
    const event = await demo("gesture", 0);
    const prepare = (page: Page) => page.addInitScript(() => {
      const { play } = HTMLMediaElement.prototype;
      let isTouched = false;
      document.addEventListener("click", () => { isTouched = true; }, { capture: true });
      HTMLMediaElement.prototype.play = function () {
        return isTouched ? play.call(this) : Promise.reject(new DOMException("not before a gesture", "NotAllowedError"));
      };
    });
    const seat = await Seat.take(event, "desktop", {}, { prepare });
    await seat.page.getByRole("button", { name: "Play" }).focus();
    assert.deepEqual(await barriers(seat.page), []);
    await picture(seat.page, "viewer-gesture-desktop");
    await seat.page.keyboard.press("Enter");
    await seat.page.getByRole("button", { name: "Play" }).waitFor({ state: "hidden" });
    await seat.follows();

    // By keyboard to the full screen, and back; the message goes with it.
    await seat.page.getByRole("button", { name: "Full screen" }).focus();
    await seat.page.keyboard.press("Enter");
    await seat.page.getByRole("button", { name: "Leave full screen" }).waitFor();
    assert.equal(await seat.says("document.fullscreenElement.contains(document.querySelector('#message'))"), true);
    await seat.page.keyboard.press("Enter");
    await seat.page.getByRole("button", { name: "Full screen", exact: true }).waitFor();
    await seat.leave();
  });

  test("without its clip the page shows everything else, and says so", async () => {
    const event = await demo("bare", 0);
    const prepare = (page: Page) => page.route("**/clip.mp4", (route) => route.abort());
    const seat = await Seat.take(event, "desktop", {}, { prepare });
    await seat.reads("#drift", /^did not load/);
    await seat.reads("#states", /^Blue light$/);
    await seek(event, 7_500);
    await until(() => seat.lit(), (lit) => lit, "particles");
    assert.equal(seat.faults.splice(0).length, 1, "that it was not there");
    await seat.leave();
  });

  test("an event that does not exist is said to be so", async () => {
    const { page } = await openPage(browser, `${runtime.url}/?event=nobody-made-this`, "phone");
    await until(() => page.textContent("#veil"), (text) => /There is no event called\s*nobody-made-this/.test(text!), "the words");
    assert.deepEqual(await barriers(page), []);
    await picture(page, "viewer-unknown-phone");
    await page.context().close();
  });
});

/** Makes an event that began `since` ms ago, with the demo's rundown. */
async function demo(name: string, since: number, more: object = {}): Promise<Event> {
  const event = await begun(runtime, name, since, more);
  await publish(event, `${ROOT}/cues/good/demo.jsonc`);
  return event;
}

/** Publishes a sheet, or the one in a file. */
async function publish(event: Event, sheet: string | object): Promise<void> {
  const operator = new Operator(`page-${event.name}`, runtime);
  if (typeof sheet === "object") operator.file("sheet.json", JSON.stringify(sheet));
  const file = typeof sheet === "string" ? sheet : "sheet.json";
  const printed = await operator.json("cues", "publish", file, "--yes", "--event", event.name);
  assert.equal(printed.code, 0, JSON.stringify(printed));
}

/** Seeks, and waits until that has taken effect; gives when it did. */
async function seek(event: Event, position: number): Promise<number> {
  const { effectiveAt } = await event.command("seek", { position });
  await event.reaches(effectiveAt);
  return effectiveAt;
}

/**
 * Has the burst come that begins at `position` of each two minutes, until every seat shows it and `look`, which is told
 * where it began, is satisfied with what it sees then. A page that the machine has stand still for seconds may miss one;
 * then the next round's has to do.
 */
async function burst(event: Event, seats: Seat[], position: number, look: (at: number) => Promise<boolean>): Promise<void> {
  for (let round = 1; round < 10; round++) {
    const at = round * CLIP + position;
    // What is there before that is another burst's.
    const over = (await seek(event, at - 500)) + 5_000;
    const seen = async () => {
      const lit = await Promise.all(seats.map((seat) => seat.lit()));
      return { lit: lit.every(Boolean), isOver: (await event.time()).serverTime > over };
    };
    const { lit } = await until(seen, ({ lit, isOver }) => lit || isOver, "particles");
    if (lit && (await look(at))) return;
  }
  assert.fail("no burst was seen by all, and as it is to be, in nine rounds");
}

/** Takes pictures of a state of the page, and has axe-core look at it. */
async function looks(state: string, seats: Seat[]): Promise<void> {
  await Promise.all(seats.map((seat) => picture(seat.page, `viewer-${state}-${seat.size}`)));
  for (const seat of seats) assert.deepEqual(await barriers(seat.page), [], `${state} on a ${seat.size}`);
}

/** One viewer of an event, with the page open. */
class Seat {
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

  /** Opens the page. `prepare` is done before that. */
  static async take(
    event: Event,
    size: Size,
    options: BrowserContextOptions = {},
    { server = runtime, prepare }: { server?: Server; prepare?: (page: Page) => Promise<unknown> } = {},
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

  /** Closes the page: it went to no other host, had no errors, and nothing stuck out at its side. */
  async leave(): Promise<void> {
    assert.deepEqual(this.faults, []);
    const host = new URL(this.page.url()).host;
    assert.deepEqual(this.#asked.filter((url) => new URL(url.replace(/^blob:/, "")).host !== host), []);
    // A phone makes a page smaller that is too wide; `innerWidth` then grows.
    assert.ok((await this.says<number>("document.documentElement.scrollWidth")) <= this.page.viewportSize()!.width);
    await this.page.context().close();
  }

  says<T>(expression: string): Promise<T> {
    return this.page.evaluate<T>(expression);
  }

  async text(selector: string): Promise<string> {
    return (await this.page.textContent(selector))!;
  }

  /** Waits until an element says this. */
  reads(selector: string, words: RegExp | string): Promise<string> {
    const isIt = (text: string) => (typeof words === "string" ? text === words : words.test(text));
    return until(() => this.text(selector), isIt, `${selector} to say ${words} on a ${this.size}`);
  }

  async unveiled(): Promise<void> {
    await this.page.locator("#veil").waitFor({ state: "hidden" });
  }

  glow(): Promise<string> {
    return this.says("getComputedStyle(document.querySelector('#show')).getPropertyValue('--glow')");
  }

  opacity(selector: string): Promise<number> {
    return this.says(`Number(getComputedStyle(document.querySelector('${selector}')).opacity)`);
  }

  /** Returns whether anything is on the particles' canvas. */
  lit(): Promise<boolean> {
    return this.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#particles")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return new Uint32Array(data.buffer).some((pixel) => pixel !== 0);
    });
  }

  /** Returns how far the video is from where the event is, in s; the worker on this machine has the page's clock. */
  async off(): Promise<number> {
    const { from, position, rate } = (await this.event.state()).timeline.at(-1)!;
    const now = "performance.timeOrigin + performance.now()";
    const [at, time] = await this.says<[number, number]>(`[${now}, ${SEEN.currentTime}]`);
    return Math.abs(time - ((position + (at - from) * rate) % CLIP) / 1_000);
  }

  /** Waits until the video plays, and has been where the event is, by the median of a few looks. */
  async follows(): Promise<void> {
    const offs: number[] = [];
    const look = async () => {
      offs.push((await this.says<boolean>(SEEN.paused)) ? Infinity : await this.off());
      return offs.slice(-7);
    };
    await until(look, (last) => last.length === 7 && median(last) <= 0.15, `the video to follow on a ${this.size}`);
  }
}
