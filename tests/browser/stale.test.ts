// Caches that answer for the time, wrong bytes that a browser keeps for ever, and clocks that move in steps.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { rundownAt } from "../edge/harness/rundowns.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { cache } from "./harness/cache.ts";
import { launch } from "./harness/chromium.ts";
import { type Site, site } from "./harness/site.ts";
import { Viewer } from "./harness/viewer.ts";

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser, ours] = await Promise.all([Runtime.start("browser-stale"), launch(), site()]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

/** How far the page's time is from the machine's, and what it says of that, in ms. */
const OFF = "({ off: event.now() - Date.now(), bound: event.bound(), why: event.connection.why, state: event.connection.state })";
type Off = { off: number; bound: number; why: string; state: string };

/** Waits until the page says that its time is stale, and checks that the time is right all the same. */
async function staysRight(viewer: Viewer): Promise<void> {
  const told = await viewer.receives(({ name, value }) => name === "connection" && value.why === "stale-time", "the reason");
  assert.equal(told.value.state === "live" || told.value.state === "polling", true, told.value.state);
  // Long enough for a time that stands still to be far outside its bound.
  const begun = await viewer.evaluate<number>("performance.now()");
  await until(() => viewer.evaluate<number>("performance.now()"), (now) => now - begun > 12_000, "12 s", 60_000);
  const { off, bound, why } = await viewer.evaluate<Off>(OFF);
  assert.ok(Math.abs(off) <= bound + 1, `off by ${off}, bound ${bound}`);
  assert.equal(why, "stale-time");
  const resets = (await viewer.received()).filter(({ name, value }) => name === "clock" && value.change !== "slewed");
  assert.ok(resets.length <= 1, `${resets.length} resets`);
}

describe("stale", { concurrency: 2 }, () => {
  test("a proxy that caches the time, whatever the query: the event goes on, few questions, and the page says why", async (t) => {
    await begun(runtime, "proxied", -5_000);
    const proxy = await cache(runtime, (path, kept) => /\/(time|proxied)(\?|$)/.test(path) ? kept : undefined);
    const viewer = await Viewer.join(browser, ours, proxy, "proxied");
    await staysRight(viewer);
    const times = proxy.asked.filter((path) => /\/(time|proxied)(\?|$)/.test(path));
    t.diagnostic(`${times.length} questions`);
    assert.equal(new Set(times).size, times.length, "each question has a URL of its own");
    assert.ok(times.length <= 12, `${times.length} questions`);
    await viewer.end();
    proxy.end();
  });

  test("a proxy that was filled before, and does not know the query: nothing is believed that stands still", async () => {
    await begun(runtime, "filled", -5_000);
    let isFilled = false;
    const proxy = await cache(runtime, (path, kept) => {
      if (!/\/(time|filled)(\?|$)/.test(path)) return undefined;
      isFilled = true;
      // What a page without a query got ten minutes ago.
      const body = JSON.parse(String(kept.body));
      delete body.t1;
      return { ...kept, body: Buffer.from(JSON.stringify({ ...body, serverTime: body.serverTime - 600_000 })) };
    });
    const viewer = await Viewer.join(browser, ours, proxy, "filled");
    await viewer.receives(({ name, value }) => name === "connection" && value.why === "stale-time", "the reason");
    assert.ok(isFilled);
    const settled = async () => viewer.evaluate<Off>(OFF);
    // Without any proof it follows the device's own clock, and claims no bound.
    const { off } = await until(settled, ({ state, bound }) => state === "unverified" && bound == null, "an unverified clock");
    assert.ok(Math.abs(off) < 1_000, `off by ${off}`);
    await viewer.end();
    proxy.end();
  });

  test("a service worker that caches the time", async () => {
    await begun(runtime, "worked", -5_000);
    ours.put("/sw.js", `
      self.addEventListener("install", () => self.skipWaiting());
      self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
      self.addEventListener("fetch", (event) => {
        if (!/\\/(time|worked)$/.test(new URL(event.request.url).pathname)) return;
        event.respondWith(caches.open("time").then(async (cache) => {
          const kept = await cache.match(event.request, { ignoreSearch: true });
          if (kept) return kept;
          const fresh = await fetch(event.request);
          await cache.put(event.request, fresh.clone());
          return fresh;
        }));
      });`);
    ours.put("/worked.html", "<!doctype html><title>a site</title>");
    const context = await browser.newContext();
    const page: Page = await context.newPage();
    await page.goto(`${ours.url}/worked.html`);
    await page.evaluate(async () => {
      await navigator.serviceWorker.register("/sw.js");
      if (!navigator.serviceWorker.controller) await new Promise((done) => { navigator.serviceWorker.oncontrollerchange = done; });
    });
    const viewer = await Viewer.on(page as any, runtime, "worked");
    await staysRight(viewer);
    await context.close();
  });

  test("wrong bytes that the browser keeps as immutable are replaced, and the page is told", async () => {
    const event = await begun(runtime, "wrong", 5_000);
    const { bytes, digest } = rundownAt(3_600_000);
    const put = { method: "PUT", headers: { authorization: `Bearer ${TOKENS.all}` }, body: bytes };
    assert.equal((await fetch(`${runtime.url}${event.path}/rundowns/${digest}.json`, put)).status, 201);
    await event.command("rundown", { rundown: digest });
    let isWrong = true;
    const proxy = await cache(runtime, (path, kept) => {
      if (isWrong && /\/rundowns\//.test(path)) kept.body[10]! ^= 1;
      return undefined;
    });
    const context = await browser.newContext();
    const open = async () => {
      const page = await context.newPage();
      await page.goto(ours.url);
      const viewer = await Viewer.on({ evaluate: page.evaluate.bind(page), end: () => page.close() } as any, proxy, "wrong");
      await page.evaluate(() => {
        const changes: string[] = (globalThis as any).changes = [];
        (globalThis as any).joined.on("rundown", ({ state }: any) => changes.push(state));
      });
      return viewer;
    };
    const first = await open();
    await first.receives(({ name, value }) => name === "connection" && value.why === "no-rundown", "the reason");
    isWrong = false;
    const changes = (viewer: Viewer) => until(
      () => viewer.page.evaluate<string[]>("globalThis.changes"), (changes) => changes.at(-1) === "loaded", "the rundown", 60_000,
    );
    assert.ok((await changes(first)).includes("missing"));
    await first.receives(({ name, value }) => name === "connection" && value.why !== "no-rundown", "that it is there");
    const second = await open();
    assert.deepEqual(await changes(second), ["loaded"]);
    assert.ok((await second.received()).every(({ value }) => value?.why !== "no-rundown"), "the kept bytes were replaced");
    await context.close();
    proxy.end();
  });

  for (const [step, jitters] of [[1, false], [5, true], [50 / 3, false], [50 / 3, true], [100, false], [100, true]] as const) {
    const name = `coarse-${step.toFixed(0)}${jitters ? "-jitter" : ""}`;
    test(`a clock in steps of ${step.toFixed(1)} ms${jitters ? " that come early or late" : ""}: the page's time is within its bound`, async (t) => {
      await begun(runtime, name, -5_000);
      const context = await browser.newContext();
      await context.addInitScript(({ step, jitters }) => {
        const exact = performance.now.bind(performance);
        const part = (whole: number) => { const mixed = Math.sin(whole * 12.9898) * 43_758.5453; return mixed - Math.floor(mixed); };
        performance.now = () => {
          const steps = exact() / step;
          const whole = Math.floor(steps);
          return (jitters && steps - whole >= part(whole) ? whole + 1 : whole) * step;
        };
        // Such browsers report no exact times of requests either.
        (globalThis as any).PerformanceObserver = class { observe() {} disconnect() {} };
      }, { step, jitters });
      const page = await context.newPage();
      await page.goto(ours.url);
      const viewer = await Viewer.on(page as any, runtime, name);
      await viewer.settles();
      // At moments that have nothing to do with the steps: each message arrives when the machine gets to it.
      const readings = await page.evaluate(async () => {
        const event = (globalThis as any).joined;
        const readings: [number, number][] = [];
        const channel = new MessageChannel();
        for (let count = 0; count < 4_000; count++) {
          await new Promise((done) => { channel.port1.onmessage = done; channel.port2.postMessage(0); });
          const [before, now, bound, after] = [Date.now(), event.now(), event.bound(), Date.now()];
          if (after - before <= 1) readings.push([now - before, bound]);
        }
        return readings;
      });
      const outside = readings.filter(([off, bound]) => Math.abs(off) > bound + 1.5);
      t.diagnostic(`${readings.length} readings, ${outside.length} outside; bound ${readings.at(-1)![1].toFixed(1)} ms`);
      assert.deepEqual(outside.slice(0, 3), []);
      const resets = (await viewer.received()).filter(({ name, value }) => name === "clock" && value.change === "reset");
      assert.equal(resets.length, 0);
      await context.close();
    });
  }
});
