// The page that `cues preview` draws, in a real Chromium: its script runs, and agrees with `cues join` about joining.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { launch } from "../browser/harness/chromium.ts";
import { ROOT, SCRATCH } from "./harness/downbeat.ts";

let chromium: Browser;

before(async () => void (chromium = await launch()));
after(() => chromium?.close());

function downbeat(...args: string[]): string {
  const command = `${ROOT}/target/debug/downbeat`;
  return execFileSync(command, ["cues", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** Draws a sheet and opens it in a window of that size in pixels; the script must run to its end. */
async function opened(sheet: string, width = 1280, height = 800): Promise<Page> {
  const drawn = `${SCRATCH}/preview.html`;
  downbeat("preview", sheet, "-o", drawn);
  const page = await chromium.newPage({ viewport: { width, height } });
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  page.on("console", (message) => void (message.type() === "error" && failures.push(message.text())));
  await page.goto(pathToFileURL(drawn).href);
  assert.deepEqual(failures, []);
  assert.ok(await page.locator("#live svg.picture").isVisible(), "the moving picture has taken the place of the still one");
  return page;
}

/** What the page lists for a viewer who joins at its line: each cue's id, and what happens to it. */
async function listed(page: Page): Promise<{ at: number; sees: string[] }> {
  const at = Number(await page.locator("#live").getAttribute("aria-valuenow"));
  const items = await page.locator("#join-sees li").evaluateAll((all) =>
    all.map((item) => [item.querySelector("b")?.textContent ?? "", item.querySelector("span")?.textContent ?? ""]),
  );
  return { at, sees: items.map(([id, told]) => `${id} ${told!.includes("goes on from") ? "resumes" : "fires"}`) };
}

interface Joined {
  id: string;
  outcome: string;
}

/** The command's output, in the same words. */
function joined(sheet: string, at: number): string[] {
  const time = `${Math.floor(at / 1000)}.${String(at % 1000).padStart(3, "0")}`;
  const { cues } = JSON.parse(downbeat("join", time, sheet, "--json")) as { cues: Joined[] };
  return cues.filter(({ outcome }) => outcome !== "missed").map(({ id, outcome }) => `${id} ${outcome}`);
}

/** Every way in which a cue may be late, with and without an end, on a track and without one. */
const LATE = `${SCRATCH}/late.json`;
writeFileSync(LATE, JSON.stringify({
  version: 1,
  duration: 120,
  actions: { state: { kind: "state" }, moment: { kind: "moment" } },
  cues: ["state", "moment"].flatMap((action, side) =>
    [undefined, "skip", "resume", "latest", { within: "4s" }].flatMap((late, nth) =>
      [undefined, 5, 30].map((duration, length) => ({
        id: `${action}-${nth}-${length}`, time: side + 7 * nth + 3 * length, action, late, duration,
        track: length === 1 ? "stage" : undefined, needs: nth === 4 ? { bound: "50ms" } : undefined,
      })),
    ),
  ),
}));

for (const sheet of [`${ROOT}/cues/good/gala.json`, LATE]) {
  test(`${sheet.split("/").at(-1)}: at and between its cues, the page and "cues join" agree`, async () => {
    const page = await opened(sheet);
    await page.locator("#live").focus();
    await page.keyboard.press("Home");
    let before = -1;
    for (let nth = 0; ; nth += 1) {
      const { at, sees } = await listed(page);
      if (at === before) break;
      before = at;
      assert.deepEqual(sees, joined(sheet, at), `at ${at} ms`);
      await page.keyboard.press(nth % 2 === 0 ? "ArrowRight" : "Shift+ArrowRight");
    }
    assert.ok(before > 0);
    await page.close();
  });
}

test("the page zooms, and finds cues", async () => {
  for (const width of [390, 1280]) {
    const page = await opened(`${ROOT}/cues/good/gala.json`, width);
    const scrolled = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(scrolled <= width, `a window of ${width} pixels holds the page, which takes ${scrolled}`);
    const before = await page.locator("#window").textContent();
    await page.locator("#in").click();
    await page.waitForFunction((before) => document.querySelector("#window")?.textContent !== before, before);
    await page.getByLabel("Find in cues").fill("song2");
    await page.waitForFunction(() => document.querySelector("#count")?.textContent === "2 of 34 cues");
    assert.equal(await page.locator("#rows tr").count(), 2);
    await page.close();
  }
});
