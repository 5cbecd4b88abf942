// Pages that are opened while the worker is gone: whom they believe, what they play on from, and by which clock.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { type Document, Signer } from "../edge/harness/emergency.ts";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import type { StateBody } from "../edge/harness/wire.ts";
import { Site } from "../publish/harness/site.ts";
import { launch } from "./harness/chromium.ts";
import { barriers, picture, SIZES } from "./harness/page.ts";
import { type Site as Home, site } from "./harness/site.ts";
import { connected, status, turn, Viewer } from "./harness/viewer.ts";

const FOLDER = `${ROOT}/target/browser/outage-store`;
const HOUR = 3_600_000;

/** Where no server answers. */
const NOWHERE = { url: "http://127.0.0.1:9" };

let browser: Browser;
let home: Home;
let store: Site;
before(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  [browser, home, store] = await Promise.all([launch(), site(), Site.start(FOLDER)]);
});
after(async () => {
  await browser?.close();
  home?.end();
  store?.end();
});

/** The state of an event as somebody saw it before the outage: it began ten minutes before `now`. */
function seen(event: string, now = Date.now()): StateBody {
  const startsAt = Math.round(now) - 600_000;
  const timeline = [{ from: startsAt, position: 0, rate: 1 }];
  return { event, epoch: "e1", rev: 7, startsAt, timeline, endedAt: null, rundown: null, messages: [] } as unknown as StateBody;
}

/** Writes an object below an event's folder, atomically. */
function put(event: string, name: string, body: object): void {
  mkdirSync(`${FOLDER}/${event}`, { recursive: true });
  writeFileSync(`${FOLDER}/${event}/${name}.new`, JSON.stringify(body));
  renameSync(`${FOLDER}/${event}/${name}.new`, `${FOLDER}/${event}/${name}`);
}

function pointer(event: string, document: Document): void {
  put(event, "current.json", { rev: 1, emergency: document });
}

const urlOf = (event: string) => `${store.url}/${event}/current.json`;

/** Waits until a page has fetched the pointer of an event twice more: what it does about the first fetch is done by then. */
async function fetchedTwice(event: string): Promise<void> {
  let fetches = 0;
  const before = store.heard;
  store.heard = (path) => {
    before(path);
    fetches += Number(path === `/${event}/current.json`);
  };
  await until(async () => fetches, (fetches) => fetches >= 2, "the page to fetch the pointer");
}

describe("an outage", { concurrency: 4 }, () => {
  test("a page that never reached the worker holds by a valid signature, and by no other", async () => {
    const [signer, stranger] = [new Signer(), new Signer()];
    const now = Math.round(Date.now());
    const [known, old] = [seen("night", now), seen("night", now - 30 * 24 * HOUR)];
    const viewer = await Viewer.join(browser, home, NOWHERE, "night", { url: urlOf("night"), key: signer.key });
    for (const [document, why] of [
      [stranger.pause(known, now, "Go home", { validUntil: now + HOUR }), "another key"],
      [signer.pause(known, now, "Go home"), "no date: of an older version"],
      [signer.pause(old, now - 30 * 24 * HOUR, "Go home", { validUntil: now - 29 * 24 * HOUR }), "of last month"],
      [signer.pause(old, now - 30 * 24 * HOUR, "Go home", { validUntil: now + HOUR }), "valid for longer than a day"],
      [signer.pause({ ...known, event: "day" }, now, "Go home", { validUntil: now + HOUR }), "another event"],
    ] as const) {
      pointer("night", document);
      await fetchedTwice("night");
      assert.equal(await viewer.evaluate("event.status"), undefined, why);
    }
    pointer("night", signer.pause(known, now, "Back soon", { validUntil: now + 24 * HOUR }));
    await viewer.receives(status("paused"), "the pause");
    await viewer.receives(({ name, value }) => name === "message" && value?.text === "Back soon", "the message");
    await viewer.receives(connected("unverified"), "what the clock is worth");
    assert.equal(await viewer.evaluate("event.position()"), now + 500 - known.startsAt);
    assert.equal(await viewer.evaluate("event.bound()"), undefined);
    await viewer.end();
  });

  test("a page that knows nothing plays on from what was published, without the cues that need a clock", async () => {
    const known = seen("gala");
    const cues = [
      { id: "plain", time: 0, action: "a", kind: "state" },
      { id: "exact", time: 0, action: "b", kind: "state", needs: { bound: 10_000, otherwise: "skip" } },
    ];
    const rundown = JSON.stringify({ format: "downbeat.rundown/1", id: "x", title: "Gala", tracks: {}, cues });
    const digest = createHash("sha256").update(rundown).digest("hex");
    put("rundowns", `${digest}.json`, JSON.parse(rundown));
    // A source of UTC an hour ahead of this machine's clock, so that one sees which of the two counts.
    put("utc", "time", { serverTime: Date.now() + HOUR });
    put("gala", "event.json", {
      ...{ event: "gala", epoch: "e1", rev: 7, title: "Spring gala", locale: "en", startsAt: known.startsAt, duration: null },
      ...{ timeline: known.timeline, endedAt: null, rundown: digest, url: `../rundowns/${digest}.json`, at: Date.now() },
      utc: [`${NOWHERE.url}/time`, `${store.url}/utc/time`],
    });
    const signer = new Signer();
    const viewer = await Viewer.join(browser, home, NOWHERE, "gala", { url: urlOf("gala"), key: signer.key });
    await viewer.receives(connected("unverified"), "playing on");
    await viewer.receives(turn("enter", "plain"), "the cue");
    await viewer.receives(turn("withhold", "exact"), "the cue that needs a bound");
    await until(() => viewer.evaluate<number>("event.position()"), (position) => position > HOUR, "the clock of the source");
    assert.deepEqual([await viewer.evaluate("event.state.title"), await viewer.evaluate("event.bound()")], ["Spring gala", undefined]);
    // It still holds by a signed pause.
    pointer("gala", signer.pause({ ...known, rundown: digest }, Math.round(Date.now()), "Back soon", { validUntil: Math.round(Date.now()) + HOUR * 2 }));
    await viewer.receives(status("paused"), "the pause");
    await viewer.end();
  });

  test("whatever lies in the store or in the browser, the signed pause gets through", async () => {
    const signer = new Signer();
    const known = seen("poison");
    const now = Math.round(Date.now());
    pointer("poison", signer.pause(known, now, "Back soon", { validUntil: now + HOUR }));
    const bad = ["{", "null", "7", "[]", '{"event":"poison"}', '{"event":"poison","epoch":7,"timeline":[null],"messages":[null]}',
      '{"event":"poison","epoch":"e1","rev":1e300,"timeline":[{}],"messages":[],"startsAt":"x","utc":7,"url":7}'];
    for (const text of bad) {
      mkdirSync(`${FOLDER}/poison`, { recursive: true });
      writeFileSync(`${FOLDER}/poison/event.json`, text);
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(home.url);
      const held = await page.evaluate(async ({ text, server, emergency }) => {
        localStorage.setItem(`downbeat.state ${server} poison`, text);
        const { join } = await import(`${location.origin}/client/downbeat-client.js`);
        const event = await join({ server, event: "poison", emergency });
        return new Promise((resolve) => {
          // By a state that nothing proves it may play first.
          event.on("status", (status: string) => status === "paused" && resolve(status));
          setTimeout(() => resolve("nothing after a minute"), 60_000);
        });
      }, { text, server: NOWHERE.url, emergency: { url: urlOf("poison"), key: signer.key } });
      assert.equal(held, "paused", text);
      await context.close();
    }
  });
});

test("pages of the worker say that their time is unverified, and so does what was known before", async () => {
  const runtime = await Runtime.start("browser-outage");
  try {
    await begun(runtime, "spring-gala", 600_000, { title: "Spring gala" });
    for (const size of ["phone", "desktop"] as const) {
      const phone = size === "phone" ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {};
      const context = await browser.newContext({ viewport: SIZES[size], ...phone });
      for (const path of ["/", "/display"]) {
        const page = await context.newPage();
        // Once with the worker …
        await page.goto(`${runtime.url}${path}?event=spring-gala`);
        await page.locator(".light[data-state=live]").waitFor();
        await page.close();
        // … and again when only the page itself is served.
        const later = await context.newPage();
        await later.route(/\/(v1|time)/, (route) => route.abort());
        await later.goto(`${runtime.url}${path}?event=spring-gala`);
        await later.locator(".light[data-state=unverified]").waitFor({ timeout: 60_000 });
        assert.equal(await later.innerText("#light"), "time unverified, playing on");
        assert.equal(await later.innerText("#title"), "Spring gala");
        assert.deepEqual(await barriers(later), []);
        await picture(later, `unverified${path.replace("/", "-")}-${size}`);
        await later.close();
      }
      await context.close();
    }
  } finally {
    await runtime.end();
  }
});
