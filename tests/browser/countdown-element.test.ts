// <downbeat-countdown>, on a page of another site that loads it from the worker, under a strict policy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { barriers } from "./harness/page.ts";
import { type Site, site } from "./harness/site.ts";

const HOUR = 3_600_000;

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-countdown"), launch()]);
  ours = await site(`default-src 'none'; script-src 'self' ${runtime.url} 'wasm-unsafe-eval'; connect-src *; require-trusted-types-for 'script'`);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

/** Opens a page with this markup, which loads the element from the worker. */
async function open(markup: string, language = "en"): Promise<{ page: Page; faults: string[] }> {
  ours.put("/countdown.html", `<!doctype html><html lang="${language}"><title>countdown</title><main><h1>Gala</h1>${markup}</main>
    <script type="module" src="${runtime.url}/downbeat-countdown.js"></script></html>`);
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => void faults.push(String(error)));
  await page.goto(`${ours.url}/countdown.html`);
  return { page, faults };
}

/** Waits until what a person sees of the element is as wanted. */
function shows(page: Page, wanted: RegExp): Promise<string> {
  const read = () => page.evaluate(() => {
    const element = document.querySelector("downbeat-countdown")!;
    const figure = element.shadowRoot?.querySelector<HTMLElement>("[role=timer]");
    const slot = element.shadowRoot?.querySelector("slot");
    return [figure && !figure.hidden ? figure.textContent : "", slot && !slot.hidden ? element.textContent : ""].join("").trim();
  });
  return until(read, (text) => wanted.test(text), `the element to show ${wanted}`, 60_000);
}

test("it counts down in the page's language, shows its content once the event has begun, and says the status", async () => {
  const event = await begun(runtime, "soon", -(24 * 24 + 23.5) * HOUR);
  const { page, faults } = await open(`<downbeat-countdown server="${runtime.url}" event="soon">It has begun.</downbeat-countdown>`, "de");
  await shows(page, /^24\sT 23\s\S+$/);
  assert.equal(await page.locator("downbeat-countdown").getAttribute("status"), "scheduled");
  assert.deepEqual(await barriers(page), []);
  await page.evaluate(() => document.querySelector("downbeat-countdown")!.setAttribute("lang", "ar-EG"));
  await shows(page, /^٢٤\s?ي ٢٣\s?س$/);
  await event.command("reschedule", { startsAt: (await event.time()).serverTime + 30_000 });
  await shows(page, /^٠:[٠-٢][٠-٩]$/);
  await shows(page, /^It has begun\.$/);
  await until(() => page.locator("downbeat-countdown").getAttribute("status"), (status) => status === "running", "the status");
  assert.deepEqual(faults, []);
  await page.close();
});

test("it joins when it is put into a page, leaves when it is taken out, and follows its attributes", async () => {
  await begun(runtime, "one", -2 * HOUR);
  await begun(runtime, "two", -50 * HOUR);
  const { page, faults } = await open(`<p></p>`);
  const sockets: string[] = [];
  let closed = 0;
  page.on("websocket", (socket) => { sockets.push(new URL(socket.url()).pathname); socket.on("close", () => void closed++); });
  await page.evaluate((server) => {
    const element = document.createElement("downbeat-countdown");
    document.querySelector("main")!.append(element);
    // One after the other, as frameworks do.
    element.setAttribute("server", server);
    element.setAttribute("event", "one");
  }, runtime.url);
  await shows(page, /^[12]:\d\d:\d\d$/);
  await until(async () => sockets.length, (count) => count === 1, "the socket");
  await page.evaluate(() => document.querySelector("downbeat-countdown")!.setAttribute("event", "two"));
  await shows(page, /^2\sd [01]\sh$/);
  await until(async () => sockets.length, (count) => count === 2, "the second socket");
  await page.evaluate(() => document.querySelector("downbeat-countdown")!.remove());
  await until(async () => closed, (count) => count === 2, "both sockets to be closed");
  assert.deepEqual(faults, []);
  await page.close();
});

test("a wrong attribute is an error event, and an unknown event no countdown", async () => {
  const { page } = await open(`<downbeat-countdown server="${runtime.url}" event="Not A Name"></downbeat-countdown>`);
  const message = await page.evaluate(() => new Promise<string>((resolve) => {
    const element = document.querySelector("downbeat-countdown")!;
    element.addEventListener("error", (event) => resolve((event as ErrorEvent).message));
    customElements.whenDefined("downbeat-countdown").then(() => element.setAttribute("event", "Neither This"));
  }));
  assert.match(message, /"event" is "Neither This"/);
  await shows(page, /^–:––$/);
  await page.close();
});
