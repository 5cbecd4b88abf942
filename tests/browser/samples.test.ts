// Every sample of code in the pages and in the client's comments, run: it joins, follows a cue and a hold, and no error is thrown.
// tests/docs compiles the same.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { buildSync } from "esbuild";
import type { Browser } from "playwright-core";
import { codeSamples, commentSamples, place, samplesIn } from "../docs/pages.ts";
import { begun } from "../edge/harness/calls.ts";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { publish } from "./harness/seat.ts";
import { type Site, site } from "./harness/site.ts";

const PROJECT = `${ROOT}/target/browser/samples`;

/** The servers that samples name. */
const SERVERS = /https:\/\/(downbeat\.example\.workers\.dev|time\.example\.com)/g;

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser] = await Promise.all([Runtime.start("browser-samples"), launch()]);
  // The first of the two lines of the guide's markup is a video that this site does not have.
  ours = await site(`default-src 'none'; script-src 'self' ${runtime.url} 'wasm-unsafe-eval'; connect-src *; media-src *; img-src *; style-src 'unsafe-inline'; frame-src *`);
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(`${PROJECT}/node_modules`, { recursive: true });
  execFileSync("cp", ["-r", `${ROOT}/build/client`, `${PROJECT}/node_modules/downbeat-client`]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

test("every sample of code runs", async (t) => {
  // Those of watch rooms have tests beside what they are about.
  const code = codeSamples().filter(({ text }) => !/downbeat-client\/(room|peers)/.test(text));
  assert.ok(code.length >= 7);
  for (const [index, sample] of code.entries()) {
    await t.test(place(sample), async () => {
      const name = `sample-${index}`;
      const event = await begun(runtime, name, 0);
      await publish(runtime, event, { version: 1, id: name, actions: { light: { kind: "state" } }, cues: [{ time: 0, action: "light", params: { color: "red" } }] });
      const own = sample.text.replaceAll(SERVERS, runtime.url).replaceAll(/event: "[a-z-]+"/g, `event: "${name}"`).replaceAll("/gala.webm", "/none.webm")
        // In the place of a key.
        .replaceAll('"KEY"', JSON.stringify("A".repeat(43)));
      assert.ok(own.includes(runtime.url) && own.includes(name), "the sample names a server and an event");
      const file = `${PROJECT}/${name}.${sample.language === "tsx" ? "tsx" : "ts"}`;
      writeFileSync(file, own);
      let entry = file;
      if (sample.language === "tsx") {
        entry = `${PROJECT}/${name}-root.tsx`;
        writeFileSync(entry, `import { createRoot } from "react-dom/client";\nimport { Show } from "./${name}.tsx";\ncreateRoot(document.querySelector("main")!).render(<Show />);\n`);
      }
      const { outputFiles } = buildSync({
        ...{ entryPoints: [entry], bundle: true, format: "esm", target: "es2022", write: false, jsx: "automatic", external: ["http://*"] },
        ...{ nodePaths: [`${ROOT}/node_modules`], logLevel: "silent" },
      });
      ours.put(`/${name}.js`, outputFiles[0]!.text);
      ours.put(`/${name}.html`, `<!doctype html><title>sample</title><main></main><video muted></video><button></button><p id="note"></p><script type="module" src="/${name}.js"></script>`);
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => void faults.push(String(error)));
      const frames: string[] = [];
      page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => void frames.push(String(payload))));
      const rundown = page.waitForResponse((response) => response.url().includes("/rundowns/") && response.ok(), { timeout: 60_000 });
      await page.goto(`${ours.url}/${name}.html`);
      await rundown;
      await until(async () => frames, (frames) => frames.some((frame) => frame.includes(`"event":"${name}"`)), "the state on the socket");
      await event.command("pause", { message: "Back soon" });
      await until(async () => frames, (frames) => frames.some((frame) => frame.includes("Back soon")), "the hold");
      assert.deepEqual(faults, []);
      await page.close();
    });
  }
});

test("the markup of the samples works: the element, the frame, the page's own script", async () => {
  await begun(runtime, "main", -2 * 3_600_000);
  const markup = [...samplesIn("html"), ...commentSamples().filter(({ language }) => language === "html")];
  const shown = markup.filter(({ text }) => text.includes("<downbeat-countdown"));
  assert.ok(shown.length >= 2, "the guide and the element's comment show it");
  for (const sample of shown) {
    ours.put("/element.html", `<!doctype html><title>sample</title>${sample.text.replaceAll(SERVERS, runtime.url)}`);
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => void faults.push(String(error)));
    await page.goto(`${ours.url}/element.html`);
    const figure = () => page.evaluate(() => document.querySelector("downbeat-countdown")?.shadowRoot?.querySelector("span")?.textContent ?? "");
    await until(figure, (text) => /^[12]:\d\d:\d\d$/.test(text), `the countdown of ${place(sample)}`);
    assert.deepEqual(faults, []);
    await page.close();
  }
});
