// Watch rooms in a real browser: a controller's commands and gestures reach every element, and nobody else's do.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { codeSamples } from "../docs/pages.ts";
import type { RoomAnswer } from "../../crates/web/ts/wire.ts";
import { clip } from "./harness/clip.ts";
import { launch } from "./harness/chromium.ts";
import { type Site, site } from "./harness/site.ts";

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser, ours] = await Promise.all([Runtime.start("browser-room", { variables: { ROOMS: "open" } }), launch(), site()]);
  const page = await browser.newPage();
  await page.goto(ours.url);
  ours.put("/clip.webm", await clip(page, 120));
  await page.close();
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

for (const { page: from, text } of codeSamples().filter(({ text }) => text.includes("downbeat-client/room"))) test(`the sample of ${from} joins`, async () => {
  const answer = await made();
  const own = text.replace("downbeat-client/room", "/client/downbeat-room.js").replace(/https:\/\/downbeat[^"]*/, runtime.url);
  ours.put("/sample.js", own);
  ours.put("/sample.html", `<!doctype html><title>sample</title><video muted controls src="/clip.webm"></video><script type="module" src="/sample.js"></script>`);
  const page = await browser.newPage();
  const said: string[] = [];
  page.on("console", (message) => void said.push(message.text()));
  await page.goto(`${ours.url}/sample.html#${answer.event}.${answer.invitations.own}`);
  await until(async () => said, (said) => said.includes("Ana joined"), "the sample to be in");
  await page.close();
});

/** Makes a room. */
async function made(settings: object = {}): Promise<RoomAnswer> {
  const body = JSON.stringify({ title: "Film night", content: "/clip.webm", ...settings });
  const response = await fetch(`${runtime.url}/v1/rooms`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal(response.status, 201, await response.clone().text());
  return (await response.json()) as RoomAnswer;
}

/** Somebody in a room, with a page of their own. */
interface Somebody {
  page: Page;
  context: BrowserContext;
  /** Evaluates an expression in which `room` and `video` are theirs, and `said` what listeners were called with. */
  evaluate<T = unknown>(expression: string): Promise<T>;
}

async function comes(answer: RoomAnswer, role: "view" | "control" | "own", name: string, controls = true): Promise<Somebody> {
  const context = await browser.newContext({ viewport: { width: 640, height: 420 } });
  const page = await context.newPage();
  await page.goto(ours.url);
  const somebody = { page, context, evaluate: <T>(expression: string) => page.evaluate(expression) as Promise<T> };
  await enters(somebody, { server: runtime.url, room: answer.event, invitation: answer.invitations[role]!, name }, controls);
  return somebody;
}

async function enters({ page }: Somebody, options: object, controls: boolean): Promise<void> {
  await page.evaluate(async ([options, controls]) => {
    const path = "/client/downbeat-room.js";
    const { joinRoom } = await import(path);
    const page = globalThis as any;
    page.said = [];
    page.room = await joinRoom(options);
    for (const name of ["member", "role", "wait", "refused"]) page.room.on(name, (value: unknown) => page.said.push([name, value]));
    page.video = document.createElement("video");
    Object.assign(page.video, { src: "/clip.webm", muted: true, controls: true, width: 600, height: 340 });
    document.body.replaceChildren(page.video);
    page.addEventListener("keyup", () => { page.pressedAt = performance.now(); });
    page.binding = page.room.bindMedia(page.video, { controls });
  }, [options, controls] as const);
}

const isIn = (somebody: Somebody) => until(() => somebody.evaluate<boolean>("room.role !== undefined && video.readyState >= 3"), Boolean, "somebody to be in");
const plays = (...all: Somebody[]) => Promise.all(all.map((one) =>
  until(() => one.evaluate<number>("video.paused ? NaN : Math.abs(video.currentTime * 1000 - room.position())"), (off) => off < 100, "the video to play with the room")));
const stands = (...all: Somebody[]) => Promise.all(all.map((one) =>
  until(() => one.evaluate<number>("video.paused && room.rate() === 0 ? Math.abs(video.currentTime * 1000 - room.position()) : NaN"), (off) => off < 50, "the video to stand where the room does")));

test("a controller's commands reach every element, and all stand on the same frame", async () => {
  const answer = await made({ controls: "controllers" });
  const [ana, boris, chloe] = await Promise.all([comes(answer, "control", "Ana"), comes(answer, "view", "Boris"), comes(answer, "view", "Chloé")]);
  await Promise.all([ana, boris, chloe].map(isIn));
  await stands(ana, boris, chloe);
  await ana.evaluate("room.play()");
  await plays(ana, boris, chloe);
  await ana.evaluate("room.seek(60_000)");
  await until(() => boris.evaluate<number>("room.position()"), (position) => position >= 60_000, "the seek");
  await plays(ana, boris, chloe);
  await ana.evaluate("room.pause()");
  await stands(ana, boris, chloe);
  const frames = await Promise.all([ana, boris, chloe].map((one) => one.evaluate<number>("Math.floor(video.currentTime * 10)")));
  assert.deepEqual(frames, [frames[0], frames[0], frames[0]]);
  for (const one of [ana, boris, chloe]) await one.context.close();
});

test("a viewer's command is refused, and changes nothing", async () => {
  const answer = await made({ controls: "controllers" });
  const [ana, boris] = await Promise.all([comes(answer, "control", "Ana"), comes(answer, "view", "Boris")]);
  await Promise.all([ana, boris].map(isIn));
  const code = await boris.evaluate("room.play().then(() => 'played', (error) => error.code)");
  assert.equal(code, "not-allowed");
  assert.deepEqual(await boris.evaluate("said.findLast(([name]) => name === 'refused')[1].code"), "not-allowed");
  await ana.evaluate("room.play()");
  await plays(ana, boris);
  for (const one of [ana, boris]) await one.context.close();
});

test("members know of each other, and a reload is the same member", async () => {
  const answer = await made();
  const [ana, boris] = await Promise.all([comes(answer, "control", "Ana"), comes(answer, "view", "Boris")]);
  const names = (one: Somebody) => one.evaluate<string[]>("room.members.map(({ name }) => name).sort()");
  for (const one of [ana, boris]) await until(() => names(one), (names) => names.join() === "Ana,Boris", "both to be known");
  const member = await boris.evaluate<string>("room.member");
  await boris.page.reload();
  await enters(boris, { server: runtime.url, room: answer.event, invitation: answer.invitations.view!, name: "Boris" }, true);
  await isIn(boris);
  assert.equal(await boris.evaluate("room.member"), member);
  await boris.evaluate("room.leave()");
  await until(() => names(ana), (names) => names.join() === "Ana", "Boris to have left");
  for (const one of [ana, boris]) await one.context.close();
});

test("what a controller does on the element's own controls is a command; a viewer's pause is their own", async () => {
  const answer = await made({ controls: "controllers" });
  const [ana, boris] = await Promise.all([comes(answer, "control", "Ana"), comes(answer, "view", "Boris")]);
  await Promise.all([ana, boris].map(isIn));
  await stands(ana, boris);
  // The keyboard works the controls of an element that has the focus.
  const space = async (one: Somebody) => {
    await one.evaluate("video.focus()");
    await one.page.keyboard.press("Space");
  };
  await space(ana);
  await plays(ana, boris);
  await space(ana);
  await stands(ana, boris);
  await space(ana);
  await plays(ana, boris);

  await space(boris);
  await until(() => boris.evaluate("binding.state"), (state) => state === "paused", "Boris's own pause");
  await plays(ana);
  await boris.evaluate("binding.rejoin()");
  await plays(ana, boris);

  // What the page's own code does is nobody's gesture, unless it does so right after one.
  await until(() => ana.evaluate<number>("performance.now() - pressedAt"), (ago) => ago > 1_000, "Ana's press to be long ago");
  await ana.evaluate("video.pause()");
  await until(() => ana.evaluate("binding.state"), (state) => state === "paused", "Ana's own pause");
  await plays(boris);
  await ana.evaluate("binding.rejoin()");
  await plays(ana, boris);
  assert.equal(await boris.evaluate("room.rate()"), 1);
  for (const one of [ana, boris]) await one.context.close();
});

test("an invitation that is replaced ends the stay, and says so", async () => {
  const answer = await made();
  const boris = await comes(answer, "view", "Boris");
  await isIn(boris);
  const response = await fetch(`${runtime.url}/v1/events/${answer.event}/invitations`, {
    method: "POST", headers: { authorization: `Bearer ${answer.invitations.own}`, "content-type": "application/json" }, body: `{"role":"view"}`,
  });
  assert.equal(response.ok, true, await response.text());
  await until(() => boris.evaluate("room.connection.state"), (state) => state === "left", "Boris to be out");
  assert.equal(await boris.evaluate("said.findLast(([name]) => name === 'refused')[1].code"), "invalid-invitation");
  await boris.context.close();
});
