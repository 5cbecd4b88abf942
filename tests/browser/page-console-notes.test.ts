// Notes for the crew in the console: with the cue that comes next, for those who may read them, and never as markup.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { call } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { live, overflow, seen, signedIn, unexpected } from "./harness/console.ts";
import { barriers, picture, type Size, SIZES } from "./harness/page.ts";
import { moment, show, state } from "./harness/show.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-console-notes"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

const MARKUP = `<img src=x onerror="document.title='owned'">\u202e`;

describe("notes", { concurrency: 2 }, () => {
  for (const size of Object.keys(SIZES) as Size[]) {
    test(`the cue that comes next has its note, owner and flags, and the one after it takes its turn (${size})`, async () => {
      const event = await show(runtime, `notes-${size}`, 300_000, [
        state("song", 0, 600_000),
        { ...moment("burst", 400_000), note: "Only after the conductor nods. If she waits, wait with her.", owner: "Ana", group: "act 1", flags: ["rehearse", "loud"] },
        { ...moment("smoke", 400_000), owner: "Luís" },
        { ...moment("odd", 500_000), note: MARKUP, owner: MARKUP },
        moment("plain", 600_000),
      ]);
      const { page, faults } = await signedIn(browser, runtime, event.name, size);
      await live(page);
      await seen(page, "#next-cues li:first-child .note", /^Only after the conductor nods\. If she waits, wait with her\.$/);
      const tags = (row: number) => page.locator(`#next-cues li:nth-child(${row}) .tags bdi`).allTextContents();
      assert.deepEqual([await tags(1), await tags(2), await tags(3)], [["Ana", "act 1", "rehearse", "loud"], ["Luís"], []], "cues of one instant");
      // An arm's length is 60 cm, at which 20 px of a phone are 7 mm of a printed page.
      const sizes = await page.locator("#next-cues .note").evaluateAll((all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize)));
      assert.deepEqual(sizes, [20]);
      assert.equal(await overflow(page), 0);
      assert.deepEqual(await barriers(page), []);
      await page.locator("#next-cues li:first-child").scrollIntoViewIfNeeded();
      await picture(page, `console-notes-${size}`);

      await event.command("seek", { position: 450_000 });
      await seen(page, "#next-cues li:first-child .note", /^<img src=x/);
      assert.equal(await page.locator("#next-cues img").count(), 0);
      assert.notEqual(await page.title(), "owned");
      assert.equal(await overflow(page), 0);
      await event.command("seek", { position: 550_000 });
      await seen(page, "#next-cues li:first-child .id", /^plain$/);
      assert.equal(await page.locator("#next-cues .crew").count(), 0);
      assert.deepEqual(unexpected(faults), []);
      await page.context().close();
    });
  }

  test("notes that are published anew are shown, and an operator who may not read sees none", async () => {
    const event = await show(runtime, "renewed", 300_000, [{ ...moment("burst", 900_000), note: "first" }]);
    const { page } = await signedIn(browser, runtime, "renewed", "desktop");
    await seen(page, "#next-cues .note", /^first$/);
    const { rundown } = await event.state();
    const body = { cues: [{ cue: "burst", note: "second" }] };
    const put = await call(runtime, "PUT", `${event.path}/rundowns/${rundown}/notes`, { token: TOKENS.publisher, body });
    assert.equal(put.status, 200, put.text);
    // As when the operator looks at the page again, and otherwise once a minute.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await seen(page, "#next-cues .note", /^second$/);

    await page.click("#sign-out");
    await page.fill("#token", TOKENS.holder);
    await page.keyboard.press("Enter");
    await page.locator("#console").waitFor();
    await seen(page, "#next-cues", /burst/);
    await until(() => page.textContent("#audience-note"), (text) => /read/.test(text!), "what the token lacks");
    assert.equal(await page.locator("#next-cues .note").count(), 0);
    await page.context().close();
  });
});
