// The audience in the console, when there is much to say: at a desk nothing lies below the fold, on a phone nothing is cut.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun, call } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { join } from "../edge/harness/viewer.ts";
import type { Audience } from "../edge/harness/wire.ts";
import { launch } from "./harness/chromium.ts";
import { live, overflow, seen, signedIn, unexpected } from "./harness/console.ts";
import { barriers, picture, type Size, SIZES } from "./harness/page.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-console-audience"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

test("who lacks something comes first, and beside it the log and the end of the event can be seen", async () => {
  const event = await begun(runtime, "lacking", 300_000, { hubs: 4 });
  const viewers = await join(runtime, event.name, 20);
  const { rev, effectiveAt } = await event.command("pause", { message: "Back in a moment. Please stay where you are.", reason: "smoke in the foyer" });
  const bounds = [3, 4, 8, 15, 18, 22, 40, 48, 70, 90, 150, 300, 800, 4_000, 5];
  for (const [index, viewer] of viewers.entries()) {
    await viewer.has(rev);
    // Two follow another state, and three are not of the sample.
    if (index >= 17) continue;
    const lacks = { ...(index > 12 && { rundown: "missing" }), ...(index === 14 && { emergency: "missing" }) };
    viewer.send(JSON.stringify({ type: "ack", rev: index < 15 ? rev : 0, appliedAt: effectiveAt, bound: bounds[index] ?? 3, ...lacks }));
  }
  const counted = (body: Audience) => body.acks?.applied === 15 && body.acks.elsewhere === 2;
  await until(async () => (await call<Audience>(runtime, "GET", `${event.path}/audience`, { token: TOKENS.all })).body, counted, "the acks");
  for (const size of Object.keys(SIZES) as Size[]) {
    const { page, faults } = await signedIn(browser, runtime, event.name, size);
    await live(page);
    await seen(page, "#lacks", /2 of 15 sampled lack the rundown/);
    const notes = await page.locator("#lacks li").allTextContents();
    assert.deepEqual(notes.slice(-3), [
      "2 of 20 asked follow another epoch or revision.",
      "2 of 15 sampled lack the rundown, and try again.",
      "1 of 15 sampled cannot check a signed pause.",
    ]);
    // Of four regions, those where somebody is.
    const regions = await page.locator("#regions .numbers").allTextContents();
    assert.ok(regions.length > 0 && !regions.includes("0"), `${regions}`);
    assert.equal(await page.locator("#clocks li").count(), 7);
    assert.equal(await overflow(page), 0);
    assert.deepEqual(await barriers(page), []);
    if (size === "desktop") {
      const below = await page.evaluate(() => {
        const all = [...document.querySelectorAll("#lacks li, #acks, #regions li, #clocks li, #log-entries li:first-child, #end, #seek")];
        return all.filter((one) => one.getBoundingClientRect().bottom > innerHeight).map((one) => `${one.id} ${one.textContent}`);
      });
      assert.deepEqual(below, []);
      const [box, last] = await page.evaluate(() => ["#audience", "#clocks"].map((id) => document.querySelector(id)!.getBoundingClientRect().bottom));
      assert.ok(last! <= box!, `the clocks end at ${last}, the panel at ${box}`);
    }
    await page.locator("#lacks").scrollIntoViewIfNeeded();
    await picture(page, `console-audience-${size}`);
    assert.deepEqual(unexpected(faults), []);
    await page.context().close();
  }
  viewers.forEach((viewer) => viewer.end());
});
