// The last resort: socket and worker are gone, a store has a signed pause, and the page submits it to the worker.

import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun, call } from "../edge/harness/calls.ts";
import { type Document, Signer } from "../edge/harness/emergency.ts";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import type { Audience } from "../edge/harness/wire.ts";
import { Site } from "../publish/harness/site.ts";
import { launch as launchChromium } from "./harness/chromium.ts";
import { ENGINE, launch } from "./harness/engine.ts";
import { network } from "./harness/network.ts";
import { type Site as Home, site } from "./harness/site.ts";
import { connected, status, Viewer } from "./harness/viewer.ts";

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

/** What the page's sockets send, from before any is opened. */
function recordSent(): void {
  const sent: string[] = ((globalThis as any).sent = []);
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (text) {
    sent.push(String(text));
    send.call(this, text);
  };
}

test("a page that cannot check signatures says so, and the operator's audience counts it", async (t) => {
  // Firefox has no such name for an address of this machine.
  if (ENGINE !== "chromium") return t.skip("needs a name that leads to this machine");
  const event = await begun(runtime, "plain", 600_000, new Signer().channel(store.url + PATH));
  const without = await begun(runtime, "keyless", 600_000);
  // A page that was loaded without encryption from another machine's name has no WebCrypto, in any browser.
  const named = await launchChromium("--host-resolver-rules=MAP plain.example 127.0.0.1");
  const plain = { ...home, url: home.url.replace("127.0.0.1", "plain.example") };
  const audience = async (of: typeof event) => (await call<Audience>(runtime, "GET", `${of.path}/audience`, { token: TOKENS.all })).body;
  try {
    const [able, unable] = await Promise.all([Viewer.join(named, home, runtime, "plain", undefined, recordSent), Viewer.join(named, plain, runtime, "plain", undefined, recordSent)]);
    const other = await Viewer.join(named, plain, runtime, "keyless", undefined, recordSent);
    assert.deepEqual(await Promise.all([able, unable].map((viewer) => viewer.evaluate("typeof crypto.subtle"))), ["object", "undefined"]);
    for (const viewer of [able, unable, other]) await viewer.receives(connected("live"), "the socket");
    for (const one of [event, without]) await one.command("announce", { message: "Hello" });
    const acks = async (viewer: Viewer) => (await viewer.evaluate<string[]>("globalThis.sent")).filter((text) => text.startsWith("{")).map((text) => JSON.parse(text).emergency);
    for (const [viewer, says] of [[able, undefined], [unable, "missing"], [other, undefined]] as const) {
      const sent = await until(() => acks(viewer), (acks) => acks.length > 0, "an ack");
      assert.equal(sent.at(-1) ?? undefined, says);
    }
    const seen = await until(() => audience(event), ({ acks }) => acks?.applied === 2, "both to be counted");
    assert.equal(seen.acks!.lackEmergency, 1);
    // There is nothing to check where the event has no key.
    const keyless = await until(() => audience(without), ({ acks }) => acks?.applied === 1, "the page without a key");
    assert.equal(keyless.acks!.lackEmergency, undefined);
  } finally {
    await named.close();
  }
});

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
