// Players of DASH that nobody here wrote, on machines whose clock is an hour wrong, play a live stream at its live edge: they have the
// time from the worker, in each form that their manifest may name.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launch } from "../browser/harness/chromium.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { type Stream, stream } from "./stream.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("interop-dash"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

/** How wrong the clock of the page is, in ms. */
const WRONG_BY = 3_600_000;

/** What a page needs to play the stream, by player. */
const PLAYERS: Record<string, (page: Page) => Promise<void>> = {
  async "dash.js"(page) {
    await page.addScriptTag({ url: "/dash.js" });
    await page.evaluate(() => {
      const player = (globalThis as any).dashjs.MediaPlayer().create();
      // Nothing but what the manifest names.
      player.updateSettings({ streaming: { utcSynchronization: { useManifestDateHeaderTimeSource: false, enableBackgroundSyncAfterSegmentDownloadError: false } } });
      player.clearDefaultUTCTimingSources();
      player.initialize(document.querySelector("video"), "/live.mpd", true);
    });
  },
  async "Shaka Player"(page) {
    await page.addScriptTag({ url: "/shaka.js" });
    await page.evaluate(async () => {
      const player = new (globalThis as any).shaka.Player();
      const video = document.querySelector("video")!;
      await player.attach(video);
      // Not awaited: it ends when there is something to show.
      player.load("/live.mpd").then(() => video.play());
    });
  },
};

/** Opens a page whose clock is wrong, and has a player play the stream. */
async function play(player: string, live: Stream): Promise<Page> {
  const page = await browser.newPage();
  await page.addInitScript((wrongBy) => {
    const { Date: Real } = globalThis;
    const now = () => Real.now() + wrongBy;
    class Wrong extends Real {
      constructor(...given: []) {
        super(...(given.length === 0 ? [now()] as unknown as [] : given));
      }
      static override now = now;
    }
    Object.assign(globalThis, { Date: Wrong });
  }, WRONG_BY);
  await page.goto(live.url);
  await PLAYERS[player]!(page);
  return page;
}

/** Returns how far what a page shows is behind what is being shot, in ms; `undefined` while it shows nothing. */
async function latency(page: Page, live: Stream): Promise<number | undefined> {
  const shown = await page.evaluate(() => {
    const { readyState, paused, currentTime } = document.querySelector("video")!;
    return readyState >= 3 && !paused ? currentTime * 1_000 : undefined;
  });
  return shown === undefined ? undefined : Date.now() - (live.began + shown);
}

const FORMS = {
  "http-xsdate": "urn:mpeg:dash:utc:http-xsdate:2014 /utc/xsdate",
  "http-iso": "urn:mpeg:dash:utc:http-iso:2014 /utc/iso",
  "http-head": "urn:mpeg:dash:utc:http-head:2014 /utc/head",
  "the query of the public server": "urn:mpeg:dash:utc:http-xsdate:2014 /utc?iso&ms",
};

describe("a clock that is an hour wrong", { concurrency: 2 }, () => {
  for (const player of Object.keys(PLAYERS)) {
    for (const [form, source] of Object.entries(FORMS)) {
      test(`${player} plays at the live edge with ${form}`, async () => {
        const [scheme, path] = source.split(" ") as [string, string];
        const live = await stream([scheme, runtime.url + path]);
        const page = await play(player, live);
        // Six seconds behind, as the manifest asks, and what it takes to start.
        await until(() => latency(page, live), (behind) => behind !== undefined && behind > 0 && behind < 15_000, "the live edge");
        const first = await page.evaluate(() => document.querySelector("video")!.currentTime);
        await until(() => page.evaluate(() => document.querySelector("video")!.currentTime), (time) => time > first + 3, "it to play on");
        assert.ok((await latency(page, live))! > 0, "it shows nothing that has not been shot yet");
        await page.close();
        live.end();
      });
    }

    test(`${player} asks for what is not there yet without a time from anyone`, async () => {
      const live = await stream(undefined);
      const page = await play(player, live);
      await until(async () => live.missed, (missed) => missed.some((path) => path.endsWith(".m4s")), "a segment that is not there");
      await page.close();
      live.end();
    });
  }
});
