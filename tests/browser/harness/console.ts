// An operator at the console: signing in, pressing, reading.

import assert from "node:assert/strict";
import type { Browser, Page, Route } from "playwright-core";
import type { Server } from "../../edge/harness/calls.ts";
import { TOKENS } from "../../edge/harness/tokens.ts";
import { until } from "../../edge/harness/until.ts";
import { intercept, openPage, type Size } from "./page.ts";

/** The console of an event, and the errors of its page. */
export type OpenConsole = { page: Page; faults: string[] };

/** Opens the console of an event. */
export function openConsole(browser: Browser, server: Server, event: string, size: Size): Promise<OpenConsole> {
  return openPage(browser, `${server.url}/console?event=${event}`, size);
}

/** Opens the console of an event and signs in. */
export async function signedIn(browser: Browser, server: Server, event: string, size: Size, token: string = TOKENS.all): Promise<OpenConsole> {
  const opened = await openConsole(browser, server, event, size);
  await signIn(opened.page, token);
  return opened;
}

/** Signs in with a token, as maria. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.locator("#token").waitFor();
  await page.fill("#actor", "maria");
  await page.fill("#token", token);
  await page.keyboard.press("Enter");
  await page.locator("#console").waitFor();
}

/** Waits until changes are pushed to the page. */
export async function live(page: Page): Promise<void> {
  await page.locator(".light[data-state=live]").waitFor();
}

/** Presses as people do: with a finger on a phone. */
export function press(page: Page, selector: string, size: Size): Promise<void> {
  return size === "phone" ? page.tap(selector) : page.click(selector);
}

/** Waits until an element's text is as wanted. */
export async function seen(page: Page, selector: string, wanted: RegExp): Promise<void> {
  await until(
    () => page.evaluate((one) => document.querySelector(one)?.textContent ?? "", selector),
    (text) => wanted.test(text.trim()),
    `${selector} to say ${wanted}`,
    30_000,
  );
}

/** Records everything that the progress of commands shows from now on. */
export async function record(page: Page): Promise<void> {
  await page.evaluate(() => {
    const shown: string[] = [];
    const box = document.querySelector<HTMLElement>("#progress")!;
    const read = () => {
      if (box.hidden) return;
      const lines = [...box.querySelectorAll("li")].map((line) => line.textContent);
      const now = [`${box.dataset["tone"]}: ${box.querySelector("#progress-title")!.textContent}`, ...lines].join(" | ");
      if (shown.at(-1) !== now) shown.push(now);
    };
    new MutationObserver(read).observe(box, { subtree: true, childList: true, characterData: true, attributes: true });
    Object.assign(globalThis, { progressShown: shown });
  });
}

/** Returns what was recorded. */
export function recorded(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as any).progressShown as string[]);
}

/** Asserts that each of `wanted` was shown, each after the one before. */
export function inOrder(shown: string[], wanted: RegExp[]): void {
  let from = 0;
  for (const one of wanted) {
    const at = shown.findIndex((text, index) => index >= from && one.test(text));
    assert.ok(at >= 0, `${one} is missing after place ${from} of ${JSON.stringify(shown, null, 1)}`);
    from = at + 1;
  }
}

/** Holds the page's commands back until `open` is called: all, or those of one name. */
export async function holdBack(page: Page, only?: string): Promise<{ readonly count: number; readonly ids: string[]; open(): void }> {
  const waiting: Route[] = [];
  const ids: string[] = [];
  let isOpen = false;
  // A request that the page has aborted meanwhile cannot continue.
  const pass = (route: Route) => void route.continue().catch(() => {});
  await intercept(page, "**/commands", (route) => {
    const { command, id } = route.request().postDataJSON();
    if (only !== undefined && command !== only) return pass(route);
    ids.push(id);
    if (isOpen) return pass(route);
    waiting.push(route);
  });
  return {
    get count() { return ids.length; },
    ids,
    open() {
      isOpen = true;
      waiting.forEach(pass);
    },
  };
}

/** Lets the page's commands reach the worker, and holds the answers back until `open` is called. */
export async function holdAnswersBack(page: Page): Promise<{ open(): void }> {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => { open = resolve; });
  await intercept(page, "**/commands", async (route) => {
    try {
      const response = await route.fetch();
      await opened;
      await route.fulfill({ response });
    } catch {
      // A request that the page has aborted meanwhile has no use for it.
    }
  });
  return { open: () => open() };
}

/** Returns what the page has stored that contains `part`. */
export function stored(page: Page, part: string): Promise<string[]> {
  return page.evaluate((wanted) => {
    const entries = [sessionStorage, localStorage].flatMap((store) => Object.entries(store).flat());
    return [...entries, document.cookie].filter((entry) => entry.includes(wanted));
  }, part);
}

/** Returns by how many pixels the page is wider than the screen. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}

/** Leaves out the errors that a test provokes; the sign-in itself provokes a 422. */
export function unexpected(faults: string[], expected?: RegExp): string[] {
  return faults.filter((fault) => !/status of 422/.test(fault) && !(expected?.test(fault) ?? false));
}

/** Returns a pattern that matches `text` literally. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
