// The one chord that holds from anywhere, Escape, other keyboard layouts, and how long a receipt stays.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun, type Event } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { holdBack, live, openConsole, press, seen, signedIn, unexpected } from "./harness/console.ts";
import { barriers, intercept, picture } from "./harness/page.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-console-keys"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

const CHORD = "Control+Shift+H";

const names = async (event: Event) => (await event.log()).map(({ name }) => name);

/** Lets the event go on, and waits until the page shows it. */
async function goOn(page: Page, event: Event): Promise<void> {
  await event.command("resume", { actor: "tom" });
  await seen(page, "#status", /^RUNNING$/);
}

type Key = { key: string; code: string; ctrlKey?: boolean; shiftKey?: boolean; isComposing?: boolean };

/** Presses a key as a keyboard with another layout reports it. */
function layoutKey(page: Page, init: Key): Promise<void> {
  return page.evaluate((one) => {
    (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { ...one, bubbles: true, cancelable: true }));
  }, init);
}

describe("keys", { concurrency: 2 }, () => {
  test("the chord holds from a text field and from every dialog; Escape only closes", async () => {
    const event = await begun(runtime, "chord", 60_000, { title: "Spring gala" });
    const { page, faults } = await signedIn(browser, runtime, "chord", "desktop");
    await live(page);
    assert.equal(await page.locator("#hold .chord").isVisible(), true, "the chord is shown beside HOLD");
    assert.deepEqual(await page.locator("#hold .chord kbd").allTextContents(), ["Ctrl", "Shift", "H"]);

    await page.focus("#text-en");
    await page.keyboard.type("Hugo goes h");
    await page.keyboard.press("Escape");
    await page.keyboard.press(CHORD);
    await seen(page, "#status", /^HELD$/);
    assert.equal(await page.inputValue("#text-en"), "Hugo goes h", "typed, and nothing lost");
    await page.keyboard.press("Escape");
    assert.deepEqual(await names(event), ["pause", "create"], "Escape did nothing");
    await goOn(page, event);

    const dialogs = [
      ["#show-keys", "#keys"], ["[data-by='60000']", "#dialog"], ["#end", "#dialog"],
    ] as const;
    for (const [button, dialog] of dialogs) {
      await press(page, button, "desktop");
      await page.locator(dialog).waitFor();
      await page.keyboard.press("Escape");
      await page.locator(dialog).waitFor({ state: "hidden" });
      assert.equal((await event.time()).status, "running", "Escape closed the dialog and did nothing else");
      await press(page, button, "desktop");
      await page.locator(dialog).waitFor();
      if (button === "#end") await page.fill("#dialog-typed", "chord");
      await page.keyboard.press(CHORD);
      await seen(page, "#status", /^HELD$/);
      assert.equal(await page.locator(dialog).isVisible(), false, "what it asked about has changed");
      await goOn(page, event);
    }
    assert.deepEqual((await names(event)).filter((name) => name === "pause").length, 4);
    assert.ok(!(await names(event)).includes("end"));
    assert.deepEqual(unexpected(faults), []);
    await page.context().close();
  });

  test("Escape closes a receipt, but nothing that is being sent, and never holds", async () => {
    const event = await begun(runtime, "escape", 60_000);
    const { page } = await signedIn(browser, runtime, "escape", "desktop");
    await live(page);
    for (let count = 0; count < 3; count++) await page.keyboard.press("Escape");
    const gate = await holdBack(page);
    await page.keyboard.press("h");
    // Where the key may have gone instead is in the error.
    const sent = async () => ({
      count: gate.count,
      focused: await page.evaluate<string>("document.activeElement?.outerHTML.slice(0, 200)"),
      shown: await page.textContent("#progress"),
    });
    await until(sent, ({ count }) => count > 0, "the command to leave");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#progress").isVisible(), true, "it is being sent");
    gate.open();
    await seen(page, "#progress-title", /^HOLD in effect/);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#progress").isVisible(), false);
    assert.deepEqual(await names(event), ["pause", "create"]);
    await page.context().close();
  });

  test("HOLD does not depend on the keyboard's layout, on an input method, or on a key that is held down", async () => {
    const event = await begun(runtime, "layouts", 60_000);
    const { page } = await signedIn(browser, runtime, "layouts", "desktop");
    await live(page);
    const chord = { ctrlKey: true, shiftKey: true };
    const presses: Key[] = [
      { key: "Р", code: "KeyH", ...chord }, // Russian
      { key: "Process", code: "KeyH", ...chord, isComposing: true }, // an input method
      { key: "H", code: "KeyJ", ...chord }, // Dvorak
      { key: "р", code: "KeyH" },
      { key: "ه", code: "KeyH" },
    ];
    for (const one of presses) {
      if (one.ctrlKey) await page.focus("#text-en");
      else await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      await layoutKey(page, one);
      await seen(page, "#status", /^HELD$/);
      await goOn(page, event);
    }
    const before = (await names(event)).length;
    // Dvorak's D is where H is printed elsewhere; the others are no chord of ours.
    for (const other of [{ key: "D", code: "KeyH", ...chord }, { key: "h", code: "KeyH", ctrlKey: true }, { key: "Alt", code: "AltLeft" }]) await layoutKey(page, other);
    await page.keyboard.down("Control");
    await page.keyboard.down("Shift");
    for (let count = 0; count < 20; count++) await page.keyboard.down("h");
    await page.keyboard.up("h");
    await page.keyboard.up("Shift");
    await page.keyboard.up("Control");
    await seen(page, "#status", /^HELD$/);
    assert.equal((await names(event)).length, before + 1, "a key that repeats is one press");
    await page.context().close();
  });

  test("signed out, the chord says that nothing is held", async () => {
    await begun(runtime, "signed-out", 60_000);
    const { page } = await openConsole(browser, runtime, "signed-out", "desktop");
    await page.locator("#token").waitFor();
    await page.keyboard.press(CHORD);
    await seen(page, "#sign-in-note", /^Nothing is held: sign in first\.$/);
    await page.context().close();
  });

  test("on a phone the receipt of what went well becomes one line after a while, and can be opened again", async () => {
    const event = await begun(runtime, "receipt", 60_000);
    const { page } = await signedIn(browser, runtime, "receipt", "phone");
    await live(page);
    assert.equal(await page.locator("#hold .chord").isVisible(), false, "a phone has no keys");
    await press(page, "#hold", "phone");
    await seen(page, "#progress-title", /^HOLD in effect/);
    const height = () => page.locator("#progress").evaluate((element) => element.getBoundingClientRect().height);
    await until(() => page.locator("#progress-lines").isVisible(), (visible) => visible, "the whole receipt");
    const whole = await height();
    await page.locator("#progress.brief").waitFor({ timeout: 30_000 });
    assert.equal(await page.locator("#progress-lines").isVisible(), false);
    assert.ok((await height()) < whole, "it gives room back");
    assert.match((await page.textContent("#progress-title"))!, /^HOLD in effect since/);
    assert.deepEqual(await barriers(page), []);
    await picture(page, "console-brief-phone");
    await press(page, "#more-progress", "phone");
    assert.equal(await page.locator("#progress-lines").isVisible(), true);
    // A refusal stays whole until it is read.
    await event.command("announce", { actor: "tom", message: "Hello" });
    await intercept(page, "**/commands", (route) => route.fulfill({
      status: 409,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "", title: "", status: 409, code: "stale", detail: "the event has changed" }),
    }));
    await press(page, "#go", "phone");
    await seen(page, "#progress-title", /^GO not applied/);
    assert.equal(await page.locator("#progress.brief").count(), 0);
    await page.context().close();
  });

  test("at a desk nothing lies below the fold, whatever the event says", async () => {
    const event = await begun(runtime, "fold", 60_000, { title: "The spring gala of the united choirs, second evening, ".repeat(3) });
    await event.command("announce", { actor: "tom", message: `${"We are back in a moment. ".repeat(18)}`, severity: "major" });
    const { page } = await signedIn(browser, runtime, "fold", "desktop");
    await live(page);
    await press(page, "#hold", "desktop");
    await seen(page, "#progress-title", /^HOLD in effect/);
    const below = () => page.evaluate(() => {
      const ids = ["hold", "go", "undo", "clear", "announce", "hold-with", "seek-go", "end", "sign-out", "progress", "message"];
      return ids.filter((id) => {
        const { bottom, right } = document.getElementById(id)!.getBoundingClientRect();
        return bottom > innerHeight || right > innerWidth - 20;
      });
    });
    assert.deepEqual(await below(), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), true, "the page does not scroll");
    assert.deepEqual(await barriers(page), []);
    await picture(page, "console-fold-desktop");
    // A smaller window scrolls in its zones, and what holds stays in sight.
    await page.setViewportSize({ width: 1280, height: 560 });
    assert.equal(await page.locator("#hold").evaluate((hold) => hold.getBoundingClientRect().bottom <= innerHeight), true);
    await page.context().close();
  });
});
