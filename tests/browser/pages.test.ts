// The three pages together: how much they weigh, whom they ask, and that they hold as one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";

const PATHS = ["/", "/display", "/console"] as const;

/** What the three may weigh, each loaded by a browser that has nothing yet; without the clip, in bytes. */
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

test("the pages weigh little, and ask nobody but their own server", async (t) => {
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
      if (!/\/clip\.\w+$/.test(response.url())) answered.push(response.body().then((body) => body.length, () => 0));
    });
    await page.goto(runtime.url + path);
    if (path !== "/console") {
      await until(() => page.locator("#light").innerText(), (words) => words.startsWith("live"), "the page to be live");
    }
    await page.waitForLoadState("networkidle");
    const own = (await Promise.all(answered)).reduce((sum, length) => sum + length, 0);
    t.diagnostic(`${path}: ${own} bytes, ${asked.length} requests`);
    weight += own;
    assert.deepEqual(asked.filter((url) => url.startsWith("blob:") === false && new URL(url).origin !== runtime.url), []);
    await context.close();
  }
  t.diagnostic(`together: ${weight} bytes of ${WEIGHT}`);
  assert.ok(weight < WEIGHT);
});
