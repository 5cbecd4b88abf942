// The viewer and the stage display in the viewer's language: words, numbers and dates, from right to left too.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { barriers, openPage, picture } from "./harness/page.ts";
import { publish } from "./harness/seat.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-languages"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

const HOUR = 3_600_000;

/** What somebody reads 24 days and 23 hours before the start, and then on a hold. */
const LANGUAGES: { locale: string; lang: string; dir: string; above: string; left: RegExp; held: string; stage: string; light: RegExp }[] = [
  { locale: "en-US", lang: "en-US", dir: "ltr", above: "Starts in", left: /^24\sd 23\sh$/, held: "On hold", stage: "HELD", light: /^live ±\d+ ms$/ },
  { locale: "de-DE", lang: "de-DE", dir: "ltr", above: "Beginn in", left: /^24\sT 23\s\S+$/, held: "Angehalten", stage: "ANGEHALTEN", light: /^live/ },
  { locale: "fr-FR", lang: "fr-FR", dir: "ltr", above: "Début dans", left: /^24\sj 23\sh$/, held: "En pause", stage: "EN PAUSE", light: /^en direct/ },
  { locale: "es-MX", lang: "es-MX", dir: "ltr", above: "Empieza en", left: /^24\s?d 23\s?h$/, held: "En pausa", stage: "EN PAUSA", light: /^en directo/ },
  { locale: "ja-JP", lang: "ja-JP", dir: "ltr", above: "開始まで", left: /^24\s?日 23\s?時間$/, held: "一時停止中", stage: "一時停止", light: /^接続済み/ },
  { locale: "ar-EG", lang: "ar-EG", dir: "rtl", above: "تبدأ بعد", left: /^٢٤\s?ي ٢٣\s?س$/, held: "متوقفة مؤقتًا", stage: "متوقفة", light: /^مباشر ±/ },
  // There are no words in Portuguese.
  { locale: "pt-BR", lang: "en", dir: "ltr", above: "Starts in", left: /^24\sd 23\sh$/, held: "On hold", stage: "HELD", light: /^live/ },
];

for (const { locale, lang, dir, above, left, held, stage, light } of LANGUAGES) {
  test(`the viewer and the stage display in ${locale}`, async () => {
    const name = `in-${locale.toLowerCase()}`;
    const event = await begun(runtime, name, -(24 * 24 + 23.5) * HOUR, { title: "Gala – מופע" });
    await publish(runtime, event, { version: 1, id: "gala", title: "Gala", actions: { go: { kind: "moment" } }, cues: [{ id: "curtain", time: 90, action: "go" }] });
    const open = async (path: string) => openPage(browser, `${runtime.url}${path}?event=${name}`, "phone", { locale });
    const [viewer, display] = [await open("/"), await open("/display")];
    const reads = (page: Page, selector: string, wanted: RegExp | string) => until(
      () => page.locator(selector).innerText(),
      (text) => typeof wanted === "string" ? text === wanted : wanted.test(text), `${selector} in ${locale} to say ${wanted}`,
    );
    await reads(viewer.page, "#overlay-above", above);
    await reads(viewer.page, "#overlay-main", left);
    await reads(viewer.page, "#light", light);
    await reads(display.page, "#figure", left);
    for (const { page } of [viewer, display]) {
      assert.deepEqual(await page.evaluate("[document.documentElement.lang, document.documentElement.dir || 'ltr']"), [lang, dir]);
      // What others wrote has a direction of its own.
      assert.equal(await page.locator("#title").getAttribute("dir"), "auto");
      assert.equal(await page.locator("#message").getAttribute("dir"), "auto");
      assert.deepEqual(await barriers(page), []);
    }
    await picture(viewer.page, `language-viewer-countdown-${locale}`);
    await picture(display.page, `language-display-countdown-${locale}`);

    await event.command("pause", { message: { en: "Back soon", ar: "سنعود قريبًا (10:30)", ja: "まもなく再開します" }, severity: "major" });
    await reads(viewer.page, "#overlay-main", held);
    await reads(display.page, "#label", stage);
    for (const [page, part] of [[viewer.page, "viewer"], [display.page, "display"]] as const) {
      assert.deepEqual(await barriers(page), []);
      // Nothing is wider than the screen, whichever way it is read.
      assert.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= 390, part);
      await picture(page, `language-${part}-held-${locale}`);
      await page.setViewportSize({ width: 1280, height: 800 });
      await picture(page, `language-${part}-desktop-${locale}`);
    }
    assert.deepEqual([viewer.faults, display.faults], [[], []]);
    await viewer.page.context().close();
    await display.page.context().close();
  });
}

test("without the file of words the page works in English; the address can name a language", async () => {
  await begun(runtime, "words", -HOUR);
  const context = await browser.newContext({ locale: "de-DE" });
  await context.route("**/words-de.js", (route) => route.abort());
  const page = await context.newPage();
  await page.goto(`${runtime.url}/?event=words`);
  await until(() => page.locator("#overlay-above").innerText(), (text) => text === "Starts in", "English");
  assert.equal(await page.evaluate("document.documentElement.lang"), "en");
  await page.goto(`${runtime.url}/?event=words&lang=ar`);
  await until(() => page.locator("#overlay-above").innerText(), (text) => text === "تبدأ بعد", "Arabic");
  await page.goto(`${runtime.url}/?event=words&lang=../console`);
  await until(() => page.locator("#overlay-above").innerText(), (text) => text === "Starts in", "English again");
  await context.close();
});

test("every language has every word, with the same parts", async () => {
  const folder = `${ROOT}/pages/shared/words`;
  const { EN } = (await import(`${folder}/en.ts`)) as { EN: Record<string, string> };
  const parts = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  const files = readdirSync(folder).filter((file) => file !== "en.ts");
  assert.deepEqual(files.sort(), ["ar.ts", "de.ts", "es.ts", "fr.ts", "ja.ts"]);
  for (const file of files) {
    const words = (await import(`${folder}/${file}`)).default as Record<string, string>;
    for (const [name, english] of Object.entries(EN)) {
      assert.ok(words[name], `${file} lacks ${name}`);
      assert.deepEqual(parts(words[name]!), parts(english), `${file}: ${name}`);
    }
  }
});
