// An operator at the console: signing in, pressing, reading what it says.

import assert from "node:assert/strict";
import type { Page, Route } from "playwright-core";
import { until } from "../../edge/harness/until.ts";
import type { Size } from "./page.ts";

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

/** Writes down whatever the course says from now on. */
export async function follow(page: Page): Promise<void> {
  await page.evaluate(() => {
    const told: string[] = [];
    const box = document.querySelector<HTMLElement>("#course")!;
    const look = () => {
      if (box.hidden) return;
      const lines = [...box.querySelectorAll("li")].map((line) => line.textContent);
      const now = [`${box.dataset["tone"]}: ${box.querySelector("#course-title")!.textContent}`, ...lines].join(" | ");
      if (told.at(-1) !== now) told.push(now);
    };
    new MutationObserver(look).observe(box, { subtree: true, childList: true, characterData: true, attributes: true });
    Object.assign(globalThis, { courseTold: told });
  });
}

/** Returns what was written down. */
export function followed(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as any).courseTold as string[]);
}

/** Asserts that each of `wanted` was told, each after the one before. */
export function inOrder(told: string[], wanted: RegExp[]): void {
  let from = 0;
  for (const one of wanted) {
    const at = told.findIndex((text, index) => index >= from && one.test(text));
    assert.ok(at >= 0, `${one} is missing after place ${from} of ${JSON.stringify(told, null, 1)}`);
    from = at + 1;
  }
}

/** Keeps the page's commands from leaving until it is opened; all, or those of one name. */
export async function hold(page: Page, only?: string): Promise<{ readonly count: number; readonly ids: string[]; open(): void }> {
  const waiting: Route[] = [];
  const ids: string[] = [];
  let isOpen = false;
  // What the page has given up meanwhile cannot go on.
  const pass = (route: Route) => void route.continue().catch(() => {});
  await page.route("**/commands", (route) => {
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

/** Returns what the page keeps with this in it. */
export function keeps(page: Page, part: string): Promise<string[]> {
  return page.evaluate((wanted) => {
    const stored = [sessionStorage, localStorage].flatMap((store) => Object.entries(store).flat());
    return [...stored, document.cookie].filter((kept) => kept.includes(wanted));
  }, part);
}

/** Returns by how many pixels the page is wider than the screen. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}

/** Leaves out the answers that the test or the sign-in asked for; a command without content is refused with 422. */
export function unasked(faults: string[], asked?: RegExp): string[] {
  return faults.filter((fault) => !/status of 422/.test(fault) && !(asked?.test(fault) ?? false));
}

/** Returns a pattern that `text` itself fits. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
