// The last resort: socket and worker are gone, a signed pause lies in a store, and the page is the one that hands it in.

import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { type Document, Signer } from "../edge/harness/emergency.ts";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { Site } from "../publish/harness/site.ts";
import { launch } from "./harness/chromium.ts";
import { network } from "./harness/network.ts";
import { type Site as Home, site } from "./harness/site.ts";
import { status, Viewer } from "./harness/viewer.ts";

const FOLDER = `${ROOT}/target/browser/store`;
const PATH = "/current.json";

/** What takes a minute where changes are not pushed, in ms. */
const MINUTES = 240_000;

let runtime: Runtime;
let browser: Browser;
let home: Home;
let store: Site;
before(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  [runtime, browser, home, store] =
    await Promise.all([Runtime.start("browser-emergency"), launch(), site(), Site.start(FOLDER)]);
});
after(async () => {
  await browser?.close();
  home?.end();
  store?.end();
  await runtime?.end();
});

/** Puts a pointer, whole: whoever reads it meanwhile gets the one before. */
function put(document: Document): void {
  writeFileSync(`${FOLDER}/new`, JSON.stringify({ rev: 1, emergency: document }));
  renameSync(`${FOLDER}/new`, FOLDER + PATH);
}

/** Waits until pages have looked at the pointer twice more: what the first look found is settled by then. */
async function looked(): Promise<void> {
  let looks = 0;
  store.heard = (path) => void (looks += Number(path === PATH));
  await until(async () => looks, (looks) => looks >= 2, "pages to look at the pointer");
}

test("without socket and worker a page believes a right signature alone, holds, and hands it in", async (t) => {
  const [signer, stranger] = [new Signer(), new Signer()];
  const event = await begun(runtime, "night", 600_000, signer.channel(store.url + PATH));
  const line = await network(runtime, { roundTrip: 4, jitter: 0, burst: 0, burstsPercent: 0 }, 1);
  const viewers = await Promise.all([1, 2].map(() => Viewer.join(browser, home, line, "night")));
  await Promise.all(viewers.map((viewer) => viewer.settles()));
  const known = await event.state();

  await runtime.kill();
  line.cut();
  line.mend();
  put(stranger.pause(known, known.serverTime));
  await looked();
  put(signer.pause(known, known.serverTime, "Go home", { epoch: "another", rev: 1_000 }));
  await looked();
  put(signer.pause({ ...known, event: "day" }, known.serverTime, "Go home", { rev: 1_000 }));
  await looked();
  for (const viewer of viewers) assert.equal(await viewer.says("event.status"), "running");

  // The page's own estimate of the server's time is the only one there is now.
  const signedAt = Math.round(await viewers[0]!.says<number>("event.now()"));
  put(signer.pause(known, signedAt, "Back soon"));
  const held = signedAt + 500 - known.startsAt;
  for (const viewer of viewers) {
    const { at, position } = await viewer.hears(status("paused"), "the pause");
    assert.equal(position, held, "held where it was signed, however late that was heard");
    await viewer.hears(({ name, told }) => name === "message" && told?.text === "Back soon", "the message");
    t.diagnostic(`held ${(at - signedAt).toFixed(0)} ms after it was signed`);
  }

  await runtime.restart();
  line.lead(runtime);
  for (const viewer of viewers) await viewer.page.evaluate(() => window.dispatchEvent(new Event("online")));
  const taken = await until(() => event.state(), ({ rev }) => rev > known.rev, "a page to hand it in");
  assert.deepEqual([taken.rev, taken.status, taken.message], [known.rev + 1, "paused", "Back soon"]);
  const [entry] = await event.log();
  assert.deepEqual([entry!.name, entry!.at], ["emergency", signedAt]);

  // Who comes now has it from the worker, and so has everyone what comes next.
  const late = await Viewer.join(browser, home, line, "night");
  await late.hears(status("paused"), "the pause");
  assert.equal(await late.says("event.position()"), held);
  const resumed = await event.command("resume");
  for (const viewer of [...viewers, late]) {
    await until(() => viewer.says("event.state.rev"), (rev) => rev === resumed.rev, "the resume", MINUTES);
    await until(() => viewer.says("event.status"), (status) => status === "running", "the event to go on");
    await viewer.end();
  }
  line.end();
});
