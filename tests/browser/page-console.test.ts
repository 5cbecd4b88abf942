// The operator's console: from the token to a whole hold and go, with a thumb and with the keyboard, on good nights and
// on bad ones. What it says has to be true at each step; most of all, nothing may sound like success too early.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { escaped, follow, followed, hold, inOrder, keeps } from "./harness/console.ts";
import { live, overflow, press, seen, signIn, unasked } from "./harness/console.ts";
import { network } from "./harness/network.ts";
import { barriers, openPage, picture, type Size, SIZES } from "./harness/page.ts";
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
    test(`the way in: a wrong token is told so and not kept, the right one is kept for the tab (${size})`, async () => {
      await show(runtime, `entry-${size}`, 60_000, [state("lobby", 0, 600_000), moment("bell", 300_000)]);
      const { page, faults } = await openConsole(`entry-${size}`, size);
      const says = page.locator("#entry-says");
      await page.locator("#token").waitFor();
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-entry-${size}`);

      await page.fill("#token", "hunter2");
      await page.keyboard.press("Enter");
      assert.match((await says.textContent())!, /begins with dbt_/);
      await page.fill("#token", TOKENS.stranger.slice(0, -1));
      await page.keyboard.press("Enter");
      assert.match((await says.textContent())!, /not whole/);
      const refused = [[TOKENS.stranger, /does not know this token/], [TOKENS.expired, /has expired/]] as const;
      for (const [token, words] of refused) {
        await page.fill("#token", ` ${token}\n`);
        await page.keyboard.press("Enter");
        await seen(page, "#entry-says", words);
      }
      await picture(page, `console-entry-refused-${size}`);
      assert.deepEqual(await barriers(page), []);
      assert.equal(await page.locator("#console").isVisible(), false);
      assert.deepEqual(await keeps(page, "dbt_"), [], "no token that was refused");

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
      assert.deepEqual(await keeps(page, "dbt_"), []);
      assert.equal(await page.inputValue("#actor"), "maria");
      assert.ok(!page.url().includes("dbt_"));
      const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
      assert.deepEqual(new Set(loaded.map((url) => new URL(url).origin)), new Set([runtime.url]), "no other host");
      assert.deepEqual(unasked(faults, /401/), []);
      await page.context().close();
    });

    test(`hold and go: the course is told step by step, as the worker and viewers say (${size})`, async () => {
      const event = await show(runtime, `course-${size}`, 540_000, [
        state("lobby", 0, 545_000), state("song", 540_000, 800_000), moment("burst", 603_500), moment("applause", 800_000),
        state("talk", 800_000, 900_000), moment("chorus", 850_000),
      ]);
      const { page, faults } = await signedIn(`course-${size}`, size);
      await live(page);
      await seen(page, "#next-cues", /burst/);
      await seen(page, "#live-cues", /song/);
      await seen(page, "#figures", /hubs 4\/4/);
      await seen(page, "#undo", /^Undo: rundown by /);
      assert.equal(await page.locator("#go").getAttribute("aria-disabled"), "true", "it is not held");
      assert.equal(await overflow(page), 0);
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-running-${size}`);

      await follow(page);
      await press(page, "#hold", size);
      await seen(page, "#status", /^HELD$/);
      await seen(page, "#course-lines", /applied by 100 % of 1 asked · median \d+ ms/);
      inOrder(await followed(page), [
        /^waiting: sending HOLD …$/,
        /^done: HOLD in effect since \d\d:\d\d:\d\d \| rev 3 · hubs 4\/4 · 1 socket · \d+ ms \| applied by 100 % of 1 asked/,
      ]);
      assert.equal((await event.time()).status, "paused");
      const [entry] = await event.log();
      assert.deepEqual([entry!.name, entry!.actor], ["pause", "maria"]);
      await seen(page, "#log-entries li:first-child", /^pause by maria \(token all\)\d\d:\d\d:\d\d · at 9:0\d · rev 3$/);
      await seen(page, "#undo", /^Undo: hold by maria at \d\d:\d\d:\d\d$/);
      assert.match((await page.textContent("#hold"))!.trim(), /^HOLD$/);
      assert.equal(await page.locator("#hold").getAttribute("aria-disabled"), "true", "it is held");
      const held = await page.textContent("#position");
      assert.equal(await page.locator("#next-cues .left").first().textContent(), "", "nothing counts down while it is held");
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-held-${size}`);

      await press(page, "#go", size);
      await seen(page, "#course-title", /^GO in effect/);
      // A hold takes effect in half a second, which a busy machine may sleep through; going on takes two.
      inOrder(await followed(page), [
        /^waiting: sending GO …$/,
        /^done: GO taken, rev 4; takes effect in [012]\.\d s \| hubs 4\/4 · 1 socket · \d+ ms$/,
        /^done: GO in effect since /,
      ]);
      await seen(page, "#status", /^RUNNING$/);
      await until(() => page.textContent("#position"), (position) => position !== held, "the clock to go on");
      await press(page, "#undo", size);
      await seen(page, "#course-title", /^UNDO in effect/);
      await seen(page, "#status", /^HELD$/);
      assert.deepEqual((await event.log()).map(({ name }) => name).slice(0, 3), ["undo", "resume", "pause"]);
      assert.deepEqual(unasked(faults), []);
      await page.context().close();
    });

    test(`another operator was faster: it says who and what, claims nothing, and the next press acts (${size})`, async () => {
      const event = await begun(runtime, `conflict-${size}`, 60_000, { title: "Spring gala" });
      await event.command("pause", { actor: "tom" });
      const { page, faults } = await signedIn(`conflict-${size}`, size);
      await seen(page, "#status", /^HELD$/);
      const gate = await hold(page);
      await follow(page);
      await press(page, "#go", size);
      await until(async () => gate.count, (count) => count > 0, "the command to leave");
      await event.command("announce", { actor: "tom", reason: "fire drill", message: "Leave the hall" });
      gate.open();
      await seen(page, "#course-title", /^GO not done: the event has changed$/);
      const lines = await page.textContent("#course-lines");
      assert.match(lines!, /Last change: announce by tom at \d\d:\d\d:\d\d, “fire drill”/);
      assert.match(lines!, /It is now HELD at \d+:\d\d, rev 3\. Nothing was done\./);
      assert.equal(await page.locator("#course").getAttribute("data-tone"), "refused");
      assert.ok((await followed(page)).every((told) => !told.startsWith("done")), "nothing claimed");
      assert.equal((await event.time()).status, "paused");
      await seen(page, "#log-entries li:first-child", /announce by tom.*Leave the hall.*because: fire drill/);
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-conflict-${size}`);
      await press(page, "#go", size);
      await seen(page, "#course-title", /^GO in effect/);
      await seen(page, "#status", /^RUNNING$/);
      assert.deepEqual(unasked(faults, /409/), []);
      await page.context().close();
    });

    test(`messages: typed text survives, is shown as text, and goes out alone or with a hold (${size})`, async () => {
      const event = await begun(runtime, `message-${size}`, 60_000, { title: MARKUP.padEnd(120, "x") });
      const { page, faults } = await signedIn(`message-${size}`, size);
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
      await seen(page, "#compose-says", /“de” has 501 characters, at most 500 fit/);
      await page.fill("#text-de", german);
      await press(page, "#announce", size);
      await seen(page, "#course-title", /^ANNOUNCE in effect/);
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
      await seen(page, "#course-title", /^CLEAR in effect/);
      await seen(page, "#message", /^$/);
      await page.selectOption("#template", { label: "Technical problem, stay here" });
      assert.match(await page.inputValue("#text-fr"), /problème technique/);
      await press(page, "#hold-with", size);
      await seen(page, "#course-title", /^HOLD in effect/);
      await seen(page, "#message", /^We have a technical problem/);
      const { messages, status } = await event.state();
      assert.deepEqual([status, messages.at(-1)!.severity], ["paused", "major"]);
      assert.deepEqual(Object.keys(messages.at(-1)!.text!).sort(), ["de", "en", "es", "fr"]);
      assert.deepEqual(unasked(faults), []);
      await page.context().close();
    });

    test(`what cannot be taken back is asked before: seek and the end (${size})`, async () => {
      const event = await show(runtime, `asks-${size}`, 60_000, [moment("bell", 120_000), state("song", 180_000, 300_000)]);
      await event.put({ title: "Spring gala" });
      await event.command("pause");
      const { page, faults } = await signedIn(`asks-${size}`, size);
      await seen(page, "#status", /^HELD$/);
      const before = (await event.state()).rev;
      await page.fill("#seek-to", "3:75");
      await press(page, "#seek-go", size);
      await seen(page, "#seek-says", /M:SS or H:MM:SS/);
      await page.fill("#seek-to", "4:00");
      await press(page, "#seek-go", size);
      await seen(page, "#dialog-lines", /^From 1:0\d to 4:00, for every viewer\.Skips 2 cues: bell, song\./);
      await seen(page, "#dialog-lines", /The event is held and stays held there\.$/);
      assert.deepEqual(await barriers(page), []);
      await picture(page, `console-seek-${size}`);
      await page.keyboard.press("Escape");
      assert.equal((await event.state()).rev, before, "nothing was sent");
      await press(page, "#seek-go", size);
      await press(page, "#dialog-yes", size);
      await seen(page, "#course-title", /^SEEK in effect/);
      await seen(page, "#position", /^4:00$/);
      await press(page, "[data-by='-10000']", size);
      await seen(page, "#dialog-lines", /From 4:00 to 3:50/);
      await press(page, "#dialog-yes", size);
      await seen(page, "#position", /^3:50$/);

      await press(page, "#end", size);
      await seen(page, "#dialog-lines", new RegExp(`Spring gala \\(event asks-${size}\\) is then over`));
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
      assert.deepEqual(unasked(faults), []);
      await page.context().close();
    });
  }
});

describe("on good nights and on bad ones", { concurrency: 3 }, () => {
  test("a whole hold and go by keyboard alone: by Tab and Enter, and by its keys", async () => {
    const event = await begun(runtime, "keyboard", 60_000);
    const { page, faults } = await openConsole("keyboard", "desktop");
    await page.locator("#token").waitFor();
    await page.keyboard.insertText(TOKENS.all);
    await page.keyboard.press("Enter");
    await page.locator("#console").waitFor();
    await live(page);
    const tabTo = async (id: string) => {
      const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
      for (let tries = 0; (await focused()) !== id; tries++) {
        assert.ok(tries < 60, `Tab never comes to #${id}`);
        await page.keyboard.press("Tab");
      }
    };
    await tabTo("hold");
    await page.keyboard.press("Enter");
    await seen(page, "#status", /^HELD$/);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "hold", "the focus stays where it was");
    await tabTo("go");
    await page.keyboard.press("Enter");
    await seen(page, "#status", /^RUNNING$/);
    await seen(page, "#spoken", /running|in effect/);

    await page.keyboard.press("h");
    await seen(page, "#status", /^HELD$/);
    await page.keyboard.press("g");
    await seen(page, "#status", /^RUNNING$/);
    await page.keyboard.press("Control+h");
    await page.keyboard.press("m");
    await page.keyboard.type("hgu");
    assert.equal(await page.inputValue("#text-en"), "hgu", "typed, not done");
    await page.keyboard.press("Tab");
    await page.keyboard.press("?");
    await page.locator("#keys").waitFor();
    assert.deepEqual(await barriers(page), []);
    await picture(page, "console-keys-desktop");
    // The emergency is heard whatever is asked.
    await page.keyboard.press("h");
    await seen(page, "#status", /^HELD$/);
    await page.keyboard.press("Escape");
    assert.deepEqual((await event.log()).map(({ name }) => name), ["pause", "resume", "pause", "resume", "pause", "create"]);
    // What is not known to be harmless would be asked about.
    await seen(page, "#undo", /^Undo: hold by all at /);
    await page.keyboard.press("u");
    await seen(page, "#status", /^RUNNING$/);
    assert.deepEqual(unasked(faults), []);
    await page.context().close();
  });

  test("an answer that is held back: no word of success until it is there, then one command", async () => {
    const event = await begun(runtime, "slow", 60_000);
    const { page, faults } = await signedIn("slow", "phone");
    await live(page);
    const gate = await hold(page);
    await follow(page);
    await press(page, "#hold", "phone");
    await press(page, "#hold", "phone");
    await seen(page, "#course-title", /^no answer to HOLD for \d+ s$/);
    assert.match((await page.textContent("#course-lines"))!, /^Viewers may not be held\./);
    await until(async () => gate.count, (count) => count >= 2, "another try");
    assert.equal(new Set(gate.ids).size, 1, "all tries are one command");
    assert.equal(await page.textContent("#status"), "RUNNING");
    for (const told of await followed(page)) assert.match(told, /^(waiting: sending HOLD|doubtful: no answer to HOLD)/);
    await picture(page, "console-no-answer-phone");
    gate.open();
    await seen(page, "#course-title", /^HOLD in effect/);
    await seen(page, "#status", /^HELD$/);
    assert.deepEqual((await event.log()).map(({ name }) => name), ["pause", "create"]);
    assert.deepEqual(unasked(faults), []);
    await page.context().close();
  });

  test("HOLD never waits: it goes past a GO that has no answer", async () => {
    const event = await begun(runtime, "past", 60_000);
    await event.command("pause");
    const { page } = await signedIn("past", "phone");
    await seen(page, "#status", /^HELD$/);
    const gate = await hold(page, "resume");
    await press(page, "#go", "phone");
    await until(async () => gate.count, (count) => count > 0, "GO to leave");
    const whyNot = () => page.locator("#announce").getAttribute("title");
    await until(whyNot, (words) => /GO is on its way/.test(words ?? ""), "the others to wait");
    // What is known says held; while GO is on its way HOLD still means something.
    await press(page, "#hold", "phone");
    await seen(page, "#course-title", /^HOLD in effect/);
    assert.match((await page.textContent("#course-lines"))!, /GO was given up for this/);
    gate.open();
    assert.deepEqual((await event.log()).map(({ name }) => name), ["pause", "pause", "create"]);
    await page.context().close();
  });

  test("the worker is down: it says so plainly, tries on with the same command, and it is done once", async () => {
    const down = await Runtime.start("browser-console-down");
    const line = await network(down, { roundTrip: 2, jitter: 0, burst: 0, burstsPercent: 0 }, 1);
    try {
      const event = await begun(down, "down", 60_000);
      const { page } = await openPage(browser, `${line.url}/console?event=down`, "phone");
      await signIn(page, TOKENS.all);
      await live(page);
      await seen(page, "#figures", /1 socket/);
      await down.kill();
      await follow(page);
      await press(page, "#hold", "phone");
      await seen(page, "#way-out", /^downbeat pause --break-glass$/);
      await seen(page, "#course-title", /^no answer to HOLD for/);
      assert.match((await page.textContent("#course-lines"))!, /Viewers may not be held\..*cannot be reached/);
      assert.ok((await followed(page)).every((told) => /^(waiting|doubtful):/.test(told)));
      await page.locator(".light[data-state=holdover]").waitFor();
      await seen(page, "#audience-says", /^Not current: as of \d\d:\d\d:\d\d, \d+ s ago: the server cannot be reached\.$/);
      await seen(page, "#lost", /The server has not answered for .* each is sent until it is answered/);
      assert.equal(await page.locator("#go").getAttribute("aria-disabled"), "true", "HOLD is on its way");
      assert.deepEqual(await barriers(page), []);
      await picture(page, "console-down-phone");
      await down.restart();
      line.lead(down);
      await seen(page, "#course-title", /^HOLD in effect/);
      assert.match((await page.textContent("#course-lines"))!, /The answer came to try \d+; it was done once\./);
      assert.deepEqual((await event.log()).map(({ name }) => name), ["pause", "create"]);
      await page.context().close();
    } finally {
      line.end();
      await down.end();
    }
  });

  test("a command can be given up, and then nothing is claimed", async () => {
    const event = await begun(runtime, "given-up", 60_000);
    const { page } = await signedIn("given-up", "desktop");
    await live(page);
    const gate = await hold(page);
    await page.keyboard.press("h");
    await until(async () => gate.count, (count) => count > 0, "the command to leave");
    await page.click("#give-up");
    await seen(page, "#course-title", /^HOLD given up after \d+ s without an answer$/);
    await seen(page, "#course-lines", /not known: look at the status and at the log/);
    gate.open();
    assert.equal((await event.time()).status, "running");
    await page.click("#close-course");
    assert.equal(await page.locator("#course").isVisible(), false);
    await page.context().close();
  });

  test("a token with fewer scopes: what it may not do is disabled and says why", async () => {
    const event = await begun(runtime, "scopes", 60_000);
    const { page } = await signedIn("scopes", "phone", TOKENS.reader);
    await seen(page, "#log-entries", /create by/);
    for (const id of ["hold", "go", "announce", "hold-with", "clear", "seek-go", "undo", "end"]) {
      const button = page.locator(`#${id}`);
      assert.equal(await button.getAttribute("aria-disabled"), "true", id);
      assert.match((await button.getAttribute("title"))!, /no scope “operate”/, id);
    }
    await seen(page, "#may", /may not change the event/);
    await page.locator("#hold").click({ force: true });
    await page.keyboard.press("h");
    assert.equal((await event.log()).length, 1);
    assert.deepEqual(await barriers(page), []);
    await picture(page, "console-reader-phone");
    await page.context().close();

    const { page: other } = await signedIn("scopes", "desktop", TOKENS.operator);
    await live(other);
    await seen(other, "#log-says", /no scope “read”/);
    await seen(other, "#audience-says", /no scope “read”/);
    await picture(other, "console-no-read-desktop");
    await other.keyboard.press("h");
    await seen(other, "#status", /^HELD$/);
    await seen(other, "#undo", /^Undo the last change \(rev 2\)$/);
    await other.context().close();
  });

  test("a token that is no longer valid leads back to the way in, and says what was not done", async () => {
    const event = await begun(runtime, "withdrawn", 60_000);
    const { page } = await signedIn("withdrawn", "phone");
    await live(page);
    await page.route("**/commands", (route) => route.fulfill({
      status: 401,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "", title: "", status: 401, code: "unauthorized", detail: "this token has expired" }),
    }));
    await press(page, "#hold", "phone");
    await page.locator("#token").waitFor();
    await seen(page, "#entry-says", /Signed out: this token has expired\. HOLD was not done\./);
    assert.deepEqual(await keeps(page, "dbt_"), []);
    await page.unroute("**/commands");
    await page.fill("#token", TOKENS.all);
    await page.keyboard.press("Enter");
    await seen(page, "#course-title", /^HOLD not done$/);
    assert.equal((await event.time()).status, "running");
    await page.context().close();
  });

  test("the log: the newest first, older entries by the button", async () => {
    const event = await begun(runtime, "log", 60_000);
    for (let number = 1; number <= 24; number++) {
      await event.command("announce", { message: `number ${number}`, actor: "tom" });
    }
    const { page, faults } = await signedIn("log", "phone");
    const said = () => page.locator("#log-entries .said").allTextContents();
    await until(said, (lines) => lines.length === 20, "a page of the log");
    assert.deepEqual((await said()).slice(0, 2), ["“number 24”", "“number 23”"]);
    await page.tap("#log-more");
    await until(() => page.locator("#log-entries li").count(), (count) => count === 25, "the rest");
    assert.equal(await page.locator("#log-more").isVisible(), false);
    await event.command("announce", { message: "number 25", actor: "tom" });
    await until(said, ([first]) => first === "“number 25”", "what is new");
    assert.equal(await page.locator("#log-entries li").count(), 26, "and the older ones are still there");
    assert.deepEqual(unasked(faults), []);
    await page.context().close();
  });

  test("several events: the other one is a choice away, and the token stays", async () => {
    await begun(runtime, "first-of-two", 60_000);
    await begun(runtime, "second-of-two", -60_000, { title: "The other one" });
    const { page, faults } = await signedIn("first-of-two", "desktop");
    await page.locator("#event").waitFor();
    await page.selectOption("#event", "second-of-two");
    await page.waitForURL(/event=second-of-two$/);
    await seen(page, "#title", /^The other one$/);
    await seen(page, "#status", /^SCHEDULED$/);
    await seen(page, "#position", /^−0:\d\d$/);
    await seen(page, "#beside", /begins at \d\d:\d\d:\d\d/);
    await picture(page, "console-scheduled-desktop");
    await page.keyboard.press("h");
    await seen(page, "#status", /^HELD$/);
    assert.deepEqual(unasked(faults), []);
    await page.context().close();
  });
});

/** Opens the console of an event. */
function openConsole(event: string, size: Size): Promise<{ page: Page; faults: string[] }> {
  return openPage(browser, `${runtime.url}/console?event=${event}`, size);
}

async function signedIn(event: string, size: Size, token: string = TOKENS.all): Promise<{ page: Page; faults: string[] }> {
  const opened = await openConsole(event, size);
  await signIn(opened.page, token);
  return opened;
}
