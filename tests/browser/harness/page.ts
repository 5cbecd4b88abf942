// One of the worker's own pages, open at the size of a phone or a desktop; its accessibility and its pictures.

import { mkdirSync, readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page, Route } from "playwright-core";
import { ROOT } from "../../edge/harness/runtime.ts";
import { until } from "../../edge/harness/until.ts";

/** The sizes that pages are tested at, in CSS pixels. */
export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;
export type Size = keyof typeof SIZES;

/** Where `picture` puts its files. */
const PICTURES = `${ROOT}/target/browser/pictures`;

const AXE = readFileSync(`${ROOT}/node_modules/axe-core/axe.min.js`, "utf8");

/** Opens `url` in a context of its own, with empty storage. The page's errors go to `faults`. */
export async function openPage(
  browser: Browser,
  url: string,
  size: Size = "desktop",
  options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: string[] }> {
  const phone = size === "phone" ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {};
  const context = await browser.newContext({ viewport: SIZES[size], ...phone, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => void faults.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  await page.goto(url);
  return { page, faults };
}

/**
 * Passes an open page's requests for `pattern` to `handler`, all of them from the moment this resolves. `Page.route` alone
 * resolves when the browser knows: a key that is pressed in a page that was busy may come before that news, and what it
 * requests passes by the handler. So this waits until a request has gone the new way.
 */
export async function intercept(page: Page, pattern: string, handler: (route: Route) => unknown): Promise<void> {
  await page.route(pattern, handler);
  let isRouted = false;
  await page.route("**/favicon.svg?is-routed", (route) => {
    isRouted = true;
    return route.fulfill({ status: 204 });
  }, { times: 1 });
  const request = () => page.evaluate(() => fetch("/favicon.svg?is-routed", { cache: "no-store" }).then(() => {}));
  await until(async () => { await request(); return isRouted; }, Boolean, "requests to be intercepted");
}

/** Takes a picture of what is visible, for people: `target/browser/pictures/NAME.png`. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

/** Returns what axe-core finds serious or critical, one line for each element. */
export async function barriers(page: Page): Promise<string[]> {
  // Through the browser's own protocol, to which the page's content security policy does not apply.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: AXE });
  await session.detach();
  const { violations } = await page.evaluate<any>(() => (globalThis as any).axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }: any) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }: any) => nodes.map((node: any) => `${id}: ${help}: ${node.target.join(" ")}: ${node.failureSummary}`));
}
