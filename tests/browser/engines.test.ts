// The pages in every engine: they are live, the video follows, and all of them hold with the event.

import { after, before, test } from "node:test";
import { begun, type Event } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { ENGINE, launch } from "./harness/engine.ts";
import type { EngineBrowser, EnginePage } from "./harness/engine-page.ts";

let runtime: Runtime;
let browser: EngineBrowser;
let event: Event;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-engines"), launch() as Promise<unknown> as Promise<EngineBrowser>]);
  event = await begun(runtime, "engines", 20_000);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

test("the viewer's page is live, plays with the event, and holds with it", async (t) => {
  const page = await open("/?event=engines");
  await text(page, "#light", /^live/);
  const read = () => page.evaluate<[boolean, number]>("[document.querySelector('#clip').paused, document.querySelector('#clip').currentTime]");
  const { timeline: [segment] } = await event.state();
  const off = async () => {
    const [paused, at] = await read();
    const now = await page.evaluate<number>("performance.timeOrigin + performance.now()");
    return paused ? Infinity : at * 1_000 - ((segment!.position + now - segment!.from) % 120_000);
  };
  const ms = await until(off, (off) => Math.abs(off) < 150, "the video to follow");
  t.diagnostic(`${ENGINE}: ${ms.toFixed(0)} ms off`);
  await event.command("pause", { message: "One moment" });
  await until(read, ([paused]) => paused, "the video to hold");
  await until(() => page.evaluate<string>("document.body.innerText"), (words) => words.includes("One moment"), "the message");
  await event.command("resume");
  await until(off, (off) => Number.isFinite(off), "the video to play on");
  await page.close();
});

test("the stage display is live", async () => {
  const page = await open("/display?event=engines");
  await text(page, "#light", /^live/);
  await page.close();
});

test("the console asks for a token", async () => {
  const page = await open("/console?event=engines");
  await until(() => page.evaluate<boolean>("document.querySelector('#token')?.checkVisibility() ?? false"), Boolean, "the form");
  await page.close();
});

async function open(path: string): Promise<EnginePage> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(runtime.url + path);
  return page;
}

async function text(page: EnginePage, selector: string, wanted: RegExp): Promise<void> {
  const read = () => page.evaluate<string>(`document.querySelector('${selector}')?.innerText ?? ''`);
  await until(read, (words) => wanted.test(words), `${selector} to say ${wanted}`);
}
