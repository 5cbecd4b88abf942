// The operator's console by keyboard alone, with tokens of fewer scopes, and with a long log and several events.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { live, openConsole, press, seen, signedIn, stored, unexpected } from "./harness/console.ts";
import { barriers, intercept, picture, SIZES } from "./harness/page.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-console-access"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

describe("access", { concurrency: 2 }, () => {
  test("a whole hold and go by keyboard alone: by Tab and Enter, and by its keys", async () => {
    const event = await begun(runtime, "keyboard", 60_000);
    const { page, faults } = await openConsole(browser, runtime, "keyboard", "desktop");
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
    // The emergency key works even while a dialog is open, and closes it, as it hides the answer.
    await page.keyboard.press("h");
    await seen(page, "#status", /^HELD$/);
    assert.equal(await page.locator("#keys").isVisible(), false);
    assert.deepEqual((await event.log()).map(({ name }) => name), ["pause", "resume", "pause", "resume", "pause", "create"]);
    // A harmless change is undone without asking.
    await seen(page, "#undo", /^Undo: hold by all at /);
    await page.keyboard.press("u");
    await seen(page, "#status", /^RUNNING$/);
    assert.deepEqual(unexpected(faults), []);
    await page.context().close();
  });

  test("a token with fewer scopes: what it cannot do is disabled, with the reason", async () => {
    const event = await begun(runtime, "scopes", 60_000);
    const { page } = await signedIn(browser, runtime, "scopes", "phone", TOKENS.reader);
    await seen(page, "#log-entries", /create by/);
    for (const id of ["hold", "go", "announce", "hold-with", "clear", "seek-go", "undo", "end"]) {
      const button = page.locator(`#${id}`);
      assert.equal(await button.getAttribute("aria-disabled"), "true", id);
      const scope = ["seek-go", "undo", "end"].includes(id) ? "operate" : "hold";
      assert.match((await button.getAttribute("title"))!, new RegExp(`lacks the scope “${scope}”`), id);
    }
    await seen(page, "#cannot-operate", /cannot change this: it lacks the scope “hold”/);
    await page.locator("#hold").click({ force: true });
    await page.keyboard.press("h");
    assert.equal((await event.log()).length, 1);
    assert.deepEqual(await barriers(page), []);
    await picture(page, "console-reader-phone");
    await page.context().close();

    const { page: other } = await signedIn(browser, runtime, "scopes", "desktop", TOKENS.operator);
    await live(other);
    await seen(other, "#log-note", /lacks the scope “read”/);
    await seen(other, "#audience-note", /lacks the scope “read”/);
    await picture(other, "console-no-read-desktop");
    await other.keyboard.press("h");
    await seen(other, "#status", /^HELD$/);
    await seen(other, "#undo", /^Undo the last change \(rev 2\)$/);
    await other.context().close();
  });

  test("a token that is no longer valid leads back to the sign-in, which says what was not applied", async () => {
    const event = await begun(runtime, "withdrawn", 60_000);
    const { page } = await signedIn(browser, runtime, "withdrawn", "phone");
    await live(page);
    await intercept(page, "**/commands", (route) => route.fulfill({
      status: 401,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "", title: "", status: 401, code: "unauthorized", detail: "this token has expired" }),
    }));
    await press(page, "#hold", "phone");
    await page.locator("#token").waitFor();
    await seen(page, "#sign-in-note", /Signed out: this token has expired\. HOLD was not applied\./);
    assert.deepEqual(await stored(page, "dbt_"), []);
    await page.unroute("**/commands");
    await page.fill("#token", TOKENS.all);
    await page.keyboard.press("Enter");
    await seen(page, "#progress-title", /^HOLD not applied$/);
    assert.equal((await event.time()).status, "running");
    await page.context().close();
  });

  test("over http to another machine no token is sent, unless the address says so; a link never", async () => {
    await begun(runtime, "plain-http", 60_000);
    // The same worker, under a name that browsers do not take for this machine.
    const context = await browser.newContext({ viewport: SIZES.phone });
    const asked: string[] = [];
    await context.route("http://console.test/**", async (route) => {
      const { pathname, search } = new URL(route.request().url());
      asked.push(pathname);
      await route.fulfill({ response: await route.fetch({ url: `${runtime.url}${pathname}${search}` }) });
    });
    const open = async (rest: string) => {
      const page = await context.newPage();
      await page.goto(`http://console.test/console?event=plain-http${rest}`);
      await page.locator("#token").waitFor();
      return page;
    };
    const enter = async (page: Page) => {
      await page.fill("#token", TOKENS.all);
      await page.keyboard.press("Enter");
    };
    const page = await open("");
    assert.equal(await page.evaluate(() => isSecureContext), false);
    await enter(page);
    await seen(page, "#sign-in-note", /this page is not encrypted.*Open it with https\.$/);
    assert.deepEqual(await stored(page, "dbt_"), []);
    await page.close();
    const linked = await open(`#sign-in=dbl_maria-phone_${"0".repeat(40)}`);
    await seen(linked, "#sign-in-note", /^A link signs in over https only\./);
    assert.ok(!linked.url().includes("dbl_"), "the code stays in no address");
    await linked.close();
    assert.deepEqual(asked.filter((path) => path === "/v1/token"), [], "no token, no code");

    const trusting = await open("&insecure");
    await enter(trusting);
    await trusting.locator("#console").waitFor();
    assert.deepEqual(asked.filter((path) => path === "/v1/token"), ["/v1/token"]);
    // What the console asks for again and again may be on its way.
    await context.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  });

  test("the log: the newest first, older entries by the button", async () => {
    const event = await begun(runtime, "log", 60_000);
    for (let number = 1; number <= 24; number++) {
      await event.command("announce", { message: `number ${number}`, actor: "tom" });
    }
    const { page, faults } = await signedIn(browser, runtime, "log", "phone");
    const said = () => page.locator("#log-entries .detail-line").allTextContents();
    await until(said, (lines) => lines.length === 20, "a page of the log");
    assert.deepEqual((await said()).slice(0, 2), ["“number 24”", "“number 23”"]);
    await page.tap("#log-older");
    await until(() => page.locator("#log-entries li").count(), (count) => count === 25, "the rest");
    assert.equal(await page.locator("#log-older").isVisible(), false);
    await event.command("announce", { message: "number 25", actor: "tom" });
    await until(said, ([first]) => first === "“number 25”", "what is new");
    assert.equal(await page.locator("#log-entries li").count(), 26, "and the older ones are still there");
    assert.deepEqual(unexpected(faults), []);
    await page.context().close();
  });

  test("several events: choosing another keeps the token", async () => {
    await begun(runtime, "first-of-two", 60_000);
    await begun(runtime, "second-of-two", -60_000, { title: "The other one" });
    const { page, faults } = await signedIn(browser, runtime, "first-of-two", "desktop");
    await page.locator("#event").waitFor();
    await page.selectOption("#event", "second-of-two");
    await page.waitForURL(/event=second-of-two$/);
    await seen(page, "#title", /^The other one$/);
    await seen(page, "#status", /^SCHEDULED$/);
    await seen(page, "#position", /^−0:\d\d$/);
    await seen(page, "#detail", /begins at \d\d:\d\d:\d\d/);
    await picture(page, "console-scheduled-desktop");
    await page.keyboard.press("h");
    await seen(page, "#status", /^HELD$/);
    assert.deepEqual(unexpected(faults), []);
    await page.context().close();
  });
});
