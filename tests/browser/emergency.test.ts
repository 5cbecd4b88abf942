// The last resort: socket and worker are gone, a store has a signed pause, and the page submits it to the worker.

import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { type Document, Signer } from "../edge/harness/emergency.ts";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { Site } from "../publish/harness/site.ts";
import { launch } from "./harness/engine.ts";
import { network } from "./harness/network.ts";
import { type Site as Home, site } from "./harness/site.ts";
import { status, Viewer } from "./harness/viewer.ts";

const FOLDER = `${ROOT}/target/browser/store`;
const PATH = "/current.json";

/** The patience for what takes a minute without push, in ms. */
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

/** Replaces the pointer atomically: readers get the old one or the new one. */
function put(document: Document): void {
  writeFileSync(`${FOLDER}/new`, JSON.stringify({ rev: 1, emergency: document }));
  renameSync(`${FOLDER}/new`, FOLDER + PATH);
}

/** Waits until pages have fetched the pointer twice more: what they do about the first fetch is done by then. */
async function fetchedTwice(): Promise<void> {
  let fetches = 0;
  store.heard = (path) => void (fetches += Number(path === PATH));
  await until(async () => fetches, (fetches) => fetches >= 2, "pages to fetch the pointer");
}

test("without socket and worker a page accepts a valid signature only, holds, and submits it", async (t) => {
  const [signer, stranger] = [new Signer(), new Signer()];
  const event = await begun(runtime, "night", 600_000, signer.channel(store.url + PATH));
  const line = await network(runtime, { roundTrip: 4, jitter: 0, burst: 0, burstsPercent: 0 }, 1);
  const viewers = await Promise.all([1, 2].map(() => Viewer.join(browser, home, line, "night")));
  await Promise.all(viewers.map((viewer) => viewer.settles()));
  const known = await event.state();

  await runtime.kill();
  line.cut();
  line.restore();
  put(stranger.pause(known, known.serverTime));
  await fetchedTwice();
  put(signer.pause(known, known.serverTime, "Go home", { epoch: "another", rev: 1_000 }));
  await fetchedTwice();
  put(signer.pause({ ...known, event: "day" }, known.serverTime, "Go home", { rev: 1_000 }));
  await fetchedTwice();
  for (const viewer of viewers) assert.equal(await viewer.evaluate("event.status"), "running");

  // Only the page itself can estimate the server's time now.
  const signedAt = Math.round(await viewers[0]!.evaluate<number>("event.now()"));
  put(signer.pause(known, signedAt, "Back soon"));
  const held = signedAt + 500 - known.startsAt;
  for (const viewer of viewers) {
    const { at, position } = await viewer.receives(status("paused"), "the pause");
    assert.equal(position, held, "held where it was signed, however late it was received");
    await viewer.receives(({ name, value }) => name === "message" && value?.text === "Back soon", "the message");
    t.diagnostic(`held ${(at - signedAt).toFixed(0)} ms after it was signed`);
  }

  await runtime.restart();
  line.connectTo(runtime);
  for (const viewer of viewers) await viewer.page.evaluate(() => window.dispatchEvent(new Event("online")));
  const adopted = await until(() => event.state(), ({ rev }) => rev > known.rev, "a page to submit it");
  assert.deepEqual([adopted.rev, adopted.status, adopted.message], [known.rev + 1, "paused", "Back soon"]);
  const [entry] = await event.log();
  assert.deepEqual([entry!.name, entry!.at], ["emergency", signedAt]);

  // A viewer who joins now gets it from the worker, and everybody gets what follows.
  const late = await Viewer.join(browser, home, line, "night");
  await late.receives(status("paused"), "the pause");
  assert.equal(await late.evaluate("event.position()"), held);
  const resumed = await event.command("resume");
  for (const viewer of [...viewers, late]) {
    await until(() => viewer.evaluate("event.state.rev"), (rev) => rev === resumed.rev, "the resume", MINUTES);
    await until(() => viewer.evaluate("event.status"), (status) => status === "running", "the event to resume");
    await viewer.end();
  }
  line.end();
});
