// No press is lost: whatever the network does to a command, its answer, and the pushed state, each press of HOLD or GO is sent,
// part of a command that is on its way, or visibly refused; and the worker's log has what the page says.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { begun, type Event } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { live, seen, signedIn } from "./harness/console.ts";
import { generator } from "./harness/network.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-console-presses"), launch()]);
});
after(async () => {
  await browser?.close();
  await runtime?.end();
});

/** What the network does, in ms at most and in percent of the commands. */
interface Weather {
  /** Before a command reaches the worker. */
  there: number;
  /** Before its answer reaches the page. */
  back: number;
  /** Before the pushed state reaches the page. */
  pushed: number;
  /** Commands that never reach the worker, and answers that never reach the page. */
  lost: number;
  /** Whether the page's timers run once a second, as in a tab in the background. */
  inBackground?: boolean;
}

/** A press as the page saw it, with what it showed right after. */
interface Press {
  label: "HOLD" | "GO";
  /** The ids of the commands that left with it for the first time. */
  sent: string[];
  /** Why it was refused, as shown; empty if it was not. */
  refusal: string;
  /** What is shown of the command that is on its way. */
  progress: string;
}

/** Records presses in the page, each by what is visible once its handlers have run; and every text that the operator could read. */
async function watch(page: Page, inBackground: boolean): Promise<void> {
  await page.addInitScript((inBackground) => {
    const [presses, sent, shown, refused]: [unknown[], string[], { at: number; text: string }[], number[]] = [[], [], [], []];
    Object.assign(globalThis, { presses, shown, refused });
    const { fetch } = window;
    window.fetch = (...given) => {
      const [url, init] = given;
      const answer = fetch(...given);
      if (/\/commands$/.test(String(url)) && typeof init?.body === "string") {
        const { id } = JSON.parse(init.body);
        // Another attempt may leave just then: of this command, or of one before it.
        if (!sent.includes(id)) sent.push(id);
        answer.then(({ status }) => { if (status === 409) refused.push(performance.now()); }, () => {});
      }
      return answer;
    };
    if (inBackground) {
      const { setTimeout, setInterval } = window;
      Object.assign(window, {
        setTimeout: (act: () => void, ms = 0) => setTimeout(act, Math.max(1_000, ms)),
        setInterval: (act: () => void, ms = 0) => setInterval(act, Math.max(1_000, ms)),
      });
      Object.defineProperty(document, "hidden", { get: () => true });
      Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    }
    let before = 0;
    const element = (id: string) => document.getElementById(id)!;
    const begin = () => {
      before = sent.length;
      // Whatever is visible afterwards is about this press.
      element("why-not").hidden = true;
    };
    const end = (label: string) => {
      const whyNot = element("why-not");
      presses.push({
        label, sent: sent.slice(before), refusal: whyNot.hidden ? "" : whyNot.textContent, progress: element("progress-title").textContent,
      });
    };
    window.addEventListener("keydown", begin, true);
    window.addEventListener("click", begin, true);
    window.addEventListener("keydown", ({ key, repeat }) => {
      if (!repeat && /^[hg]$/i.test(key)) end(key.toLowerCase() === "h" ? "HOLD" : "GO");
    });
    window.addEventListener("click", ({ target }) => {
      const id = (target as Element).closest("button")?.id;
      if (id === "hold" || id === "go") end(id.toUpperCase());
    });
    document.addEventListener("DOMContentLoaded", () => {
      const read = () => shown.push({ at: performance.now(), text: `${element("progress-title").textContent} ${element("why-not").textContent}` });
      for (const id of ["progress-title", "why-not"]) {
        new MutationObserver(read).observe(element(id), { subtree: true, childList: true, characterData: true, attributes: true });
      }
    });
  }, inBackground);
}

/** Puts the weather between the page and the worker, until `clear` is called. */
async function weather(page: Page, { there, back, pushed, lost }: Weather, random: () => number): Promise<{ clear(): void }> {
  let isClear = false;
  const wait = (most: number) => new Promise<void>((resolve) => setTimeout(resolve, isClear ? 0 : random() * most));
  const isLost = () => !isClear && random() * 100 < lost;
  await page.route("**/commands", async (route) => {
    try {
      await wait(there);
      if (isLost()) return await route.abort();
      const response = await route.fetch();
      await wait(back);
      if (isLost()) return await route.abort();
      await route.fulfill({ response });
    } catch {
      // The page has aborted it meanwhile.
    }
  });
  await page.routeWebSocket(/\/live/, (near) => {
    const far = near.connectToServer();
    let last = Promise.resolve();
    far.onMessage((message) => { last = last.then(() => wait(pushed)).then(() => near.send(message)); });
    near.onMessage((message) => far.send(message));
  });
  return { clear: () => { isClear = true; } };
}

/** Presses HOLD and GO at random moments, in all the ways that a keyboard has. */
async function pressAtRandom(page: Page, count: number, random: () => number): Promise<void> {
  for (let pressed = 0; pressed < count; pressed++) {
    const [key, button] = random() < 0.5 ? ["h", "#hold"] as const : ["g", "#go"] as const;
    const way = random();
    if (way < 0.4) await page.keyboard.press(key);
    else if (way < 0.6) {
      await page.focus(button);
      await page.keyboard.press("Space");
    } else if (way < 0.75) {
      await page.keyboard.press(key);
      await page.keyboard.press(key);
    } else if (way < 0.9) {
      for (let repeats = 0; repeats < 5; repeats++) await page.keyboard.down(key);
      await page.keyboard.up(key);
    } else await page.keyboard.press("Control+Shift+H");
    await new Promise((resolve) => setTimeout(resolve, random() * 900));
  }
}

/** Checks each press, and the log against what was sent. */
async function checkPresses(page: Page, event: Event): Promise<void> {
  const [presses, shown, refused] = await page.evaluate(() => {
    const { presses, shown, refused } = globalThis as any;
    return [presses, shown, refused] as [Press[], { at: number; text: string }[], number[]];
  });
  const onItsWay = ({ label, progress }: Press) => new RegExp(`^(Sending ${label} |No answer to ${label} |${label} accepted)`).test(progress);
  const isLost = (press: Press) => press.sent.length === 0 && press.refusal === "" && !onItsWay(press);
  assert.deepEqual(presses.filter(isLost), [], "these presses did nothing, and nothing said so");
  assert.ok(presses.every(({ sent }) => new Set(sent).size <= 1), "one press is one command");

  const ids = presses.flatMap(({ sent }) => sent);
  const log = (await event.log()).filter(({ name }) => name !== "create");
  const logged = log.map(({ body }) => (body as { id?: string }).id);
  assert.deepEqual(logged.filter((id) => !ids.includes(id!)), [], "nothing is in the log that was not pressed");
  assert.equal(new Set(logged).size, logged.length, "each once");
  // What was sent and is not in the log was refused with an answer, or HOLD took its place.
  for (const [index, { sent: [id], label }] of presses.entries()) {
    if (id === undefined || logged.includes(id)) continue;
    const next = presses.slice(index + 1).find(({ sent }) => sent.length > 0);
    assert.ok(refused.length > 0 || next?.label === "HOLD", `${label} ${id} was neither applied, refused, nor replaced by HOLD`);
  }
  for (const at of refused) {
    const told = shown.some((one) => one.at >= at && one.at < at + 1_500 && /not applied/.test(one.text));
    assert.ok(told, `a refusal at ${Math.round(at)} ms was not shown: ${JSON.stringify(shown.filter((one) => Math.abs(one.at - at) < 3_000))}`);
  }
  // The worst of it really happened.
  assert.ok(ids.length >= 5, `${ids.length} commands were sent`);
}

const WEATHERS: Record<string, Weather> = {
  "slow-answers": { there: 100, back: 2_500, pushed: 0, lost: 0 },
  "slow-push": { there: 0, back: 0, pushed: 1_500, lost: 0 },
  "lost-answers": { there: 600, back: 600, pushed: 300, lost: 35 },
  "in-the-background": { there: 300, back: 1_500, pushed: 300, lost: 10, inBackground: true },
};

describe("no press is lost", { concurrency: 2 }, () => {
  for (const [index, [name, network]] of Object.entries(WEATHERS).entries()) {
    test(`${name.replaceAll("-", " ")}: each press is sent, on its way, or visibly refused`, async () => {
      const event = await begun(runtime, name, 60_000);
      const random = generator(index + 1);
      const { page } = await signedIn(browser, runtime, name, "desktop");
      await watch(page, network.inBackground ?? false);
      const sky = await weather(page, network, random);
      await page.reload();
      await page.locator("#console").waitFor();
      await live(page);
      await pressAtRandom(page, 30, random);
      sky.clear();
      // The last word counts: it holds, whatever came before, and goes on.
      await until(() => page.textContent("#progress-title"), (title) => !/^(Sending|No answer)/.test(title!), "the last command to be answered");
      for (const [key, status] of [["h", "paused"], ["g", "running"]] as const) {
        await until(async () => {
          if ((await event.time()).status !== status) await page.keyboard.press(key);
          return (await event.time()).status;
        }, (now) => now === status, `${key} to work`);
        await seen(page, "#status", status === "paused" ? /^HELD$/ : /^RUNNING$/);
      }
      await checkPresses(page, event);
      await page.context().close();
    });
  }
});
