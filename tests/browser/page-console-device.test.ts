// A console that stays signed in: with a key of its own that can be listed and revoked. And one on a phone, by a code to scan.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import decodeQR from "qr/decode.js";
import { begun, call } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { live, openConsole, press, seen, unexpected } from "./harness/console.ts";
import { barriers, intercept, openPage, picture } from "./harness/page.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-console-device"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

interface Listed {
  id: string;
  scopes: string[];
  device?: boolean;
  madeBy?: string;
  revokedAt?: number;
}

/** Returns what `token list` shows of a token. */
async function listed(id: string): Promise<Listed | undefined> {
  const answer = await call<{ tokens: Listed[] }>(runtime, "GET", "/v1/tokens", { token: TOKENS.all });
  return answer.body.tokens.find((one) => one.id === id);
}

/** Returns the token that the page has stored for the tab, or on the device. */
function token(page: Page, area: "sessionStorage" | "localStorage"): Promise<string | null> {
  return page.evaluate((area) => window[area].getItem("downbeat console token"), area);
}

/** Signs in as maria, to stay so. */
async function stayIn(page: Page, shown?: string): Promise<void> {
  await page.locator("#remember").waitFor();
  await page.fill("#actor", "maria");
  if (shown !== undefined) await page.fill("#token", shown);
  await page.check("#remember");
  await page.click("#sign-in-button");
  await page.locator("#console").waitFor();
}

describe("a device", { concurrency: 2 }, () => {
  test("stays signed in with a key of its own, in every tab, until it signs out, which ends the key", async () => {
    const event = await begun(runtime, "stays", 60_000);
    const { page, faults } = await openConsole(browser, runtime, "stays", "phone");
    await page.locator("#remember").waitFor();
    assert.equal(await page.isChecked("#remember"), false, "nobody is remembered unasked");
    await picture(page, "console-remember-phone");
    assert.deepEqual(await barriers(page), []);
    await stayIn(page, TOKENS.operator);
    const own = (await token(page, "localStorage"))!;
    const id = /^dbt_(operator-device-[0-9a-f]{6})_[0-9a-f]{64}$/.exec(own)?.[1];
    assert.ok(id, `${own} is a key of its own`);
    assert.equal(await token(page, "sessionStorage"), null);
    assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...localStorage, ...sessionStorage }))).includes(TOKENS.operator), "the token itself is not left behind");
    const { device, madeBy, scopes, revokedAt } = (await listed(id))!;
    assert.deepEqual({ device, madeBy, scopes, revokedAt }, { device: true, madeBy: "operator", scopes: ["operate"], revokedAt: undefined });
    await live(page);
    await press(page, "#hold", "phone");
    await seen(page, "#status", /^HELD$/);
    assert.deepEqual([(await event.log())[0]!.token, (await event.log())[0]!.actor], [id, "maria"]);

    // The browser is opened again: no tab has anything, the device has.
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await tab.locator("#console").waitFor();
    await live(tab);
    await tab.tap("#sign-out");
    await tab.locator("#token").waitFor();
    await seen(page, "#sign-in-note", /signed out in another tab/);
    assert.equal(await token(tab, "localStorage"), null);
    await until(() => listed(id), (one) => one?.revokedAt !== undefined, "the key to end");
    assert.equal((await call(runtime, "GET", "/v1/token", { token: own })).status, 401);
    assert.equal((await call(runtime, "GET", "/v1/token", { token: TOKENS.operator })).status, 200, "the token that it came from goes on");
    assert.deepEqual(unexpected(faults, /401/), []);
    await page.context().close();
  });

  test("is signed out when its key is revoked, and keeps nothing", async () => {
    await begun(runtime, "revoked", 60_000);
    const { page } = await openConsole(browser, runtime, "revoked", "desktop");
    await stayIn(page, TOKENS.all);
    const own = (await token(page, "localStorage"))!;
    const id = own.split("_")[1]!;
    assert.deepEqual((await listed(id))!.scopes.includes("admin"), false, "a console's key makes no tokens");
    const revoked = await call(runtime, "DELETE", `/v1/tokens/${id}`, { token: TOKENS.all });
    assert.equal(revoked.status, 200, revoked.text);
    await page.reload();
    await seen(page, "#sign-in-note", /Signed out: this token was revoked/);
    assert.equal(await token(page, "localStorage"), null);
    await page.context().close();
  });

  test("that may not have a key is signed in for the tab, and told why", async () => {
    await begun(runtime, "no-key", 60_000);
    const { page } = await openConsole(browser, runtime, "no-key", "desktop");
    await intercept(page, "**/v1/tokens", (route) => route.fulfill({
      status: 409,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "", title: "", status: 409, code: "token-conflict", detail: "this token has 10 devices" }),
    }));
    await stayIn(page, TOKENS.all);
    await seen(page, "#why-not", /^Signed in for this tab only: this token has 10 devices\.$/);
    assert.equal(await token(page, "localStorage"), null);
    assert.equal(await token(page, "sessionStorage"), TOKENS.all);
    await page.context().close();
  });

  test("a phone scans the code of the console, holds, and stays signed in with the key of its link", async () => {
    const event = await begun(runtime, "scan", 60_000, { title: "Spring gala" });
    const { page, faults } = await openConsole(browser, runtime, "scan", "desktop");
    await page.locator("#token").waitFor();
    await page.fill("#token", TOKENS.operator);
    await page.keyboard.press("Enter");
    await page.locator("#console").waitFor();
    await press(page, "#show-phone", "desktop");
    const code = page.locator("#qr svg");
    await code.waitFor();
    assert.deepEqual(await barriers(page), []);
    await picture(page, "console-phone-desktop");
    // As a camera sees it.
    const shot = (await code.screenshot()).toString("base64");
    const eye = await browser.newPage();
    const pixels = await eye.evaluate(async (shot) => {
      const image = new Image();
      image.src = `data:image/png;base64,${shot}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      return { width: image.width, height: image.height, data: [...context.getImageData(0, 0, image.width, image.height).data] };
    }, shot);
    await eye.close();
    const link = decodeQR({ ...pixels, data: Uint8ClampedArray.from(pixels.data) });
    assert.ok(link.startsWith(`${runtime.url}/console?event=scan#sign-in=dbl_operator-phone-`), link);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#qr svg").count(), 0, "a code that nobody looks at is gone");
    assert.equal((await event.time()).status, "running");

    const { page: phone } = await openPage(browser, link, "phone");
    await phone.locator("#link-text").waitFor();
    await stayIn(phone);
    assert.match((await token(phone, "localStorage"))!, /^dbt_operator-phone-/);
    await phone.reload();
    await live(phone);
    await press(phone, "#hold", "phone");
    await seen(page, "#status", /^HELD$/);
    assert.match((await event.log())[0]!.token, /^operator-phone-[0-9a-f]{6}$/);
    assert.deepEqual(unexpected(faults), []);
    await phone.context().close();
    await page.context().close();
  });
});
