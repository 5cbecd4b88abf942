// A browser that keeps nothing: cookies blocked, a sandboxed frame, no storage at all, or a full one. Every page works, as long
// as it is open.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, describe, test } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { begun, type Event } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { executable, FLAGS, launch } from "./harness/chromium.ts";
import { live, seen, signIn, unexpected } from "./harness/console.ts";
import { picture } from "./harness/page.ts";
import { site } from "./harness/site.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-storage"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

/** What a browser may do to a page that touches storage; each runs in the page before anything else. */
const REFUSALS: Record<string, () => void> = {
  "every access throws a SecurityError": () => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"]) {
      Object.defineProperty(window, name, { get() { throw new DOMException("The operation is insecure.", "SecurityError"); } });
    }
    Object.defineProperty(document, "cookie", { get() { throw new DOMException("The operation is insecure.", "SecurityError"); } });
  },
  "storage is null": () => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB"]) Object.defineProperty(window, name, { value: null });
  },
  "storage is full": () => {
    for (const store of [localStorage, sessionStorage]) {
      // Until not one character more fits.
      for (let length = 1 << 22, part = 0; length >= 1; part++) {
        try {
          store.setItem(`full ${part}`, "x".repeat(length));
        } catch {
          length = length >> 1;
        }
      }
    }
  },
};

/** Opens the three pages of an event in a context, and uses each. Nothing may be blank, and nothing may throw. */
async function useAll(context: BrowserContext, event: Event, what: string): Promise<void> {
  const faults: string[] = [];
  const open = async (path: string): Promise<Page> => {
    const page = await context.newPage();
    page.on("pageerror", (error) => void faults.push(`${path}: ${error}`));
    await page.goto(`${runtime.url}${path}?event=${event.name}`);
    return page;
  };
  const [console, display, viewer] = [await open("/console"), await open("/display"), await open("/")];
  await console.locator("#no-storage").waitFor();
  assert.equal(await console.locator("#remember-field").isVisible(), false, `${what}: nothing can be remembered`);
  await picture(console, `console-no-storage`);
  await signIn(console, TOKENS.all);
  await seen(console, "#why-not", /keeps nothing for this page: you have to sign in again after a reload/);
  await live(console);
  await console.fill("#text-en", "Back in a moment");
  await console.click("#hold-with");
  await seen(console, "#status", /^HELD$/);
  await until(() => display.textContent("#label"), (label) => label === "HELD", `${what}: the display to hold`);
  await until(() => viewer.textContent("#message"), (text) => text === "Back in a moment", `${what}: the viewer to read it`);
  await console.click("#go");
  await until(() => display.textContent("#label"), (label) => label === "running", `${what}: the display to go on`);
  assert.deepEqual(unexpected(faults), [], what);
  await Promise.all([console, display, viewer].map((page) => page.close()));
}

describe("storage", { concurrency: 2 }, () => {
  for (const [index, [what, refuse]] of Object.entries(REFUSALS).entries()) {
    test(`${what}: every page works while it is open`, async () => {
      const context = await browser.newContext();
      await context.addInitScript(refuse);
      await useAll(context, await begun(runtime, `refused-${index}`, 60_000), what);
      await context.close();
    });
  }

  test("a browser that blocks cookies: every page works while it is open", async () => {
    const profile = mkdtempSync(`${tmpdir()}/downbeat-profile-`);
    mkdirSync(`${profile}/Default`);
    // As the setting "block all cookies" does: every access to storage throws.
    writeFileSync(`${profile}/Default/Preferences`, JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
    const context = await chromium.launchPersistentContext(profile, { executablePath: executable(), args: FLAGS });
    try {
      const page = await context.newPage();
      await page.goto(`${runtime.url}/display?event=blocked`);
      const refusal = await page.evaluate(() => { try { return String(localStorage.length); } catch (error) { return (error as Error).name; } });
      assert.equal(refusal, "SecurityError", "the browser does block it");
      await page.close();
      await useAll(context, await begun(runtime, "blocked", 60_000), "blocked");
    } finally {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    }
  });

  test("in a sandboxed frame, which has no origin and no storage, viewer and display work", async () => {
    const event = await begun(runtime, "sandbox", 60_000);
    for (const path of ["/", "/display"]) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => void faults.push(String(error)));
      // A page of the same server that frames it, as `frame-ancestors` allows.
      await page.goto(`${runtime.url}/favicon.svg`);
      await page.route("**/frame-of-the-test", (route) => route.fulfill({
        contentType: "text/html",
        body: `<!doctype html><iframe sandbox="allow-scripts" src="${path}?event=sandbox" width="800" height="600"></iframe>`,
      }));
      await page.goto(`${runtime.url}/frame-of-the-test`);
      const frame = page.frames().find((one) => one.parentFrame() !== null)!;
      await until(() => frame.evaluate(() => { try { return String(localStorage.length); } catch (error) { return (error as Error).name; } }), (name) => name === "SecurityError", "the frame to have no storage");
      await event.command("pause", { message: `Held for ${path}` });
      await until(() => frame.evaluate(() => document.querySelector("#message")?.textContent), (text) => text === `Held for ${path}`, `${path} in a sandbox`, 20_000);
      await event.command("resume");
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

  test("the client in a sandboxed frame of a site: it joins, follows and leaves", async () => {
    const event = await begun(runtime, "sandboxed-site", 60_000);
    const home = await site();
    home.put("/frame.html", "<!doctype html><title>a frame</title>");
    home.put("/host.html", '<!doctype html><iframe sandbox="allow-scripts" src="/frame.html"></iframe>');
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${home.url}/host.html`);
    const frame = page.frames().find((one) => one.parentFrame() !== null)!;
    await frame.evaluate(async ({ server, event }) => {
      // From the worker, which other sites may load the client from.
      const { join } = await import(`${server}/downbeat-client.js`);
      const joined = await join({ server, event });
      Object.assign(globalThis, { joined, seen: [] });
      joined.on("status", (status: string) => (globalThis as any).seen.push(status));
    }, { server: runtime.url, event: event.name });
    const statuses = () => frame.evaluate(() => (globalThis as any).seen as string[]);
    await until(statuses, (seen) => seen.at(-1) === "running", "the event to run");
    await event.command("pause");
    await until(statuses, (seen) => seen.at(-1) === "paused", "the hold");
    await frame.evaluate(() => (globalThis as any).joined.leave());
    await context.close();
    home.end();
  });
});
