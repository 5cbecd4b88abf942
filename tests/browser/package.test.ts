// The package as others use it: through a bundler, under a strict policy, and by libraries that follow timing objects.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { buildSync } from "esbuild";
import type { Browser } from "playwright-core";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { moment, show } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";
import { turn, Viewer } from "./harness/viewer.ts";

/** The package's own page, then the guide. */
const GUIDE = ["crates/web/README.md", "docs/integrate.md"].map((page) => readFileSync(`${ROOT}/${page}`, "utf8")).join("\n");

/** The server in its examples, as a `https:` URL. */
const EXAMPLE = "https://downbeat.example.workers.dev";

/** Returns the first example of the guide that contains `marks`, with this runtime as its server. */
function example(marks: string): string {
  const found = [...GUIDE.matchAll(/```[a-z]*\n([^]*?)```/g)].map(([, text]) => text!).find((text) => text.includes(marks));
  assert.ok(found, `the guide has an example with ${marks}`);
  const sockets = (url: string) => url.replace(/^http/, "ws");
  return found.replaceAll(sockets(EXAMPLE), sockets(runtime.url)).replaceAll(EXAMPLE, runtime.url);
}

/** A project of somebody else's, who installed the package. */
const PROJECT = `${ROOT}/target/browser/project`;

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser, ours] = await Promise.all([Runtime.start("browser-package"), launch(), site()]);
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(`${PROJECT}/node_modules`, { recursive: true });
  execFileSync("cp", ["-r", `${ROOT}/build/client`, `${PROJECT}/node_modules/downbeat-client`]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

test("the ten lines of the guide go through a bundler, and their types through the compiler", async () => {
  writeFileSync(`${PROJECT}/app.ts`, example(`from "downbeat-client"`));
  const flags = ["--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022"];
  execFileSync(`${ROOT}/node_modules/.bin/tsc`, [...flags, "app.ts"], { cwd: PROJECT, stdio: "pipe" });
  const { outputFiles } = buildSync({
    entryPoints: [`${PROJECT}/app.ts`], bundle: true, format: "esm", minify: true, write: false,
  });
  ours.put("/app.js", Buffer.from(outputFiles[0]!.contents));
  ours.put("/app.html", `<!doctype html><title>app</title><video muted></video><script type="module" src="/app.js"></script>`);
  await show(runtime, "main", 0, [moment("first", 20_000)]);
  const page = await browser.newPage();
  const heard: string[] = [];
  page.on("console", (message) => void heard.push(message.text()));
  await page.goto(`${ours.url}/app.html`);
  await until(async () => heard, (heard) => heard.some((line) => line.includes("first")), "the cue in the console");
  await page.close();
});

test("the guide's plain page and script run on a site of their own, under the very policy that the guide gives", async () => {
  const theirs = await site(example("Content-Security-Policy: ").trim().replace("Content-Security-Policy: ", ""));
  theirs.put("/favicon.ico", "");
  // This site has no such video.
  theirs.put("/gala.html", `<!doctype html><title>gala</title><body>${example("<video").replace(` src="/gala.webm"`, "")}`);
  const event = await show(runtime, "plain", 0, [moment("first", 20_000)]);
  theirs.put("/gala.js", example("/downbeat-client.js").replace(`event: "main"`, `event: "plain"`));
  const page = await browser.newPage();
  const heard: string[] = [];
  page.on("console", (message) => void heard.push(message.text()));
  page.on("pageerror", (error) => void heard.push(String(error)));
  await page.goto(`${theirs.url}/gala.html`);
  await event.command("announce", { message: "<i>Hello</i>" });
  await until(() => page.locator("#note").textContent(), (note) => note === "<i>Hello</i>", "the message");
  await until(async () => heard, (heard) => heard.length > 0, "the cue in the console");
  assert.match(heard.join("\n"), /^moment, \d+ ms into it$/, "and nothing that the policy refused");
  await page.close();
  theirs.end();
});

test("nothing of the page's is touched: no globals, no cookies, and its events end with leave()", async () => {
  await show(runtime, "tidy", 0, []);
  const page = await browser.newPage();
  await page.goto(ours.url);
  const before = await page.evaluate(() => Object.getOwnPropertyNames(globalThis).sort());
  const after = await page.evaluate(async (server) => {
    const path = "/client/downbeat-client.js";
    const { join } = await import(path);
    const event = await join({ server, event: "tidy" });
    await new Promise((resolve) => event.on("status", resolve));
    const received: unknown[] = [];
    event.on("connection", (what: any) => received.push(what.state));
    event.leave();
    window.dispatchEvent(new Event("online"));
    return { names: Object.getOwnPropertyNames(globalThis).sort(), cookies: document.cookie, received };
  }, runtime.url);
  assert.deepEqual(after, { names: before, cookies: "", received: ["left"] });
  await page.close();
});

test("two events on one page do not get in each other's way", async () => {
  await show(runtime, "one", 0, [moment("of-one", 15_000)]);
  await show(runtime, "other", 1_000_000, [moment("of-the-other", 1_020_000)]);
  const viewer = await Viewer.join(browser, ours, runtime, "one");
  const other = await viewer.page.evaluate(async (server: string) => {
    const path = "/client/downbeat-client.js";
    const { join } = await import(path);
    const event = await join({ server, event: "other" });
    const turned: any = await new Promise((resolve) => event.on("cue", resolve));
    return turned.cue.id;
  }, runtime.url);
  assert.equal(other, "of-the-other");
  await viewer.receives(turn("fire", "of-one"), "the cue");
  await viewer.end();
});

test("a library that follows timing objects follows the event", async () => {
  const event = await show(runtime, "timing", 0, []);
  const { outputFiles } = buildSync({
    stdin: { contents: `export { TimingObject } from "timing-object";`, resolveDir: ROOT },
    ...{ bundle: true, format: "esm", write: false },
  });
  ours.put("/timing-object.js", Buffer.from(outputFiles[0]!.contents));
  const viewer = await Viewer.join(browser, ours, runtime, "timing");
  await viewer.settles();
  await viewer.page.evaluate(async () => {
    const path = "/timing-object.js";
    const { TimingObject } = await import(path);
    Object.assign(globalThis, { timing: new TimingObject((globalThis as any).joined.timingProvider) });
  });
  const apart = () => viewer.evaluate<number>("Math.abs(timing.query().position * 1000 - event.position())");
  await until(apart, (ms) => ms <= 5, "the object to be where the event is");
  await event.command("pause");
  await viewer.wake();
  await until(() => viewer.evaluate<number>("timing.query().velocity"), (velocity) => velocity === 0, "the object to stand");
  await until(apart, (ms) => ms <= 1, "the object to stand where the event does");
  await viewer.end();
});
