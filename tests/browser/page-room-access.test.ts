// The page of a watch room for everyone: in their language, by keyboard alone, with a screen reader, and without a connection.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { network } from "./harness/network.ts";
import { barriers, picture } from "./harness/page.ts";
import { addressOf, DESKTOP, DEVICES, enterAs, isPaused, madeRoom, openRoom, PHONE, reads, socketMember } from "./harness/room.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("page-room-access", { variables: { ROOMS: "open" } }), launch(...DEVICES)]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

/** Checks a page for what keeps people out, and that nothing is wider than its screen. */
async function isForEveryone(page: Page, name: string): Promise<void> {
  assert.deepEqual(await barriers(page), [], name);
  assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name);
  await picture(page, `room-${name}`);
}

/** What somebody reads at the start, on being invited, in the room, and on leaving. */
const LANGUAGES: { locale: string; dir: string; start: string; invited: string; alone: RegExp; waits: RegExp; left: string; gone: string }[] = [
  { locale: "en-US", dir: "ltr", start: "Watch together", invited: "You are invited to watch together", alone: /^Everyone has/, waits: /^Waiting for .Ana. and .Boris., at most \d+ s$/, left: "You have left the room", gone: "There is no such room" },
  { locale: "de-DE", dir: "ltr", start: "Gemeinsam schauen", invited: "Sie sind eingeladen, gemeinsam zu schauen", alone: /^Alle haben/, waits: /^Warten auf .Ana. und .Boris., höchstens \d+ Sek.$/, left: "Sie haben den Raum verlassen", gone: "Diesen Raum gibt es nicht" },
  { locale: "fr-FR", dir: "ltr", start: "Regarder ensemble", invited: "Vous êtes invité·e à regarder ensemble", alone: /^Tout le monde/, waits: /^En attente de .Ana. et .Boris., au plus \d+\ss$/, left: "Vous avez quitté le salon", gone: "Ce salon n’existe pas" },
  { locale: "es-MX", dir: "ltr", start: "Ver juntos", invited: "Le han invitado a ver un vídeo en grupo", alone: /^Todos tienen/, waits: /^Esperando a .Ana. y .Boris., como mucho \d+\ss$/, left: "Ha salido de la sala", gone: "Esta sala no existe" },
  { locale: "ja-JP", dir: "ltr", start: "一緒に見る", invited: "一緒に動画を見る招待です", alone: /^全員が/, waits: /^.Ana.、.Boris.を待っています（最長 \d+\s?秒）$/, left: "ルームを退出しました", gone: "このルームはありません" },
  { locale: "ar-EG", dir: "rtl", start: "المشاهدة معًا", invited: "أنت مدعو إلى المشاهدة معًا", alone: /^التحكم لدى الجميع/, waits: /^في انتظار .Ana. و.Boris.، بحد أقصى [٠-٩]+\s?\S+$/, left: "لقد غادرت الغرفة", gone: "لا توجد غرفة كهذه" },
];

for (const { locale, dir, start, invited, alone, waits, left, gone } of LANGUAGES) {
  test(`the room's page in ${locale}`, async () => {
    const page = await openRoom(browser, `${runtime.url}/room`, PHONE, { locale });
    await reads(page, "#start h1", start);
    assert.deepEqual(await page.evaluate("[document.documentElement.lang, document.documentElement.dir]"), [locale, dir]);
    await isForEveryone(page, `start-${locale}`);
    const answer = await madeRoom(runtime.url, { controls: "everyone" });
    await page.goto(addressOf(runtime.url, answer, "view"));
    await reads(page, "#enter-title", invited);
    await isForEveryone(page, `enter-${locale}`);
    await enterAs(page, "Zoë");
    await reads(page, "#holders", alone);
    await isForEveryone(page, `alone-${locale}`);
    const others = [await socketMember(runtime.url, answer, "view", "Ana"), await socketMember(runtime.url, answer, "view", "Boris")];
    await page.locator("#play").click();
    await isPaused(page, false);
    await reads(page, "#cover", "");
    others.forEach((one) => one.send({ type: "ready", ready: false }));
    await reads(page, "#cover", waits);
    await isForEveryone(page, `waits-${locale}`);
    await page.setViewportSize(DESKTOP);
    await page.locator("#camera").click();
    await page.locator("#camera-send").waitFor();
    await isForEveryone(page, `preview-${locale}`);
    others.forEach((one) => one.close());
    await page.locator("#leave").click();
    await reads(page, "#over-title", left);
    await isForEveryone(page, `left-${locale}`);
    await page.goto(`${runtime.url}/room#r-abcdefghijklmnop.dbi_AAAAAAAAAAAAAAAAAAAAAA`);
    await page.locator("#enter .primary").click();
    await reads(page, "#over-title", gone);
    await page.context().close();
  });
}

test("without the file of words the page works in English", async () => {
  const context = await browser.newContext({ locale: "de-DE" });
  await context.route("**/words-room-de.js", (route) => route.abort());
  const page = await context.newPage();
  await page.goto(`${runtime.url}/room`);
  await reads(page, "#start h1", "Watch together");
  await page.locator("#start-button").waitFor();
  assert.equal(await page.evaluate("document.documentElement.lang"), "en");
  await context.close();
});

/** Presses Tab until the element with this id has the focus. */
async function tabTo(page: Page, id: string): Promise<void> {
  const passed: string[] = [];
  do {
    await page.keyboard.press("Tab");
    passed.push(await page.evaluate("document.activeElement.id || document.activeElement.tagName"));
    assert.ok(passed.length < 40, `Tab does not lead to #${id}: ${passed.join(", ")}`);
  } while (passed.at(-1) !== id);
  assert.ok(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'"), `#${id} shows that it has the focus`);
}

test("the whole page works by keyboard alone, and the focus is never lost", async () => {
  const page = await openRoom(browser, `${runtime.url}/room`);
  // The page loads anew once it has made the room.
  const focused = () => page.evaluate<string>("document.activeElement.id || document.activeElement.tagName").catch(() => "");
  const moves = (id: string) => until(focused, (at) => at === id, `the focus to be on #${id}`);
  await tabTo(page, "new-title");
  await page.keyboard.type("Film night");
  await tabTo(page, "start-button");
  await page.keyboard.press("Enter");
  await moves("name");
  await page.keyboard.type("Ana");
  await page.keyboard.press("Enter");
  await moves("title");
  await until(() => page.evaluate("document.getElementById('video').readyState"), (state) => (state as number) >= 3, "the video");
  await reads(page, "#holders", "Everyone has the controls.");
  await page.keyboard.press("Space");
  await isPaused(page, false);
  await tabTo(page, "seek");
  for (let count = 0; count < 30; count++) await page.keyboard.press("ArrowRight");
  await until(() => page.evaluate("document.getElementById('video').currentTime"), (at) => (at as number) > 25, "the seek");
  await tabTo(page, "sound");
  await page.keyboard.press("Enter");
  await reads(page, "#sound", "Unmute");
  await tabTo(page, "copy-view");
  await page.keyboard.press("Enter");
  await reads(page, "#copied", /Copied/);
  await tabTo(page, "camera");
  await page.keyboard.press("Enter");
  await moves("camera-send");
  await page.keyboard.press("Enter");
  await moves("camera-stop");
  await page.keyboard.press("Enter");
  await moves("camera");
  await tabTo(page, "call-leave");
  await page.keyboard.press("Enter");
  await moves("camera");
  await tabTo(page, "content");
  await page.keyboard.type("https://127.0.0.1:9/other.mp4");
  await page.keyboard.press("Enter");
  await reads(page, "#cover", /cannot be played here/);
  await reads(page, "#news", /chose another video/);
  await tabTo(page, "leave");
  await page.keyboard.press("Enter");
  await moves("over-title");
  await tabTo(page, "again");
  await page.keyboard.press("Enter");
  await moves("name");
  await page.context().close();
});

test("a screen reader hears who came, who waits and who has the controls, and not every second", async () => {
  const answer = await madeRoom(runtime.url, { controls: "controllers" });
  const page = await openRoom(browser, addressOf(runtime.url, answer, "control"));
  await page.evaluate(`{
    globalThis.heard = [];
    for (const region of document.querySelectorAll("[aria-live], [role=status], [role=alert], output"))
      new MutationObserver(() => region.textContent && heard.push(region.textContent.replace(/[\\u2068\\u2069]/g, ""))).observe(region, { childList: true, characterData: true, subtree: true });
  }`);
  const heard = () => page.evaluate<string[]>("heard");
  const hears = (wanted: RegExp) => until(heard, (texts) => texts.some((text) => wanted.test(text)), `a screen reader to hear ${wanted}`);
  await enterAs(page, "Ana");
  const others = await Promise.all(["Boris", "Chloé", "Dmitri", "Emma", "Farid"].map((name) => socketMember(runtime.url, answer, "view", name)));
  await hears(/Here now: .*2 more\. You have the controls\.$/);
  await page.locator("#play").click();
  await hears(/Ana pressed play\.$/);
  others[0]!.send({ type: "ready", ready: false });
  await hears(/Waiting for Boris\.$/);
  // Boris is never ready, and the room goes on.
  await hears(/It plays again\.$/);
  const before = await heard();
  const at = await page.evaluate<number>("document.getElementById('video').currentTime");
  await until(() => page.evaluate<number>("document.getElementById('video').currentTime"), (now) => now > at + 3, "three seconds to play");
  assert.deepEqual(await heard(), before);
  assert.ok(before.length <= 12, before.join("\n"));
  others.slice(1).forEach((one) => one.close());
  await hears(/Gone: .*, .* and 1 more\.$/);
  others[0]!.close();
  await page.context().close();
});

test("a press without a connection says so, and counts once it is back", async () => {
  const answer = await madeRoom(runtime.url, { controls: "everyone" });
  const line = await network(runtime, { roundTrip: 20, jitter: 1, burst: 0, burstsPercent: 0 }, 7);
  const [page, other] = [await openRoom(browser, addressOf(line.url, answer, "view")), await openRoom(browser, addressOf(runtime.url, answer, "view"))];
  await enterAs(page, "Ana");
  await enterAs(other, "Boris");
  await page.locator("#play").click();
  for (const one of [page, other]) await isPaused(one, false);
  line.cut();
  await until(() => page.locator("#light").getAttribute("data-state"), (state) => state !== "live", "the connection to be lost");
  await page.locator("#play").click();
  await reads(page, "#refused", /^No connection/);
  // Both play on, and the other's page needs nobody.
  await isPaused(other, false);
  await reads(other, "#members", (text) => !text.includes("Ana"));
  line.restore();
  await reads(other, "#members", /Ana/);
  await reads(page, "#refused", (text) => text === "" || /had no effect/.test(text));
  await page.context().close();
  await other.context().close();
  line.end();
});

test("every language has every word of the room, with the same parts", async () => {
  const { EN } = await import("../../pages/room/words/en.ts");
  const parts = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const language of ["ar", "de", "es", "fr", "ja"]) {
    const words = (await import(`../../pages/room/words/${language}.ts`)).default as Record<string, string>;
    for (const [name, english] of Object.entries(EN)) {
      assert.ok(words[name], `${language} lacks ${name}`);
      assert.deepEqual(parts(words[name]!), parts(english), `${language}: ${name}`);
    }
  }
});
