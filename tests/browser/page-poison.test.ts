// What pages read that others may have written: the event's name in the address, and what is stored for the tab.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { launch } from "./harness/chromium.ts";
import { live, openConsole, seen, signIn, unexpected } from "./harness/console.ts";
import { openPage, picture } from "./harness/page.ts";
import { site } from "./harness/site.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-poison"), launch()]);
  await begun(runtime, "gala", 600_000);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

/** Names that no event can have; as parts of a URL most of them lead elsewhere. */
const NAMES = [
  "rehearsal/../gala", "../events/gala", "gala/time?", "gala#", "..", ".", "Gala", "-gala", "ga la", "gala\n", "g%61la", "gålä",
  "\u202egala", "dbt_otto_s3cret", "x".repeat(64), "//evil.example", "gala\\..\\x", "__proto__",
];

describe("poison", { concurrency: 2 }, () => {
  test("a page whose address names no event says so and requests nothing", async () => {
    for (const path of ["/console", "/display", "/"]) {
      for (const name of path === "/console" ? NAMES : NAMES.slice(0, 6)) {
        const context = await browser.newContext();
        const page = await context.newPage();
        const asked: string[] = [];
        page.on("request", (request) => void asked.push(new URL(request.url()).pathname));
        await page.goto(`${runtime.url}${path}?${new URLSearchParams({ event: name })}`);
        const alert = page.locator("[role=alert].message");
        await alert.waitFor();
        assert.match(await alert.innerText(), /names no event/);
        assert.doesNotMatch(await page.innerText("body"), /s3cret|gala/, "the name is not repeated");
        assert.deepEqual(asked.filter((asked) => /^\/(v1|time)|\.mp4/.test(asked)), [], `${path} ${name}`);
        if (name === NAMES[0]) await picture(page, `no-event${path.replace("/", "-")}`);
        await context.close();
      }
    }
  });

  test("the client joins no event of such a name", async () => {
    const home = await site();
    const { page } = await openPage(browser, home.url);
    const refused = await page.evaluate(async ({ server, names }) => {
      const { join } = await import(`${location.origin}/client/downbeat-client.js`);
      const all = names.map((event) => join({ server, event }).then(() => "joined", (error: unknown) => error instanceof TypeError));
      return Promise.all(all);
    }, { server: runtime.url, names: NAMES });
    assert.deepEqual(refused, NAMES.map(() => true));
    await page.context().close();
    home.end();
  });

  test("whatever is stored for the tab, the console works", async () => {
    const drafts = [
      "", "{", "null", "7", "[]", '"text"', '{"severity":"info"}', '{"severity":"info","text":null}', '{"severity":"loud","text":{}}',
      '{"severity":"info","text":[1,2]}', '{"severity":"info","text":{"en":7,"<img src=x>":"a","../x":"b","__proto__":{"x":1}}}',
      `{"severity":"info","text":{"en":"${"x".repeat(200_000)}"}}`, "[".repeat(100_000),
    ];
    for (const draft of drafts) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => void faults.push(String(error)));
      await page.addInitScript((draft) => {
        for (const key of ["downbeat console draft gala", "downbeat console token", "downbeat console actor"]) sessionStorage.setItem(key, draft);
        for (const part of ["viewer", "fired"]) sessionStorage.setItem(`downbeat.${part} ${location.origin} gala`, draft);
      }, draft);
      await page.goto(`${runtime.url}/console?event=gala`);
      await signIn(page, TOKENS.all);
      await live(page);
      await page.fill("#text-en", "Back soon");
      await seen(page, "#preview", /Back soon/);
      assert.deepEqual(unexpected(faults), [], draft.slice(0, 80));
      await context.close();
    }
  });

  test("without storage, or with none left, the console works for as long as the tab is open", async () => {
    for (const method of ["getItem", "setItem"]) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => void faults.push(String(error)));
      await page.addInitScript((method) => {
        Storage.prototype[method as "getItem"] = () => { throw new DOMException("no", "QuotaExceededError"); };
      }, method);
      await page.goto(`${runtime.url}/console?event=gala`);
      await signIn(page, TOKENS.all);
      await page.fill("#text-en", "Back soon");
      await seen(page, "#preview", /Back soon/);
      assert.deepEqual(unexpected(faults), [], method);
      await context.close();
    }
  });

  test("a half-read draft keeps what is right in it", async () => {
    const { page } = await openConsole(browser, runtime, "gala", "desktop");
    await page.evaluate(() => sessionStorage.setItem("downbeat console draft gala", '{"severity":"major","text":{"en":"Kept","fr":7,"de":"Auch"},"more":1}'));
    await page.reload();
    await signIn(page, TOKENS.all);
    await page.locator("#text-de").waitFor();
    assert.deepEqual([await page.inputValue("#text-en"), await page.inputValue("#text-de"), await page.inputValue("#severity")], ["Kept", "Auch", "major"]);
    assert.equal(await page.locator("#text-fr").count(), 0);
    await page.context().close();
  });
});
