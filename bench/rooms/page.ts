// One page that watches, and what was on its screen: which frame from when on, by the machine's one clock.

import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Server } from "../../tests/edge/harness/calls.ts";
import type { Site } from "../../tests/browser/harness/site.ts";
import type { Shown } from "./frames.ts";

/** The page loads what a watch room of a site would: the package, and a player. Frames are recorded from the first one on. */
const SCRIPT = `
const frames = [];
let recorded;
function record(video) {
  recorded = video;
  frames.length = 0;
  const next = (_, { mediaTime, expectedDisplayTime, presentedFrames }) => {
    if (video !== recorded) return;
    frames.push([mediaTime, expectedDisplayTime, presentedFrames]);
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
}
function show() {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, preload: "auto", src: "/clip.mp4", width: 320, height: 240 });
  document.body.replaceChildren(video);
  record(video);
  return globalThis.video = video;
}
/** By how much the machine's clock is ahead of this page's, in ms: the largest difference, as its clock has whole milliseconds. */
function ahead() {
  const until = performance.now() + 20;
  let most = -Infinity;
  while (performance.now() < until) most = Math.max(most, Date.now() - performance.now());
  return most;
}
globalThis.bench = {
  async room(options) {
    const { joinRoom } = await import("/client/downbeat-room.js");
    const room = globalThis.room = await joinRoom(options);
    bench.binding = room.bindMedia(show());
  },
  /** The usual way: the clock once, commands by a timer, and then whatever the player does. */
  async plain(url) {
    const video = show();
    const socket = new WebSocket(url);
    await new Promise((resolve) => { socket.onopen = resolve; });
    let answered;
    socket.onmessage = ({ data }) => answered(JSON.parse(data));
    const offsets = [];
    for (let n = 0; n < 8; n++) {
      const sent = Date.now();
      const { time } = await new Promise((resolve) => { answered = resolve; socket.send("{}"); });
      offsets.push(time - (sent + Date.now()) / 2);
    }
    offsets.sort((a, b) => a - b);
    const offset = (offsets[3] + offsets[4]) / 2;
    const acts = {
      play: ({ position }) => { video.currentTime = position; void video.play(); },
      pause: ({ position }) => { video.pause(); video.currentTime = position; },
      seek: ({ position }) => { video.currentTime = position; },
      rate: ({ rate }) => { video.playbackRate = rate; },
    };
    socket.onmessage = ({ data }) => {
      const command = JSON.parse(data);
      bench.last = command;
      setTimeout(() => acts[command.command](command), Math.max(0, command.at - (Date.now() + offset)));
    };
    bench.say = (command) => socket.send(JSON.stringify(command));
    bench.leave = () => socket.close();
  },
  isReady: () => globalThis.video?.readyState >= 3,
  leave: () => room.leave(),
  frames: () => ({ ahead: ahead(), frames }),
};
if (location.hash) bench.room(JSON.parse(decodeURIComponent(location.hash.slice(1))));
`;

/** Puts the page on the site. */
export function publish(site: Site): void {
  site.put("/watch.js", SCRIPT);
  site.put("/watch.html", `<!doctype html><title>watch</title><script type="module" src="/watch.js"></script>`);
}

export class Watcher {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(page: Page, context: BrowserContext) {
    [this.page, this.#context] = [page, context];
  }

  /** Opens the page, in a context of its own, which has nothing in its cache. With `options`, it joins that room right away. */
  static async open(browser: Browser, site: Server, options?: object): Promise<Watcher> {
    const context = await browser.newContext({ viewport: { width: 320, height: 240 } });
    const page = await context.newPage();
    await page.goto(`${site.url}/watch.html${options ? `#${encodeURIComponent(JSON.stringify(options))}` : ""}`);
    return new Watcher(page, context);
  }

  evaluate<T = unknown>(expression: string): Promise<T> {
    return this.page.evaluate(expression) as Promise<T>;
  }

  async run(statement: string): Promise<void> {
    await this.page.evaluate(`(async () => { await ${statement}; })()`);
  }

  /** Returns what it has shown so far, the earliest first. */
  async shown(): Promise<Shown[]> {
    const { ahead, frames } = await this.evaluate<{ ahead: number; frames: [number, number, number][] }>("bench.frames()");
    return frames.map(([media, at, count]) => ({ media: media * 1_000, at: at + ahead, count }));
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
