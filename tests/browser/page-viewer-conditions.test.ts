// The viewer page without a network, with reduced motion, with an unknown sheet, without its clip, and without an event.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { network } from "./harness/network.ts";
import { barriers, openPage, picture } from "./harness/page.ts";
import { demo, publish, Seat, seek, SEEN } from "./harness/seat.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => { [runtime, browser] = await Promise.all([Runtime.start("browser-page-viewer-conditions"), launch()]); });
after(async () => {
  await browser?.close();
  await runtime?.end();
});

// The tests mostly wait, so they run side by side.
describe("the viewer page", { concurrency: 2 }, () => {
  test("without the network the show plays on, and the connection light says so", async () => {
    const event = await demo(runtime, "cut", 0);
    const way = await network(runtime, { roundTrip: 20, jitter: 2, burst: 0, burstsPercent: 0 }, 3);
    const seat = await Seat.take(browser, way, event, "phone");
    await seat.reads("#light", /^live ±\d+ ms$/);
    await seat.reads("#states", /^Blue light$/);
    way.cut();
    await seat.reads("#light", /^connection lost, playing on$/);
    await seat.follows();
    await until(() => seat.lit(), (lit) => lit, "the next particles");
    assert.deepEqual(await barriers(seat.page), []);
    await picture(seat.page, "viewer-connection-lost-phone");
    way.restore();
    await seat.reads("#light", /^live ±\d+ ms$/);
    // What failed to load is what was cut.
    seat.faults.length = 0;
    await seat.leave();
    way.end();
  });

  test("with reduced motion, light changes at once and a burst is a still glow", async () => {
    const event = await demo(runtime, "calm", 0);
    const seat = await Seat.take(browser, runtime, event, "phone", { reducedMotion: "reduce" });
    await seek(event, 7_500);
    await until(() => seat.lit(), (lit) => lit, "the glow");
    const seen = `[frames, ${SEEN.particles}]`;
    const [before, position] = [await seat.evaluate(seen), await seat.text("#position")];
    await until(() => seat.text("#position"), (now) => now.slice(0, -2) > position.slice(0, -2), "a second to pass");
    assert.deepEqual(await seat.evaluate(seen), before);
    await picture(seat.page, "viewer-calm-phone");
    await seek(event, 15_000);
    await seat.reads("#states", /^Violet light$/);
    assert.equal(await seat.glow(), "rgb(160, 107, 255)");
    await until(() => seat.lit(), (lit) => !lit, "no glow");
    await seat.leave();
  });

  test("an unknown action has its caption, and senseless params do no harm", async () => {
    const event = await begun(runtime, "strange", 0);
    await publish(runtime, event, {
      ...{ version: 1, title: "x".repeat(120), locales: ["en"] },
      actions: { fog: { kind: "state" }, color: { kind: "state" }, particles: { kind: "moment" } },
      cues: [
        { time: 0, action: "fog", duration: "1h", message: "Fog <i>machine</i>" },
        { time: 0, action: "color", duration: "1h", params: { color: "url(https://elsewhere.example/)" } },
        { time: 0, action: "particles", duration: "1h", late: "resume", params: { color: 7, count: 1e9, from: ["above"] } },
      ],
    });
    const seat = await Seat.take(browser, runtime, event, "phone", { viewport: { width: 320, height: 568 } });
    await seat.reads("#states", "Fog <i>machine</i>");
    await until(() => seat.glow(), (glow) => glow === "rgb(143, 184, 255)", "the light that is there otherwise");
    await seat.reads("h1", "x".repeat(120));
    assert.deepEqual(await barriers(seat.page), []);
    await picture(seat.page, "viewer-small-phone");
    await seat.leave();
  });

  test("where the browser refuses to play without a gesture, a button does", async () => {
    const event = await demo(runtime, "gesture", 0);
    const prepare = (page: Page) => page.addInitScript(() => {
      const { play } = HTMLMediaElement.prototype;
      let isTouched = false;
      document.addEventListener("click", () => { isTouched = true; }, { capture: true });
      HTMLMediaElement.prototype.play = function () {
        return isTouched ? play.call(this) : Promise.reject(new DOMException("not before a gesture", "NotAllowedError"));
      };
    });
    const seat = await Seat.take(browser, runtime, event, "desktop", {}, prepare);
    await seat.page.getByRole("button", { name: "Play" }).focus();
    assert.deepEqual(await barriers(seat.page), []);
    await picture(seat.page, "viewer-gesture-desktop");
    await seat.page.keyboard.press("Enter");
    await seat.page.getByRole("button", { name: "Play" }).waitFor({ state: "hidden" });
    await seat.follows();

    // By keyboard to the full screen, and back; the message goes with it.
    await seat.page.getByRole("button", { name: "Full screen" }).focus();
    await seat.page.keyboard.press("Enter");
    await seat.page.getByRole("button", { name: "Leave full screen" }).waitFor();
    assert.equal(await seat.evaluate("document.fullscreenElement.contains(document.querySelector('#message'))"), true);
    await seat.page.keyboard.press("Enter");
    await seat.page.getByRole("button", { name: "Full screen", exact: true }).waitFor();
    await seat.leave();
  });

  test("without its clip the page shows everything else, and says so", async () => {
    const event = await demo(runtime, "bare", 0);
    const prepare = (page: Page) => page.route("**/clip.mp4", (route) => route.abort());
    const seat = await Seat.take(browser, runtime, event, "desktop", {}, prepare);
    await seat.reads("#drift", /^did not load/);
    await seat.reads("#states", /^Blue light$/);
    await seek(event, 7_500);
    await until(() => seat.lit(), (lit) => lit, "particles");
    assert.equal(seat.faults.splice(0).length, 1, "that it was not there");
    await seat.leave();
  });

  test("an event that does not exist is named", async () => {
    const { page } = await openPage(browser, `${runtime.url}/?event=nobody-made-this`, "phone");
    await until(() => page.textContent("#overlay"), (text) => /There is no event called\s*nobody-made-this/.test(text!), "the words");
    assert.deepEqual(await barriers(page), []);
    await picture(page, "viewer-unknown-phone");
    await page.context().close();
  });
});
