// The operator's console at the size of a phone and of a desktop: from signing in to a whole hold and go. What it says has
// to be true at each step; most of all, nothing may sound like success too early.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { escaped, holdBack, inOrder, live, openConsole, overflow } from "./harness/console.ts";
import { press, record, recorded, seen, signedIn, stored, unexpected } from "./harness/console.ts";
import { barriers, picture, type Size, SIZES } from "./harness/page.ts";
import { moment, show, state } from "./harness/show.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-console"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

const BOTH = Object.keys(SIZES) as Size[];
const MARKUP = `<img src=x onerror="document.title='owned'"><b>bold</b>`;

// Most of each is waiting for what takes effect in two seconds, so two go side by side.
describe("at the size of a phone and of a desktop", { concurrency: 2 }, () => {
  for (const size of BOTH) {
    test(`signing in: a wrong token is explained and not stored, the right one is stored for the tab (${size})`, async () => {
      await show(runtime, `sign-in-${size}`, 60_000, [state("lobby", 0, 600_000), moment("bell", 300_000)]);
      const { page, faults } = await openConsole(browser, runtime, `sign-in-${size}`, size);
      const says = page.locator("#sign-in-note");
      await page.locator("#token").waitFor();
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-sign-in-${size}`);

      await page.fill("#token", "hunter2");
      await page.keyboard.press("Enter");
      assert.match((await says.textContent())!, /begin with dbt_/);
      await page.fill("#token", TOKENS.stranger.slice(0, -1));
      await page.keyboard.press("Enter");
      assert.match((await says.textContent())!, /incomplete/);
      const refused = [[TOKENS.stranger, /does not know this token/], [TOKENS.expired, /has expired/]] as const;
      for (const [token, words] of refused) {
        await page.fill("#token", ` ${token}\n`);
        await page.keyboard.press("Enter");
        await seen(page, "#sign-in-note", words);
      }
      await picture(page, `console-sign-in-refused-${size}`);
      assert.deepEqual(await barriers(page), []);
      assert.equal(await page.locator("#console").isVisible(), false);
      assert.deepEqual(await stored(page, "dbt_"), [], "no token that was refused");

      await page.fill("#actor", "maria");
      await page.fill("#token", `  ${TOKENS.all}  `);
      await page.keyboard.press("Enter");
      await page.locator("#console").waitFor();
      await seen(page, "#status", /^RUNNING$/);
      await page.reload();
      await seen(page, "#status", /^RUNNING$/);
      await seen(page, "#log-entries", /create by/);
      const tab = await page.context().newPage();
      await tab.goto(page.url());
      await tab.locator("#token").waitFor();
      assert.equal(await tab.locator("#console").isVisible(), false);
      await tab.close();

      await page.click("#sign-out");
      await page.locator("#token").waitFor();
      assert.deepEqual(await stored(page, "dbt_"), []);
      assert.equal(await page.inputValue("#actor"), "maria");
      assert.ok(!page.url().includes("dbt_"));
      const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
      assert.deepEqual(new Set(loaded.map((url) => new URL(url).origin)), new Set([runtime.url]), "no other host");
      assert.deepEqual(unexpected(faults, /401/), []);
      await page.context().close();
    });

    test(`hold and go: the progress is shown step by step, as the worker and the viewers answer (${size})`, async () => {
      const event = await show(runtime, `progress-${size}`, 540_000, [
        state("lobby", 0, 545_000), state("song", 540_000, 800_000), moment("burst", 603_500), moment("applause", 800_000),
        state("talk", 800_000, 900_000), moment("chorus", 850_000),
      ]);
      const { page, faults } = await signedIn(browser, runtime, `progress-${size}`, size);
      await live(page);
      await seen(page, "#next-cues", /burst/);
      await seen(page, "#live-cues", /song/);
      // How long until each, its place, and the time of day.
      await seen(page, "#next-cues li:first-child", /^burst\d:\d\d10:03\d\d:\d\d:\d\dmoment$/);
      const startsAt = (await event.state()).startsAt;
      // To the nearest second, of a server time that the page knows within some milliseconds.
      const nearest = (ms: number) => new Date(Math.round(ms / 1_000) * 1_000).toTimeString().slice(0, 8);
      const clocks = [-100, 100].map((ms) => nearest(startsAt + 800_000 + ms));
      const shown = await page.locator("#live-cues li", { hasText: "song" }).locator(".clock").textContent();
      assert.ok(clocks.includes(shown!), `the end of a state: ${shown}, not ${clocks}`);
      await seen(page, "#figures", /hubs 4\/4/);
      await seen(page, "#undo", /^Undo: other cue sheet by /);
      assert.equal(await page.locator("#go").getAttribute("aria-disabled"), "true", "it is not held");
      assert.equal(await overflow(page), 0);
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-running-${size}`);

      await record(page);
      await press(page, "#hold", size);
      await seen(page, "#status", /^HELD$/);
      await seen(page, "#progress-lines", /Applied by 100 % of 1 asked · median \d+ ms/);
      inOrder(await recorded(page), [
        /^waiting: Sending HOLD …$/,
        /^done: HOLD in effect since \d\d:\d\d:\d\d \| rev 3 · hubs 4\/4 · 1 socket · \d+ ms \| Applied by 100 % of 1 asked/,
      ]);
      assert.equal((await event.time()).status, "paused");
      const [entry] = await event.log();
      assert.deepEqual([entry!.name, entry!.actor], ["pause", "maria"]);
      await seen(page, "#log-entries li:first-child", /^pause by maria \(token all\)\d\d:\d\d:\d\d · at 9:\d\d · rev 3$/);
      await seen(page, "#undo", /^Undo: hold by maria at \d\d:\d\d:\d\d$/);
      assert.match((await page.textContent("#hold"))!.trim(), /^HOLD Ctrl Shift H$/);
      assert.equal(await page.locator("#hold").getAttribute("aria-disabled"), "true", "it is held");
      const held = await page.textContent("#position");
      assert.equal(await page.locator("#next-cues .left").first().textContent(), "", "nothing counts down while it is held");
      assert.equal(await page.locator("#next-cues .clock").first().textContent(), "", "and nobody knows when it goes on");
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-held-${size}`);

      await press(page, "#go", size);
      await seen(page, "#progress-title", /^GO in effect/);
      // A hold takes effect in half a second, which a busy machine may sleep through; going on takes two.
      inOrder(await recorded(page), [
        /^waiting: Sending GO …$/,
        /^done: GO accepted, rev 4; takes effect in [012]\.\d s \| hubs 4\/4 · 1 socket · \d+ ms$/,
        /^done: GO in effect since /,
      ]);
      await seen(page, "#status", /^RUNNING$/);
      await until(() => page.textContent("#position"), (position) => position !== held, "the clock to go on");
      await press(page, "#undo", size);
      await seen(page, "#progress-title", /^UNDO in effect/);
      await seen(page, "#status", /^HELD$/);
      assert.deepEqual((await event.log()).map(({ name }) => name).slice(0, 3), ["undo", "resume", "pause"]);
      // An undo is not undone: the button does its change again.
      await seen(page, "#undo", /^Redo: go by maria at /);
      await press(page, "#undo", size);
      await seen(page, "#progress-title", /^REDO in effect/);
      await seen(page, "#status", /^RUNNING$/);
      assert.deepEqual(unexpected(faults), []);
      await page.context().close();
    });

    test(`another operator was faster: it says who and what, claims nothing, and the next press works (${size})`, async () => {
      const event = await begun(runtime, `conflict-${size}`, 60_000, { title: "Spring gala" });
      await event.command("pause", { actor: "tom" });
      const { page, faults } = await signedIn(browser, runtime, `conflict-${size}`, size);
      await seen(page, "#status", /^HELD$/);
      const gate = await holdBack(page);
      await record(page);
      await press(page, "#go", size);
      await until(async () => gate.count, (count) => count > 0, "the command to leave");
      await event.command("announce", { actor: "tom", reason: "fire drill", message: "Leave the hall" });
      gate.open();
      await seen(page, "#progress-title", /^GO not applied: the event has changed$/);
      const lines = await page.textContent("#progress-lines");
      assert.match(lines!, /Last change: announce by tom at \d\d:\d\d:\d\d, “fire drill”/);
      assert.match(lines!, /The event is now HELD at \d+:\d\d, rev 3\. Nothing was changed\./);
      assert.equal(await page.locator("#progress").getAttribute("data-tone"), "refused");
      assert.ok((await recorded(page)).every((told) => !told.startsWith("done")), "nothing claimed");
      assert.equal((await event.time()).status, "paused");
      await seen(page, "#log-entries li:first-child", /announce by tom.*Leave the hall.*because: fire drill/);
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-conflict-${size}`);
      await press(page, "#go", size);
      await seen(page, "#progress-title", /^GO in effect/);
      await seen(page, "#status", /^RUNNING$/);
      assert.deepEqual(unexpected(faults, /409/), []);
      await page.context().close();
    });

    test(`messages: typed text survives, is shown as text, and is sent alone or with a hold (${size})`, async () => {
      const event = await begun(runtime, `message-${size}`, 60_000, { title: MARKUP.padEnd(120, "x") });
      const { page, faults } = await signedIn(browser, runtime, `message-${size}`, size);
      await live(page);
      await page.fill("#text-en", MARKUP);
      await page.selectOption("#add-language", "de");
      const german = "Die Donaudampfschifffahrtsgesellschaftsveranstaltung geht gleich weiter. ".repeat(4).trim();
      await page.fill("#text-de", german);
      await page.selectOption("#severity", "major");
      await page.reload();
      await page.locator("#console").waitFor();
      await until(() => page.inputValue("#text-de").catch(() => ""), (text) => text === german, "the draft");
      assert.equal(await page.inputValue("#text-en"), MARKUP);
      assert.deepEqual(await page.locator("#preview .message").allTextContents(), [MARKUP, german]);
      assert.equal(await page.locator("#preview .message").first().getAttribute("data-severity"), "major");
      assert.equal(await overflow(page), 0);
      await page.locator("#announce").scrollIntoViewIfNeeded();
      await picture(page, `console-message-${size}`);

      await page.fill("#text-de", "x".repeat(501));
      assert.equal(await overflow(page), 0, "a word that is longer than the screen is broken");
      await press(page, "#announce", size);
      await seen(page, "#compose-note", /“de” has 501 characters; shorten it to at most 500/);
      await page.fill("#text-de", german);
      await press(page, "#announce", size);
      await seen(page, "#progress-title", /^ANNOUNCE in effect/);
      await seen(page, "#message", new RegExp(`^${escaped(MARKUP)}$`));
      await seen(page, "#log-entries li:first-child", new RegExp(escaped(MARKUP)));
      await until(() => page.inputValue("#text-en"), (text) => text === "", "the field to be free for the next one");
      assert.equal((await event.state()).messages.at(-1)!.text!["de"], german);
      assert.equal(await page.locator("#console img, #console b").count(), 0, "no markup became elements");
      assert.equal(await page.title(), `${MARKUP.padEnd(120, "x")}: console`);
      await page.evaluate(() => scrollTo(0, 0));
      await picture(page, `console-long-texts-${size}`);
      assert.equal(await overflow(page), 0);
      for (const [width, height] of [[320, 640], [640, 400], [844, 390], [1024, 768]] as const) {
        await page.setViewportSize({ width, height });
        assert.equal(await overflow(page), 0, `${width} × ${height}`);
        await picture(page, `console-${width}-${size}`);
      }
      await page.setViewportSize(SIZES[size]);

      await press(page, "#clear", size);
      await seen(page, "#progress-title", /^CLEAR in effect/);
      await seen(page, "#message", /^$/);
      await page.selectOption("#template", { label: "Technical problem, stay here" });
      assert.match(await page.inputValue("#text-fr"), /problème technique/);
      await press(page, "#hold-with", size);
      await seen(page, "#progress-title", /^HOLD in effect/);
      await seen(page, "#message", /^We have a technical problem/);
      const { messages, status } = await event.state();
      assert.deepEqual([status, messages.at(-1)!.severity], ["paused", "major"]);
      assert.deepEqual(Object.keys(messages.at(-1)!.text!).sort(), ["de", "en", "es", "fr"]);
      assert.deepEqual(unexpected(faults), []);
      await page.context().close();
    });

    test(`what cannot be undone is confirmed first: seek and the end (${size})`, async () => {
      const event = await show(runtime, `asks-${size}`, 60_000, [moment("bell", 120_000), state("song", 180_000, 300_000)]);
      await event.put({ title: "Spring gala" });
      await event.command("pause");
      const { page, faults } = await signedIn(browser, runtime, `asks-${size}`, size);
      await seen(page, "#status", /^HELD$/);
      const before = (await event.state()).rev;
      await page.fill("#seek-to", "3:75");
      await press(page, "#seek-go", size);
      await seen(page, "#seek-error", /M:SS or H:MM:SS/);
      await page.fill("#seek-to", "4:00");
      await press(page, "#seek-go", size);
      await seen(page, "#dialog-lines", /^From 1:0\d to 4:00\.Skips 2 cues: bell, song\./);
      await seen(page, "#dialog-lines", /It stays held there\.$/);
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-seek-${size}`);
      await page.keyboard.press("Escape");
      assert.equal((await event.state()).rev, before, "nothing was sent");
      await press(page, "#seek-go", size);
      await press(page, "#dialog-yes", size);
      await seen(page, "#progress-title", /^SEEK in effect/);
      await seen(page, "#position", /^4:00$/);
      await press(page, "[data-by='-10000']", size);
      await seen(page, "#dialog-lines", /From 4:00 to 3:50/);
      await press(page, "#dialog-yes", size);
      await seen(page, "#position", /^3:50$/);
      await seen(page, "#undo", /^Undo: seek to 3:50 by maria/);
      await press(page, "#undo", size);
      await seen(page, "#dialog-lines", /^Undo: seek to 3:50 by maria at \d\d:\d\d:\d\d\.The event will then be HELD at 4:00\.Viewers jump from 3:50 to 4:00\.$/);
      await picture(page, `console-undo-${size}`);
      await page.keyboard.press("Escape");
      // Settings, in words; what a repeated hold does not change is passed over.
      await event.put({ title: "Winter gala", duration: 3_600_000 });
      await event.command("pause", { actor: "tom" });
      await seen(page, "#undo", /^Undo: new title and duration by all at /);
      await press(page, "#undo", size);
      await seen(page, "#dialog-lines", /The title is “Spring gala” again\.The duration is open again\.$/);
      await press(page, "#dialog-yes", size);
      await seen(page, "#title", /^Spring gala$/);

      await press(page, "#end", size);
      await seen(page, "#dialog-lines", new RegExp(`This ends Spring gala \\(asks-${size}\\) for every viewer`));
      await picture(page, `console-end-${size}`);
      assert.deepEqual(await barriers(page), []);
      await page.locator("#dialog-yes").click({ force: true });
      await page.fill("#dialog-typed", "asks");
      await page.keyboard.press("Enter");
      assert.equal(await page.locator("#dialog").isVisible(), true, "the name is not whole");
      await page.fill("#dialog-typed", `asks-${size}`);
      await page.keyboard.press("Enter");
      await seen(page, "#status", /^ENDED$/);
      assert.equal((await event.time()).status, "ended");
      assert.match((await page.locator("#hold").getAttribute("title"))!, /has ended; reopen it first/);
      await page.locator("#hold").click({ force: true });
      await seen(page, "#why-not", /has ended; reopen it first/);
      await page.evaluate(() => scrollTo(0, 0));
      await picture(page, `console-ended-${size}`);
      await press(page, "#reopen", size);
      await seen(page, "#status", /^HELD$/);
      assert.deepEqual(unexpected(faults), []);
      await page.context().close();
    });
  }
});
