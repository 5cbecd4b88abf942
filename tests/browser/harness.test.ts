// What the other tests rely on: the clip can be sought, the network is as slow as configured and symmetric, and no request passes by
// what intercepts it.
// Measures milliseconds.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { clip } from "./harness/clip.ts";
import { network } from "./harness/network.ts";
import { intercept } from "./harness/page.ts";
import { type Site, site } from "./harness/site.ts";

let browser: Browser;
let ours: Site;
before(async () => { [browser, ours] = await Promise.all([launch(), site()]); });
after(async () => { await browser?.close(); ours?.end(); });

test("the clip plays, knows its length, and can be sought", async () => {
  const page = await browser.newPage();
  await page.goto(ours.url);
  ours.put("/clip.webm", await clip(page, 30));
  const seen = await page.evaluate(async () => {
    const video = document.createElement("video");
    video.muted = true;
    video.src = "/clip.webm";
    const heard = (what: string) => new Promise((resolve) => video.addEventListener(what, resolve, { once: true }));
    await heard("loadedmetadata");
    const { duration } = video;
    video.currentTime = 17.25;
    await heard("seeked");
    const sought = video.currentTime;
    void video.play();
    await heard("timeupdate");
    return { duration, sought, seekable: video.seekable.end(0) };
  });
  assert.deepEqual(seen, { duration: 30, sought: 17.25, seekable: 30 });
  await page.close();
});

test("once requests are intercepted, a page that was busy meanwhile sends none past that", async () => {
  const page = await browser.newPage();
  const passed: string[] = [];
  page.on("response", (response) => { if (response.url().endsWith("/pressed")) passed.push(`${response.status()}`); });
  await page.goto(ours.url);
  await page.evaluate(() => document.addEventListener("keydown", () => void fetch("/pressed")));
  const TURNS = 60;
  for (let turn = 1; turn <= TURNS; turn++) {
    // So long that the browser is told to intercept while the page cannot hear of it.
    await page.evaluate(() => void setTimeout(() => { for (const end = performance.now() + 100; performance.now() < end;); }, 0));
    await intercept(page, "**/pressed", (route) => route.fulfill({ status: 204 }));
    await page.keyboard.press("h");
    await until(async () => passed.length, (count) => count === turn, "the answer");
    await page.unroute("**/pressed");
  }
  assert.deepEqual([...new Set(passed)], ["204"]);
  await page.close();
});

test("the network delivers everything in order, and nothing faster than configured", async () => {
  const echo = createServer((socket) => void socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const slow = await network({ url }, { roundTrip: 40, jitter: 3, burst: 30, burstsPercent: 20 }, 7);
  const socket = connect({ port: Number(new URL(slow.url).port), host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const heard: string[] = [];
  for (let index = 0; index < 10; index++) {
    const asked = performance.now();
    socket.write(`${index} `);
    heard.push(String((await once(socket, "data"))[0]));
    assert.ok(performance.now() - asked >= 40, "there and back takes the round trip, or longer");
  }
  assert.equal(heard.join(""), "0 1 2 3 4 5 6 7 8 9 ");
  // A lot at once too: hundreds of pieces are in transit at the same time.
  const much = Array.from({ length: 30_000 }, (_, index) => `line ${index}\n`).join("");
  let back = "";
  socket.on("data", (piece) => { back += piece; });
  for (let at = 0; at < much.length; at += 200) {
    socket.write(much.slice(at, at + 200));
    // Sent as a piece of its own.
    await new Promise(setImmediate);
  }
  await until(async () => back.length, (length) => length >= much.length, "all of it to be back");
  assert.ok(back === much, "it came back in order");
  slow.cut();
  await once(socket, "close");
  slow.end();
  echo.close();
});
