// Signing a phone's console in with a link: the code in the fragment works once, and never is the token.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun, call } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { sha256, TOKENS } from "../edge/harness/tokens.ts";
import { launch } from "./harness/chromium.ts";
import { live, openConsole, press, seen, signIn, stored, unexpected } from "./harness/console.ts";
import { barriers, intercept, openPage, picture } from "./harness/page.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-console-link"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

/** Adds a token with a link; returns the link's fragment. */
async function link(id: string, more: object = {}): Promise<string> {
  const code = `dbl_${id}_${randomBytes(20).toString("hex")}`;
  const body = { id, scopes: ["hold", "read"], expires: null, codeSha256: sha256(code), ...more };
  const added = await call(runtime, "POST", "/v1/tokens", { token: TOKENS.all, body });
  assert.equal(added.status, 201, added.text);
  return `#sign-in=${code}`;
}

const open = (event: string, fragment: string) =>
  openPage(browser, `${runtime.url}/console?event=${event}${fragment}`, "phone");

async function use(page: Page): Promise<void> {
  await page.locator("#link-text").waitFor();
  await page.fill("#actor", "maria");
  await page.tap("#sign-in-button");
}

describe("sign-in link", { concurrency: 2 }, () => {
  test("a link signs a phone in, which can hold and not seek, and the log names it", async () => {
    const event = await begun(runtime, "link", 60_000);
    const fragment = await link("maria-phone");
    const { page, faults } = await open("link", fragment);
    await seen(page, "#link-text", /signs this device in as “maria-phone”/);
    assert.equal(await page.locator("#token").isVisible(), false);
    assert.equal(new URL(page.url()).hash, "", "the code stays in no address");
    assert.deepEqual(await barriers(page), []);
    await picture(page, "console-link-phone");
    await use(page);
    await page.locator("#console").waitFor();
    await live(page);
    const [kept] = await stored(page, "dbt_");
    assert.match(kept!, /dbt_maria-phone_[0-9a-f]{64}/);
    assert.deepEqual(await stored(page, "dbl_"), []);
    await press(page, "#hold", "phone");
    await seen(page, "#status", /^HELD$/);
    assert.match((await page.locator("#seek-go").getAttribute("title"))!, /lacks the scope “operate”/);
    assert.deepEqual([(await event.log())[0]!.token, (await event.log())[0]!.actor], ["maria-phone", "maria"]);
    await picture(page, "console-hold-only-phone");

    // Opened again elsewhere: it says so, and there is still the way with a token.
    const { page: other } = await open("link", fragment);
    await use(other);
    await seen(other, "#sign-in-note", /was used before, and it works once; if that was not you, .*token revoke maria-phone/);
    assert.equal(await other.locator("#token").isVisible(), true);
    await picture(other, "console-link-used-phone");
    await other.context().close();

    // Revoked: the phone is out, and says why.
    await call(runtime, "DELETE", "/v1/tokens/maria-phone", { token: TOKENS.all });
    // Whatever the page asks for next tells it. Its own requests for figures may be faster than this finger.
    await page.evaluate(() => document.querySelector<HTMLElement>("#go")!.click());
    await seen(page, "#sign-in-note", /Signed out: this token was revoked/);
    assert.equal((await event.time()).status, "paused");
    assert.deepEqual(await stored(page, "dbt_"), []);
    // The browser itself reports the answer that ended the session.
    assert.deepEqual(unexpected(faults).filter((fault) => !fault.includes("status of 401")), []);
    await page.context().close();
  });

  test("a lost answer is asked for again, with the same token", async () => {
    await begun(runtime, "lost-answer", 60_000);
    const { page } = await open("lost-answer", await link("lost-phone"));
    let lost = 0;
    await intercept(page, "**/v1/token", async (route) => {
      if (route.request().method() !== "POST" || lost++ > 0) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await use(page);
    await seen(page, "#sign-in-note", /Not signed in: the server cannot be reached\. Try again\./);
    await page.tap("#sign-in-button");
    await page.locator("#console").waitFor();
    await page.context().close();
  });

  test("a link that is expired or cut off says what to do", async () => {
    await begun(runtime, "bad-link", 60_000);
    const { page } = await open("bad-link", `#sign-in=dbl_nobody_${"0".repeat(40)}`);
    await use(page);
    await seen(page, "#sign-in-note", /the server does not know this link; .*ask for a new link/);
    await page.context().close();
    const { page: cut } = await open("bad-link", "#sign-in=dbl_nobody_00");
    await seen(cut, "#sign-in-note", /The link is not complete/);
    assert.equal(await cut.locator("#token").isVisible(), true);
    await cut.context().close();
    const { page: late } = await open("bad-link", await link("late-phone"));
    await intercept(late, "**/v1/token", (route) => route.fulfill({
      status: 410,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "", title: "", status: 410, code: "code-expired", detail: "this link has expired" }),
    }));
    await use(late);
    await seen(late, "#sign-in-note", /Not signed in: this link has expired/);
    await late.context().close();
  });

  test("a link takes nobody's controls away, and a token of another event says so", async () => {
    await begun(runtime, "gala-link", 60_000);
    await begun(runtime, "elsewhere", 60_000);
    const { page } = await openConsole(browser, runtime, "elsewhere", "phone");
    await signIn(page, TOKENS.gala);
    await seen(page, "#cannot-operate", /not for this event/);
    await picture(page, "console-other-event-phone");
    await page.evaluate((fragment) => { location.hash = fragment; }, await link("second-phone"));
    await seen(page, "#why-not", /signed in already/);
    assert.match((await stored(page, "dbt_"))[0]!, /dbt_gala_/);
    await page.context().close();
  });
});
