// The three pages together: their size, the servers they call, and that they hold at the same moment.
// Measures milliseconds.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { openPage } from "./harness/page.ts";
import { stretch } from "./harness/viewer.ts";

const PATHS = ["/", "/display", "/console"] as const;

/** The largest size of the three together, each loaded with an empty cache, without the clip, in bytes. */
const WEIGHT = 300_000;

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-pages"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

test("the pages are small, and call no server but their own", async (t) => {
  await begun(runtime, "main", 0);
  let weight = 0;
  for (const path of PATHS) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const asked: string[] = [];
    const answered: Promise<number>[] = [];
    page.on("request", (request) => void asked.push(request.url()));
    page.on("websocket", (socket) => void asked.push(socket.url().replace(/^ws/, "http")));
    page.on("response", (response) => {
      // The clip goes to the video as a `blob:`, which some runs see as an answer of its own.
      if (!/^blob:|\/clip\.\w+$/.test(response.url())) answered.push(response.body().then((body) => body.length, () => 0));
    });
    await page.goto(runtime.url + path);
    if (path !== "/console") {
      await until(() => page.locator("#light").innerText(), (words) => words.startsWith("live"), "the page to be live");
    }
    await page.waitForLoadState("networkidle");
    const own = (await Promise.all(answered)).reduce((sum, length) => sum + length, 0);
    t.diagnostic(`${path}: ${own} bytes, ${asked.length} requests`);
    weight += own;
    assert.deepEqual(asked.filter((url) => new URL(url).origin !== runtime.url), []);
    await context.close();
  }
  t.diagnostic(`together: ${weight} bytes of ${WEIGHT}`);
  assert.ok(weight < WEIGHT);
});

test("each page says that it needs WebAssembly where the browser has none", async () => {
  for (const path of PATHS) {
    const context = await browser.newContext();
    await context.addInitScript(() => void Reflect.deleteProperty(globalThis, "WebAssembly"));
    const page = await context.newPage();
    await page.goto(runtime.url + path);
    const told = page.getByRole("alert").filter({ hasText: "WebAssembly" });
    await until(() => told.count(), (count) => count === 1, `${path} to say so`);
    await context.close();
  }
});

/** How far apart the pages may act on one press, in ms. */
const TOGETHER = 100;

test("a press in the console holds the viewer and the stage within 100 ms of each other, and resumes them", async (t) => {
  await begun(runtime, "together", 0);
  const open = async (path: string) => (await openPage(browser, `${runtime.url}${path}?event=together`)).page;
  const [viewer, stage, console] = await Promise.all([open("/"), open("/display"), open("/console")]);
  await console.locator("#token").fill(TOKENS.all);
  await console.locator("#actor").fill("maria");
  await console.getByRole("button", { name: "Sign in" }).click();
  const watched = [await watch(viewer, "#overlay"), await watch(stage, "body")];
  for (const seen of watched) await until(seen, (seen) => seen.length === 0 || seen.at(-1)!.held === false, "the event to run");

  // Each press is one measurement: a machine that stalls spoils one or two, and pages that are apart are apart each time.
  const apart: number[] = [];
  const press = async (name: RegExp, held: boolean) => {
    const before = await Promise.all(watched.map(async (seen) => (await seen()).length));
    await until(() => console.getByRole("button", { name }).isEnabled(), (enabled) => enabled, `${name} to be there to press`);
    await console.getByRole("button", { name }).click();
    const instants = await Promise.all(watched.map(async (seen, index) => {
      const look = async () => (await seen()).slice(before[index]!).find((change) => change.held === held);
      return (await until(look, (change) => change !== undefined, `page ${index} to follow ${name}`))!.at;
    }));
    apart.push(Math.abs(instants[0]! - instants[1]!));
  };
  while (stretch(apart, 4, TOGETHER) === undefined && apart.length < 16) {
    await press(/^HOLD/, true);
    await press(/^GO/, false);
  }
  t.diagnostic(`apart by ${apart.map(Math.round).join(", ")} ms`);
  assert.ok(stretch(apart, 4, TOGETHER), `they were apart by ${apart.map(Math.round)} ms`);
  await Promise.all([viewer, stage, console].map((page) => page.context().close()));
});

/** Records when an element begins and stops showing that the event is held. Returns a function that returns the record. */
async function watch(page: Page, element: string): Promise<() => Promise<{ held: boolean; at: number }[]>> {
  await page.evaluate((selector) => {
    const [element, seen] = [document.querySelector<HTMLElement>(selector)!, [] as { held: boolean; at: number }[]];
    Object.assign(globalThis, { seen });
    const look = () => {
      const { phase, tone } = element.dataset;
      const held = !element.hidden && (phase === "paused" || tone === "held");
      if (seen.at(-1)?.held !== held) seen.push({ held, at: performance.timeOrigin + performance.now() });
    };
    look();
    new MutationObserver(look).observe(element, { attributes: true });
  }, element);
  return () => page.evaluate(() => (globalThis as any).seen);
}
