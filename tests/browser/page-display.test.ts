// The stage display, as a crew has it: on a phone in a hand, on a screen in a hall.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { barriers, openPage, picture, SIZES, type Size } from "./harness/page.ts";
import { moment, show } from "./harness/show.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-display"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

const display = (event: string, size: Size = "desktop") => openPage(browser, `${runtime.url}/display?event=${event}`, size);

/** Waits until the display has this colour. Returns what it shows. */
async function shows(page: Page, tone: string): Promise<Record<"label" | "figure" | "detail" | "next" | "message", string>> {
  const read = () => page.evaluate(() => {
    const read = (id: string) => document.querySelector(`#${id}`)!.textContent!;
    return { tone: document.body.dataset["tone"]!, label: read("label"), figure: read("figure"), detail: read("detail"), next: read("next"), message: read("message") };
  });
  return until(read, (seen) => seen.tone === tone, `the display to be ${tone}`);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The phases of a show, and what the display shows in each. */
const SCENES = [
  { name: "calm", since: -42 * MINUTE, label: "starts in", figure: /^4[12]:\d\d$/ },
  { name: "soon", since: -4 * MINUTE, label: "starts in", figure: /^[34]:\d\d$/ },
  { name: "last", since: 59 * MINUTE + 20 * SECOND, label: "remaining", figure: /^0:\d\d$/ },
  { name: "over", since: 61 * MINUTE, label: "overtime", figure: /^\+1:\d\d$/ },
] as const;

for (const { name, since, label, figure } of SCENES) {
  test(`the figure can be read from afar: ${name}`, async () => {
    await begun(runtime, name, since, { duration: 60 * MINUTE, title: "Spring gala" });
    for (const size of ["phone", "desktop"] as const) {
      const { page, faults } = await display(name, size);
      const seen = await shows(page, name);
      assert.equal(seen.label, label);
      assert.match(seen.figure, figure);
      await until(() => page.locator("#light").innerText(), (words) => /^live ±\d+ ms$/.test(words), "the light");
      await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
      await picture(page, `display-${name}-${size}`);
      const { height, width, right } = await page.locator("#figure").evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return { height: parseFloat(getComputedStyle(element).fontSize), width: innerWidth, right: range.getBoundingClientRect().right };
      });
      assert.ok(height >= width / 6, `a figure of ${height} px on a screen of ${width}`);
      assert.ok(right <= width, `the figure ends at ${right} px of ${width}`);
      assert.deepEqual(await barriers(page), []);
      assert.deepEqual(faults, []);
      await page.context().close();
    }
  });
}

test("a hold fills the screen with its colour, its place and its reason, and the end says so", async () => {
  const event = await show(runtime, "held", -20 * MINUTE, [moment("curtain", 2 * MINUTE)]);
  const pages = await Promise.all([display("held", "phone"), display("held")]);
  for (const { page } of pages) {
    await until(() => page.locator("#next").innerText(), (next) => /^next curtain in 2[12]:\d\d$/.test(next), "the next cue");
  }
  await event.command("seek", { position: 90 * SECOND });
  await event.command("pause", { at: (await event.state()).timeline.at(-1)!.from + SECOND, message: "The projector is <b>dark</b>: please stay seated", severity: "critical" });
  for (const [index, { page }] of pages.entries()) {
    const seen = await shows(page, "held");
    assert.deepEqual(seen, { tone: "held", label: "HELD", figure: "1:31", detail: "position", next: "next curtain at 2:00", message: "The projector is <b>dark</b>: please stay seated" });
    assert.equal(await page.locator("#message").getAttribute("role"), "alert");
    assert.equal(await page.locator("#spoken").innerText(), "The event is held.");
    await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    await picture(page, `display-held-${["phone", "desktop"][index]}`);
    assert.deepEqual(await barriers(page), []);
  }
  await event.command("end");
  for (const { page, faults } of pages) {
    assert.equal((await shows(page, "still")).label, "the event is over");
    assert.deepEqual(await barriers(page), []);
    assert.deepEqual(faults, []);
    await page.context().close();
  }
});

test("without the network the display plays on, and its light says since when", async () => {
  await begun(runtime, "cut", 0);
  const { page } = await display("cut");
  await until(() => page.locator("#light").innerText(), (words) => words.startsWith("live"), "the light");
  await page.context().setOffline(true);
  const words = await until(() => page.locator("#light").innerText(), (words) => words.startsWith("connection lost"), "the light to say so");
  assert.match(words, /^connection lost, playing on · last answer \d+ s ago$/);
  for (const size of ["desktop", "phone"] as const) {
    await page.setViewportSize(SIZES[size]);
    await picture(page, `display-connection-lost-${size}`);
    assert.deepEqual(await barriers(page), []);
  }
  const figure = await page.locator("#figure").innerText();
  await until(() => page.locator("#figure").innerText(), (now) => now !== figure, "the figure to go on");
  await page.context().close();
});

test("an event that does not exist has no running clock", async () => {
  const { page } = await display("nowhere");
  await until(() => page.locator("#light").innerText(), (words) => words === "no such event", "the light to say so");
  await until(() => shows(page, "still"), ({ label }) => label === "no event named “nowhere”", "the label to say so");
  assert.equal((await shows(page, "still")).figure, "–:––");
  await page.context().close();
});

test("F shows the page on the full screen and back, and the button does the same", async () => {
  await begun(runtime, "full", 0);
  const { page } = await display("full");
  const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
  await page.keyboard.press("f");
  await until(isFull, (isFull) => isFull, "the page to fill the screen");
  await page.keyboard.press("f");
  await until(isFull, (isFull) => !isFull, "the page to leave the full screen");
  await page.getByRole("button", { name: "Full screen" }).click();
  await until(isFull, (isFull) => isFull, "the page to fill the screen");
  await page.context().close();
});

test("without a title the display has the event's name, and a start that is days away has its day", async () => {
  const event = await begun(runtime, "far-away", -25 * 24 * 60 * MINUTE);
  const { page, faults } = await display("far-away", "phone");
  await shows(page, "calm");
  assert.equal(await page.locator("#title").innerText(), "far-away");
  assert.equal(await page.title(), "far-away: stage");
  const startsAt = (await event.state()).startsAt;
  const day = await page.evaluate((at) => new Date(at).toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }), startsAt);
  await until(() => page.locator("#detail").innerText(), (detail) => detail === day, `the detail to say ${day}`);
  await picture(page, "display-far-phone");
  assert.deepEqual(await barriers(page), []);
  await event.put({ title: "Spring gala" });
  await until(() => page.locator("#title").innerText(), (title) => title === "Spring gala", "the title");
  assert.deepEqual(faults, []);
  await page.context().close();
});

test("several stages by the address: a frame for each, which follows its own event", async () => {
  const [hall, yard] = [await begun(runtime, "hall", 60 * SECOND, { title: "Great hall" }), await begun(runtime, "yard", -30 * MINUTE)];
  for (const size of ["desktop", "phone"] as const) {
    const { page, faults } = await openPage(browser, `${runtime.url}/display?event=hall&event=yard&event=hall`, size);
    const stage = (name: string) => page.frameLocator(`iframe[title=${name}]`);
    assert.equal(await page.locator("iframe").count(), 2);
    const reads = (name: string, id: string, text: string) => until(() => stage(name).locator(id).innerText(), (shown) => shown === text, `${name} to say ${text}`);
    await reads("hall", "#title", "Great hall");
    await reads("yard", "#title", "yard");
    await reads("yard", "#label", "starts in");
    await hall.command("pause");
    await reads("hall", "#label", "HELD");
    await reads("yard", "#label", "starts in");
    await picture(page, `display-several-${size}`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), true);
    await hall.command("resume");
    assert.deepEqual(faults, []);
    await page.context().close();
  }
  assert.equal((await yard.time()).status, "scheduled");
});
