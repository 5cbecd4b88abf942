// The page of a watch room, used by two people: on a desktop, and on a phone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Runtime } from "../edge/harness/runtime.ts";
import { launch } from "./harness/chromium.ts";

/** A camera and a microphone that are no devices, and no question about them. */
const DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

let runtime: Runtime;
let browser: Browser;
let desktop: Page;
let phone: Page;
before(async () => {
  [runtime, browser] = await Promise.all([
    Runtime.start("page-room", undefined, "event", { ROOMS: "open" }),
    launch(...DEVICES),
  ]);
  [desktop, phone] = [await opened(1280, 800), await opened(390, 844)];
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

async function opened(width: number, height: number): Promise<Page> {
  const permissions = ["camera", "microphone", "clipboard-read", "clipboard-write"];
  return (await browser.newContext({ viewport: { width, height }, permissions })).newPage();
}

const says = (page: Page, selector: string, text: RegExp) => page.locator(selector).filter({ hasText: text }).waitFor({ timeout: 60_000 });
const isPaused = (page: Page, paused: boolean) =>
  page.waitForFunction((paused) => (document.getElementById("video") as HTMLVideoElement).paused === paused, paused, { timeout: 60_000 });

async function entersAs(page: Page, name: string): Promise<void> {
  await page.locator("#name").fill(name);
  await page.locator("#enter .primary").click();
  await says(page, "#members", new RegExp(name));
}

test("one press makes a room, and a link lets somebody in", async () => {
  await desktop.goto(`${runtime.url}/room`);
  await desktop.locator("#new-title").fill("Film night");
  await desktop.locator("#new-everyone").uncheck();
  await desktop.locator("#start .primary").click();
  await entersAs(desktop, "Ana");
  await says(desktop, "#title", /^Film night$/);
  await desktop.locator("#copy-view").click();
  await says(desktop, "#copied", /Copied/);
  await phone.goto(await desktop.evaluate(() => navigator.clipboard.readText()));
  await entersAs(phone, "Boris");
  for (const page of [desktop, phone]) await says(page, "#members", /Ana.*Boris/);
  await says(phone, "#members", /you · watches/);
});

test("who has the controls plays for both; who watches pauses for themselves, and rejoins", async () => {
  assert.equal(await phone.locator("#play").isDisabled(), true);
  await desktop.waitForFunction(() => (document.getElementById("video") as HTMLVideoElement).readyState >= 3, undefined, { timeout: 60_000 });
  await desktop.locator("#play").click();
  for (const page of [desktop, phone]) await isPaused(page, false);
  await phone.locator("#video").click();
  await says(phone, "#cover", /Paused for you alone/);
  await isPaused(desktop, false);
  await phone.locator("#rejoin").click();
  await isPaused(phone, false);
  await desktop.locator("#play").click();
  for (const page of [desktop, phone]) await isPaused(page, true);
});

test("a camera is seen by its owner first, and by the others only after a press", async () => {
  for (const page of [desktop, phone]) await page.locator("#camera").click();
  await says(desktop, "#own-caption", /Only you/);
  await desktop.locator("#camera-send").click();
  await says(phone, "#faces figcaption", /Ana/);
  assert.equal(await desktop.locator("#faces figcaption", { hasText: "Boris" }).count(), 0);
  await phone.locator("#camera-send").click();
  await says(desktop, "#faces figcaption", /Boris/);
  await phone.waitForFunction(() => (document.querySelector("[id^=face-] video") as HTMLVideoElement).videoWidth > 0, undefined, { timeout: 60_000 });
  await desktop.locator("#camera-stop").click();
  await phone.locator("#faces figcaption", { hasText: "Ana" }).waitFor({ state: "detached", timeout: 60_000 });
});

test("nothing is wider than the screen, and on a desktop the controls are in sight", async () => {
  for (const page of [desktop, phone]) {
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  }
  const { y, height } = (await desktop.locator("#controls").boundingBox())!;
  assert.ok(y + height <= 800, `${y + height}`);
});

test("who leaves is gone for the others, and may come again; a link that is not whole says so", async () => {
  await phone.locator("#leave").click();
  await says(phone, "#over", /You have left the room/);
  await desktop.waitForFunction(() => !document.getElementById("members")!.textContent!.includes("Boris"), undefined, { timeout: 60_000 });
  await phone.locator("#again").click();
  await entersAs(phone, "Boris");
  const strange = await opened(390, 844);
  await strange.goto(`${runtime.url}/room#r-abcdefghijklmnop.dbi_AAAAAAAAAAAAAAAAAAAAAA`);
  await strange.locator("#enter .primary").click();
  await says(strange, "#over-text", /there is no room/);
});
