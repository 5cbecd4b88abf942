// Players as they are: what a person pauses, what a browser refuses, and media that does not do what it is asked to.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import type { Browser } from "playwright-core";
import type { Event } from "../edge/harness/calls.ts";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch as launchChromium } from "./harness/chromium.ts";
import { clip } from "./harness/clip.ts";
import { ENGINE, launch, withEncoder } from "./harness/engine.ts";
import { show } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";
import { Viewer } from "./harness/viewer.ts";

/** How long ago the event began, in ms. */
const SINCE = 30_000;

let runtime: Runtime;
let browser: Browser;
let ours: Site;
let event: Event;
let viewer: Viewer;
before(async () => {
  [runtime, browser, ours] = await Promise.all([Runtime.start("browser-players"), launch(), site()]);
  event = await show(runtime, "players", SINCE, []);
  viewer = await Viewer.join(browser, ours, runtime, "players");
  await withEncoder(viewer.page, ours.url, async (page) => {
    const file = await clip(page, 300);
    ours.put("/clip.webm", file);
    ours.put("/other.webm", file);
    ours.put("/whole.webm", file, false);
    ours.put("/short.webm", await clip(page, 4));
    ours.put("/recorded.webm", await clip(page, 300, true));
  });
  ours.put("/alone/downbeat-client.js", readFileSync(`${ROOT}/build/client/downbeat-client.js`));
});
afterEach(() => viewer.page.evaluate(() => {
  const { binding, video } = globalThis as any;
  binding?.release();
  video?.remove?.();
}));
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

test("a pause of the person's lasts, also through one of the event's, until the page rejoins", async () => {
  await bind({ src: "/clip.webm" });
  await follows();
  await viewer.evaluate("video.pause()");
  await tells("paused");
  await change("pause");
  await change("resume");
  assert.deepEqual(await viewer.evaluate("[video.paused, binding.state]"), [true, "paused"]);
  await viewer.evaluate("event.rejoin()");
  await follows();
});

test("what the event pauses is no person's, and a person's play catches up", async () => {
  await bind({ src: "/clip.webm" });
  await follows();
  await change("pause");
  await tells("held");
  await change("resume");
  await follows();
  await viewer.evaluate("video.pause()");
  await tells("paused");
  await change("seek", { position: 90_000 });
  await viewer.evaluate("void video.play()");
  await follows();
  assert.ok((await viewer.evaluate<number>("video.currentTime")) >= 90);
  assert.deepEqual((await told()).filter((state) => state === "paused").length, 1);
});

test("media taken off the page is silent and stays so", async () => {
  await bind({ src: "/clip.webm" });
  await follows();
  await viewer.evaluate("video.remove()");
  await tells("released");
  await change("pause");
  await change("resume");
  assert.equal(await viewer.evaluate("video.paused"), true);
});

test("media that its page wants loaded late is loaded, and plays", async () => {
  await bind({ src: "/clip.webm", preload: "none" });
  await follows();
});

test("another source is no pause: it is followed from where the event is", async () => {
  await bind({ src: "/clip.webm" });
  await follows();
  await viewer.evaluate(`void (video.src = "/other.webm?1")`);
  await until(() => viewer.evaluate<string>("video.currentSrc"), (src) => src.endsWith("/other.webm?1"), "the other source");
  await follows();
  assert.equal((await told()).includes("paused"), false);
});

test("a video that has loaded nothing is not asked how far it can be sought", async () => {
  // In Chromium and Firefox that does no harm; WebKitGTK takes the length to be 0 then, and never finds it.
  await viewer.page.evaluate(() => {
    const { get } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "seekable")!;
    const asked: number[] = [];
    const seekable = {
      configurable: true,
      get(this: HTMLMediaElement) {
        asked.push(this.readyState);
        return get!.call(this);
      },
    };
    Object.assign(globalThis, { asked, restore: () => Object.defineProperty(HTMLMediaElement.prototype, "seekable", { ...seekable, get }) });
    Object.defineProperty(HTMLMediaElement.prototype, "seekable", seekable);
  });
  await bind({ src: "/clip.webm", preload: "none" });
  await follows();
  const asked = await viewer.evaluate<number[]>("restore() && globalThis.asked");
  assert.ok(asked.length > 0 && !asked.includes(0), asked.join(" "));
});

test("a recording without its length is followed like any other file", async (t) => {
  await bind({ src: "/recorded.webm" });
  const state = await until(async () => (await told()).at(-1), (state) => state !== undefined && state !== "loading", "to be told");
  t.diagnostic(`${state}; ${await viewer.evaluate("`${video.duration} s, ${[...Array(video.seekable.length)].map((_, i) => video.seekable.end(i))}`")}`);
  await follows();
});

test("media that cannot be sought is tried once, and then told", async (t) => {
  await bind({ src: "/whole.webm" });
  const read = () => viewer.evaluate<[string, number | null, number]>("[binding.state, binding.drift, globalThis.seeks]");
  const [state, drift, seeks] = await until(read, ([state, drift]) => state === "unseekable" || (ENGINE === "webkit" && state === "failed") || (state === "playing" && drift !== null && Math.abs(drift) < 50), "to be told");
  t.diagnostic(`${state}, ${drift?.toFixed(0)} ms off, ${seeks} seeks`);
  // Firefox and WebKitGTK seek in what they have loaded so far; WebKitGTK takes it for an error if there is not enough.
  if (ENGINE === "chromium") assert.deepEqual([state, seeks], ["unseekable", 1]);
});

// WebKitGTK begins a loop up to a second early once it was sought in, and then stays at its end.
test("a loop goes on for as long as the event", { skip: ENGINE === "webkit" }, async () => {
  await bind({ src: "/short.webm" }, { loop: true });
  await until(() => viewer.evaluate<number>("globalThis.turns"), (turns) => turns >= 3, "the clip to go round three times");
  const off = "((video.currentTime * 1000 - event.position()) % 4000 + 6000) % 4000 - 2000";
  await until(() => viewer.evaluate<number>(off), (off) => Math.abs(off) < 50, "it to be where the event is");
  assert.equal((await told()).includes("ended"), false);
});

test("a player that is no element follows by the same rules", async () => {
  await viewer.page.evaluate(() => {
    const { joined } = globalThis as any;
    let [from, at, rate, paused, changed] = [0, performance.now(), 1, true, () => {}];
    const position = () => (paused ? from : from + ((performance.now() - at) / 1_000) * rate);
    const set = (act: () => void) => { [from, at] = [position(), performance.now()]; act(); queueMicrotask(changed); };
    const video = {
      get currentTime() { return position(); },
      get paused() { return paused; },
      get rate() { return rate; },
      set rate(to: number) { set(() => { rate = to; }); },
      buffering: false,
      duration: 600,
      play: () => set(() => { paused = false; }),
      pause: () => set(() => { paused = true; }),
      seek: (to: number) => set(() => { from = to; }),
      watch(listener: () => void) { changed = listener; return () => { changed = () => {}; }; },
    };
    Object.assign(globalThis, { video, told: [], binding: joined.bindMedia(video) });
  });
  await follows();
  await change("pause");
  await until(() => viewer.evaluate("video.paused"), Boolean, "it to stand");
  await change("resume");
  await follows();
  await viewer.evaluate("video.pause()");
  await until(() => viewer.evaluate("binding.state"), (state) => state === "paused", "its pause to be a person's");
  await viewer.evaluate("binding.rejoin()");
  await follows();
});

test("where the file for media is missing the page is told which, and plays once it is there", async () => {
  const faults = await viewer.page.evaluate(async ({ server }) => {
    const path = "/alone/downbeat-client.js";
    const { join } = await import(path);
    const faults: string[] = [];
    window.addEventListener("error", (fault) => { faults.push(fault.message); });
    const alone = await join({ server, event: "players" });
    const video = document.createElement("video");
    [video.muted, video.src] = [true, "/clip.webm"];
    document.body.append(video);
    const missing = new Promise((resolve) => alone.on("media", resolve));
    Object.assign(globalThis, { video, alone, binding: alone.bindMedia(video) });
    const { state } = await missing as { state: string };
    return [state, ...faults];
  }, { server: runtime.url });
  assert.equal(faults[0], "missing");
  assert.match(faults[1]!, /downbeat-media\.js beside downbeat-client\.js/);
  ours.put("/alone/downbeat-media.js", readFileSync(`${ROOT}/build/client/downbeat-media.js`));
  await follows();
  await viewer.evaluate("alone.leave()");
});

test("where sound needs a gesture the page is told so, and it plays at the next one", { skip: ENGINE !== "chromium" }, async () => {
  // By a page of its own that says what it is told: whatever drives a page from outside counts as a gesture.
  ours.put("/strict.html", `<!doctype html><title>strict</title><script type="module" src="/strict.js"></script>`);
  ours.put("/strict.js", `
    import { join } from "/client/downbeat-client.js";
    const event = await join({ server: "${runtime.url}", event: "players" });
    event.on("media", ({ state }) => console.log(state));
    const video = document.createElement("video");
    video.src = "/clip.webm";
    document.body.append(video);
    event.bindMedia(video);`);
  const strict = await launchChromium("--autoplay-policy=document-user-activation-required");
  try {
    const page = await (await strict.newContext()).newPage();
    const states: string[] = [];
    page.on("console", (message) => void states.push(message.text()));
    await page.goto(`${ours.url}/strict.html`);
    await until(async () => states, (states) => states.includes("blocked"), "the page to be told");
    await page.mouse.click(5, 5);
    await until(async () => states, (states) => states.at(-1) === "playing", "it to play");
    assert.equal(states.includes("paused"), false);
  } finally {
    await strict.close();
  }
});

/** Puts a video on the page, and makes it follow the event. */
async function bind(attributes: { src: string; preload?: string; muted?: boolean }, options: object = {}): Promise<void> {
  await viewer.page.evaluate(({ attributes, options }) => {
    const { joined } = globalThis as any;
    const video = document.createElement("video");
    const told: string[] = [];
    Object.assign(globalThis, { video, told, seeks: 0, turns: 0 });
    Object.assign(video, { muted: true, ...attributes });
    document.body.append(video);
    let last = 0;
    video.addEventListener("seeking", () => void (globalThis as any).seeks++);
    video.addEventListener("timeupdate", () => { if (video.currentTime < last - 1) (globalThis as any).turns++; last = video.currentTime; });
    (globalThis as any).endTold?.();
    Object.assign(globalThis, { endTold: joined.on("media", ({ media, state }: any) => { if (media === video) told.push(state); }) });
    Object.assign(globalThis, { binding: joined.bindMedia(video, options) });
  }, { attributes, options });
}

/** Returns what was told of the video so far. */
function told(): Promise<string[]> {
  return viewer.page.evaluate(() => (globalThis as any).told as string[]);
}

async function tells(state: string): Promise<void> {
  await until(told, (states) => states.at(-1) === state, `"${state}" to be told`);
}

/** Waits until the video plays where the event is. */
async function follows(): Promise<void> {
  const read = () => viewer.evaluate<[boolean, number, string]>("[video.paused, video.currentTime * 1000 - event.position(), binding.state]");
  await until(read, ([paused, off, state]) => !paused && Math.abs(off) < 100 && state === "playing", "the video to follow");
}

/** Sends a command and waits until it has taken effect in the page. */
async function change(command: string, fields: object = {}): Promise<void> {
  const { rev, effectiveAt } = await event.command(command, { ...fields });
  await viewer.receives(({ name, value }) => name === "state" && value.rev >= rev, `revision ${rev}`);
  await until(() => viewer.evaluate<number>("event.now()"), (now) => now >= effectiveAt + 100, "the change to take effect");
}
