// The operator's console when the server answers late or not at all.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { holdAnswersBack, holdBack, live, press, record, recorded, seen, signedIn, signIn, unexpected } from "./harness/console.ts";
import { network } from "./harness/network.ts";
import { barriers, intercept, openPage, picture } from "./harness/page.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-console-network"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

describe("without an answer", { concurrency: 2 }, () => {
  test("an answer that is late: no claim of success before it, and one command", async () => {
    const event = await begun(runtime, "slow", 60_000);
    const { page, faults } = await signedIn(browser, runtime, "slow", "phone");
    await live(page);
    const gate = await holdBack(page);
    await record(page);
    await press(page, "#hold", "phone");
    await press(page, "#hold", "phone");
    await seen(page, "#progress-title", /^No answer to HOLD for \d+ s$/);
    assert.match((await page.textContent("#progress-lines"))!, /^Viewers may not be held\./);
    await until(async () => gate.count, (count) => count >= 2, "another try");
    assert.equal(new Set(gate.ids).size, 1, "all tries are one command");
    assert.equal(await page.textContent("#status"), "RUNNING");
    for (const told of await recorded(page)) assert.match(told, /^(waiting: Sending HOLD|uncertain: No answer to HOLD)/);
    await picture(page, "console-no-answer-phone");
    gate.open();
    await seen(page, "#progress-title", /^HOLD in effect/);
    await seen(page, "#status", /^HELD$/);
    assert.deepEqual((await event.log()).map(({ name }) => name), ["pause", "create"]);
    assert.deepEqual(unexpected(faults), []);
    await page.context().close();
  });

  test("no command waits for a preview: HOLD and a seek are sent without one", async () => {
    const event = await begun(runtime, "no-preview", 60_000);
    const { page } = await signedIn(browser, runtime, "no-preview", "phone");
    await live(page);
    let previews = 0;
    await intercept(page, "**/commands?dryRun", () => void previews++);
    await press(page, "[data-by='60000']", "phone");
    await seen(page, "#dialog-lines", /^From 1:\d\d to about 2:\d\d\.Checking with the server …$/);
    // A finger cannot reach HOLD behind the dialog; a second operator can.
    await page.evaluate(() => document.querySelector<HTMLElement>("#hold")!.click());
    await seen(page, "#status", /^HELD$/);
    await press(page, "#dialog-yes", "phone");
    await seen(page, "#progress-title", /^SEEK not applied: the event has changed$/);
    await page.unroute("**/commands?dryRun");
    await intercept(page, "**/commands?dryRun", (route) => route.abort());
    await press(page, "[data-by='60000']", "phone");
    await seen(page, "#dialog-lines", /^From (\S+) to \S+\.No preview: the server cannot be reached\.$/);
    await press(page, "#dialog-yes", "phone");
    await seen(page, "#progress-title", /^SEEK in effect/);
    assert.equal(previews, 1);
    assert.deepEqual((await event.log()).map(({ name }) => name), ["seek", "pause", "create"]);
    await page.context().close();
  });

  test("HOLD never waits: it replaces a GO that has no answer", async () => {
    const event = await begun(runtime, "past", 60_000);
    await event.command("pause");
    const { page } = await signedIn(browser, runtime, "past", "phone");
    await seen(page, "#status", /^HELD$/);
    const gate = await holdBack(page, "resume");
    await press(page, "#go", "phone");
    await until(async () => gate.count, (count) => count > 0, "GO to leave");
    const whyNot = () => page.locator("#announce").getAttribute("title");
    await until(whyNot, (words) => /GO is being sent/.test(words ?? ""), "the others to wait");
    // What is known says held; while GO is being sent HOLD still means something.
    await press(page, "#hold", "phone");
    await seen(page, "#progress-title", /^HOLD in effect/);
    assert.match((await page.textContent("#progress-lines"))!, /HOLD replaced GO, which had no answer yet/);
    gate.open();
    assert.deepEqual((await event.log()).map(({ name }) => name), ["pause", "pause", "create"]);
    await page.context().close();
  });

  test("what the pushed state shows needs no answer: each press is sent, or it says why not", async () => {
    const event = await begun(runtime, "pushed-first", 60_000);
    const { page } = await signedIn(browser, runtime, "pushed-first", "desktop");
    await live(page);
    const answers = await holdAnswersBack(page);
    await page.keyboard.press("h");
    await seen(page, "#status", /^HELD$/);
    await page.keyboard.press("g");
    await seen(page, "#progress-title", /^(Sending GO …|No answer to GO for .*)$/);
    assert.doesNotMatch((await page.textContent("#progress-lines"))!, /HOLD/, "that it holds can be seen");
    await seen(page, "#status", /^RUNNING$/);
    await page.keyboard.press("h");
    await seen(page, "#status", /^HELD$/);
    // Somebody else lets it go on before the answer is here: the next press is a new command, no repetition.
    await event.command("resume", { actor: "tom" });
    await seen(page, "#status", /^RUNNING$/);
    await page.keyboard.press("h");
    await seen(page, "#status", /^HELD$/);
    answers.open();
    await seen(page, "#progress-title", /^HOLD in effect/);
    const names = (await event.log()).map(({ name, actor }) => `${name} by ${actor}`);
    assert.deepEqual(names.slice(0, -1), ["pause by maria", "resume by tom", "pause by maria", "resume by maria", "pause by maria"]);
    await page.context().close();
  });

  test("a confirmed seek that has to wait for another command says so", async () => {
    await begun(runtime, "seek-waits", 60_000);
    const { page } = await signedIn(browser, runtime, "seek-waits", "desktop");
    await live(page);
    const gate = await holdBack(page);
    await press(page, "[data-by='60000']", "desktop");
    await page.locator("#dialog-yes").waitFor();
    await page.evaluate(() => document.querySelector<HTMLElement>("#hold")!.click());
    await press(page, "#dialog-yes", "desktop");
    await seen(page, "#why-not", /^HOLD is being sent; wait for its answer or stop it$/);
    gate.open();
    await seen(page, "#status", /^HELD$/);
    await page.context().close();
  });

  test("the worker is down: it says so plainly and keeps sending the same command, which is applied once", async () => {
    const down = await Runtime.start("browser-console-down");
    const line = await network(down, { roundTrip: 2, jitter: 0, burst: 0, burstsPercent: 0 }, 1);
    try {
      const event = await begun(down, "down", 60_000);
      const { page } = await openPage(browser, `${line.url}/console?event=down`, "phone");
      await signIn(page, TOKENS.all);
      await live(page);
      await seen(page, "#figures", /1 socket/);
      await down.kill();
      await record(page);
      await press(page, "#hold", "phone");
      await seen(page, "#fallback", /^downbeat pause --break-glass$/);
      await seen(page, "#progress-title", /^No answer to HOLD for/);
      assert.match((await page.textContent("#progress-lines"))!, /Viewers may not be held\..*cannot be reached/);
      assert.ok((await recorded(page)).every((told) => /^(waiting|uncertain):/.test(told)));
      await page.locator(".light[data-state=holdover]").waitFor();
      await seen(page, "#audience-note", /^Out of date: as of \d\d:\d\d:\d\d, \d+ s ago: the server cannot be reached\.$/);
      await seen(page, "#connection-lost", /The server has not answered for .* each is sent until it is answered/);
      assert.equal(await page.locator("#go").getAttribute("aria-disabled"), "true", "HOLD is on its way");
      assert.deepEqual(await barriers(page), []);
      await picture(page, "console-down-phone");
      await down.restart();
      line.connectTo(down);
      await seen(page, "#progress-title", /^HOLD in effect/);
      assert.match((await page.textContent("#progress-lines"))!, /Answered at attempt \d+; applied once\./);
      assert.deepEqual((await event.log()).map(({ name }) => name), ["pause", "create"]);
      await page.context().close();
    } finally {
      line.end();
      await down.end();
    }
  });

  test("the operator can stop a command, and then nothing is claimed", async () => {
    const event = await begun(runtime, "given-up", 60_000);
    const { page } = await signedIn(browser, runtime, "given-up", "desktop");
    await live(page);
    const gate = await holdBack(page);
    await page.keyboard.press("h");
    await until(async () => gate.count, (count) => count > 0, "the command to leave");
    await page.click("#stop-sending");
    await seen(page, "#progress-title", /^Stopped sending HOLD after \d+ s without an answer$/);
    await seen(page, "#progress-lines", /may or may not have accepted it: check the status and the log/);
    gate.open();
    assert.equal((await event.time()).status, "running");
    await page.click("#close-progress");
    assert.equal(await page.locator("#progress").isVisible(), false);
    await page.context().close();
  });
});
