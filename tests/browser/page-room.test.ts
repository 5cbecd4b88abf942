// The page of a watch room, used by two people: on a desktop, and on a phone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { addressOf, DESKTOP, DEVICES, enterAs, isPaused, madeRoom, openRoom, PHONE, reads, type SocketMember, socketMember } from "./harness/room.ts";

let runtime: Runtime;
let browser: Browser;
let desktop: Page;
let phone: Page;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("page-room", { variables: { ROOMS: "open" } }), launch(...DEVICES)]);
  desktop = await openRoom(browser, `${runtime.url}/room`, DESKTOP);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

test("one press makes a room, and a link lets somebody in", async () => {
  await desktop.locator("#new-title").fill("Film night");
  await desktop.locator("#new-everyone").uncheck();
  await desktop.locator("#start-button").click();
  await reads(desktop, "#enter-title", "Your room is ready");
  await enterAs(desktop, "Ana");
  await reads(desktop, "#title", "Film night");
  assert.equal(await desktop.title(), "Film night");
  await desktop.locator("#copy-view").click();
  await reads(desktop, "#copied", /Copied/);
  phone = await openRoom(browser, await desktop.evaluate(() => navigator.clipboard.readText()), PHONE);
  await reads(phone, "#enter-title", "You are invited to watch together");
  await enterAs(phone, "Boris");
  for (const page of [desktop, phone]) await reads(page, "#members", /Ana[^]*Boris/);
  await reads(phone, "#members", /you · watches/);
  await reads(phone, "#holders", /In control: .?Ana/);
});

test("who has the controls plays for both; who watches pauses for themselves, and rejoins", async () => {
  assert.equal(await phone.locator("#play").isDisabled(), true);
  await desktop.locator("#play").click();
  for (const page of [desktop, phone]) await isPaused(page, false);
  await phone.locator("#video").click();
  await reads(phone, "#cover", "Paused for you alone");
  assert.equal(await phone.locator("#pause-all").isVisible(), false);
  await isPaused(desktop, false);
  await phone.locator("#rejoin").click();
  await isPaused(phone, false);
  // The same without a pointer.
  await phone.evaluate(() => (document.activeElement as HTMLElement).blur());
  await phone.keyboard.press("Space");
  await isPaused(phone, true);
  await reads(phone, "#play", "Rejoin the others");
  await phone.keyboard.press("Space");
  await isPaused(phone, false);
  await desktop.locator("#play").click();
  for (const page of [desktop, phone]) await isPaused(page, true);
  for (const page of [desktop, phone]) await reads(page, "#cover", /Paused by .?Ana/);
  for (const page of [desktop, phone]) await reads(page, "#news", /Ana.? paused\.$/);
});

test("a press on the picture is one's own pause; who has the controls may make it everyone's", async () => {
  await desktop.locator("#video").click();
  for (const page of [desktop, phone]) await isPaused(page, false);
  await desktop.locator("#video").click();
  await reads(desktop, "#cover", "Paused for you alone");
  await isPaused(phone, false);
  await desktop.locator("#pause-all").click();
  await isPaused(phone, true);
  await reads(desktop, "#cover", /Paused by .?Ana/);
  assert.equal(await desktop.evaluate("document.activeElement.id"), "play");
});

test("a camera is seen by its owner first, and by those who take part only after a press", async () => {
  const connections = "globalThis.connections ?? 0";
  for (const page of [desktop, phone]) await page.evaluate(`{
    const Original = RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Original { constructor(...all) { super(...all); globalThis.connections = (globalThis.connections ?? 0) + 1; } };
  }`);
  for (const page of [desktop, phone]) await page.locator("#camera").click();
  await reads(desktop, "#own-caption", /Only you/);
  await desktop.locator("#camera-send").click();
  // The phone learns of it, and has no connection, from which others would know its address, before its person takes part.
  await reads(phone, "#callers", /In the call: .?Ana/);
  assert.deepEqual([await desktop.evaluate(connections), await phone.evaluate(connections)], [0, 0]);
  await phone.locator("#camera-send").click();
  await reads(desktop, "#faces", /Boris/);
  await reads(phone, "#faces", /Ana/);
  await until(() => phone.evaluate("document.querySelector('[id^=face-] video').videoWidth"), (width) => (width as number) > 0, "a picture");
  await desktop.locator("#microphone").click();
  await reads(desktop, "#microphone", "Unmute my microphone");
  await desktop.locator("#camera-stop").click();
  await phone.locator("#faces figcaption", { hasText: "Ana" }).waitFor({ state: "detached", timeout: 60_000 });
  // Without a camera one still sees the others.
  await reads(desktop, "#faces", /Boris/);
  await desktop.locator("#call-leave").click();
  await until(() => desktop.locator("[id^=face-]").count(), (count) => count === 0, "no face");
  await desktop.locator("#call-join").click();
  await reads(desktop, "#faces", /Boris/);
});

test("a seventh person finds the call full, and gets in once somebody leaves it", async () => {
  const answer = await madeRoom(runtime.url, { controls: "everyone" });
  const page = await openRoom(browser, addressOf(runtime.url, answer, "view"), PHONE);
  await enterAs(page, "Gina");
  const six = await Promise.all(["Ana", "Boris", "Chloé", "Dmitri", "Emma", "Farid"].map((name) => socketMember(runtime.url, answer, "view", name)));
  const tells = (one: SocketMember, description: object) => one.send({ type: "signal", to: one.others[0]!, description: { session: 1, ...description } });
  six.forEach((one) => tells(one, { type: "hello" }));
  await reads(page, "#callers", /In the call: .* and 3 more/);
  await page.locator("#camera").click();
  await page.locator("#camera-send").click();
  await reads(page, "#faces-note", /^The call is full: 6 people/);
  tells(six[0]!, { type: "closed", reason: "left" });
  await reads(page, "#callers", /and 2 more/);
  await page.locator("#camera-send").click();
  await reads(page, "#own-caption", "You");
  six.forEach((one) => one.close());
  await page.context().close();
});

test("nothing is wider than the screen, and on a desktop the controls are in sight", async () => {
  for (const page of [desktop, phone]) assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"));
  const { y, height } = (await desktop.locator("#controls").boundingBox())!;
  assert.ok(y + height <= 800, `${y + height}`);
});

test("who leaves is gone for the others, and may come again", async () => {
  await phone.locator("#leave").click();
  await reads(phone, "#over-title", "You have left the room");
  await reads(desktop, "#members", (text) => !text.includes("Boris"));
  await phone.locator("#again").click();
  await enterAs(phone, "Boris");
  await reads(desktop, "#members", /Boris/);
});

test("a reload is the same person in the same role, and the room goes on while its maker is away", async () => {
  await desktop.locator("#play").click();
  await isPaused(phone, false);
  await desktop.reload();
  await isPaused(phone, false);
  await reads(phone, "#holders", "Nobody here has the controls.");
  assert.equal(await desktop.locator("#name").inputValue(), "Ana");
  await enterAs(desktop, "Ana");
  await isPaused(desktop, false);
  await reads(desktop, "#holders", "You have the controls.");
  assert.equal(await desktop.locator("#copy-control").isVisible(), true);
});

test("two tabs of one person do not fight: the later one stays", async () => {
  const context = phone.context();
  // As "duplicate tab" does, with what the tab had stored.
  const stored = await phone.evaluate<[string, string][]>("Object.entries(sessionStorage)");
  const second = await context.newPage();
  await second.addInitScript((stored) => { for (const [name, value] of stored) sessionStorage.setItem(name, value); }, stored);
  await second.goto(phone.url());
  await enterAs(second, "Boris");
  await reads(phone, "#over-title", "You are in this room in another tab");
  await isPaused(second, false);
  await phone.locator("#again").click();
  await enterAs(phone, "Boris");
  await reads(second, "#over-title", "You are in this room in another tab");
  await second.close();
});

test("an owner on another device can invite by a new link, which ends the old one", async () => {
  const answer = await madeRoom(runtime.url, { controls: "everyone" });
  const [owner, guest] = [await openRoom(browser, addressOf(runtime.url, answer, "own"), PHONE), await openRoom(browser, addressOf(runtime.url, answer, "view"))];
  await enterAs(owner, "Ana");
  await enterAs(guest, "Boris");
  await owner.locator("#new-link").click();
  await reads(guest, "#over-title", "This link does not work");
  await owner.locator("#copy-view").click();
  await reads(owner, "#copied", /Copied/);
  await guest.goto(await owner.evaluate(() => navigator.clipboard.readText()));
  await enterAs(guest, "Boris");
  await reads(owner, "#members", /Boris/);
  // Whoever has a link can pass it on.
  assert.equal(await guest.locator("#copy-view").isVisible(), true);
  for (const page of [owner, guest]) await page.context().close();
});

test("a link that does not work says why: cut short, replaced, or of a room that is over", async () => {
  const page = await openRoom(browser, `${runtime.url}/room#r-abc`);
  await reads(page, "#start-failed", /not complete/);
  await page.goto(`${runtime.url}/room#r-abcdefghijklmnop.dbi_AAAAAAAAAAAAAAAAAAAAAA`);
  await page.locator("#enter .primary").click();
  await reads(page, "#over-title", "There is no such room");
  await page.locator("#again").click();
  await reads(page, "#start h1", "Watch together");
  const { event, invitations } = await madeRoom(runtime.url);
  await page.goto(`${runtime.url}/room#${event}.dbi_AAAAAAAAAAAAAAAAAAAAAA`);
  await page.locator("#enter .primary").click();
  await reads(page, "#over-title", "This link does not work");
  await page.goto(`${runtime.url}/room#${event}.${invitations.view}`);
  await enterAs(page, "Chloé");
  const authorization = `Bearer ${invitations.own}`;
  assert.equal((await fetch(`${runtime.url}/v1/events/${event}`, { method: "DELETE", headers: { authorization } })).status, 204);
  await reads(page, "#over-title", "There is no such room");
});
