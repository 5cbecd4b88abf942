// Cues in a manifest, as a player that nobody here wrote tells a page of them.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launch } from "../browser/harness/chromium.ts";
import { ROOT } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { recording, stream } from "./stream.ts";

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const SHEET = JSON.stringify([
  { time: "1s", action: "startSong", track: "music", duration: "2s", id: "song" },
  { time: "2s", action: "flash", params: { text: "<Ä & \"cheer\">" }, id: "flash" },
  { time: "5.5s", action: "bow", id: "bow" },
]);

test("dash.js dispatches every cue of an exported event stream, in time", async () => {
  const input = `${ROOT}/target/interop-vod.mpd`;
  mkdirSync(`${ROOT}/target`, { recursive: true });
  writeFileSync(input, recording(4));
  const manifest = execFileSync(`${ROOT}/target/debug/downbeat`, ["cues", "export", "dash", "-", "--inject", input], { input: SHEET, encoding: "utf8" });
  const site = await stream(undefined);
  site.put("/vod.mpd", manifest);
  const page = await browser.newPage();
  await page.goto(site.url);
  await page.addScriptTag({ url: "/dash.js" });
  await page.evaluate(() => {
    const { dashjs } = globalThis as any;
    const cues: { id: string; action: string; text: unknown; at: number }[] = [];
    Object.assign(globalThis, { cues });
    const video = document.querySelector("video")!;
    const player = dashjs.MediaPlayer().create();
    player.initialize(video, "/vod.mpd", true);
    player.on("urn:downbeat:cue:2026", ({ event }: any) => {
      const { id, action, params } = JSON.parse(typeof event.messageData === "string" ? event.messageData : new TextDecoder().decode(event.messageData));
      cues.push({ id, action, text: params?.text, at: video.currentTime });
    }, null, { mode: dashjs.MediaPlayer.events.EVENT_MODE_ON_START });
  });
  const cues = await until(() => page.evaluate(() => (globalThis as any).cues), (cues: any[]) => cues.length >= 3, "three cues");
  assert.deepEqual(cues.map(({ id, action, text }: any) => [id, action, text]), [
    ["song", "startSong", undefined], ["flash", "flash", "<Ä & \"cheer\">"], ["bow", "bow", undefined],
  ]);
  // A player looks for events a few times a second, and never before their time.
  const due = [1, 2, 5.5];
  cues.forEach(({ id, at }: any, index: number) => assert.ok(at >= due[index]! - 0.05, `${id} came at ${at} s`));
  await page.close();
  site.end();
});
