// The viewer page in a page of another site: only where the worker names that site, and never the console.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { withEmbedders } from "../../packages/worker/src/pages.ts";
import { ROOT } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { type Site, site } from "./harness/site.ts";

const DIRECTORY = `${ROOT}/target/browser/embed`;

let browser: Browser;
let named: Site;
let other: Site;
let served: ChildProcess;
let url: string;
before(async () => {
  const policy = "default-src 'none'; frame-src *";
  [browser, named, other] = await Promise.all([launch(), site(policy), site(policy)]);
  rmSync(DIRECTORY, { recursive: true, force: true });
  mkdirSync(`${DIRECTORY}/state`, { recursive: true });
  writeFileSync(`${DIRECTORY}/state/worker.env`, `EMBED_SITES="${named.url}/ https://*.example.org"\n`);
  served = spawn(process.execPath, ["--no-warnings", `${ROOT}/packages/worker/src/main.ts`, "serve", "--port", "0", "--state", "state"], {
    cwd: DIRECTORY, stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  served.stdout!.on("data", (bytes) => { output += String(bytes); });
  await until(async () => output, (output) => output.includes("/console"), "the server to be ready", 60_000);
  url = /^(?:listening on|ready) (.*)$/m.exec(output)![1]!;
});
after(async () => {
  served?.kill("SIGTERM");
  if (served?.exitCode === null) await once(served, "exit");
  await browser?.close();
  named?.end();
  other?.end();
});

test("a site that is named may show the viewer and the stage display, others may not, and none the console", async () => {
  for (const [from, path, isShown] of [
    [named, "/?event=main", true], [named, "/display?event=main", true], [named, "/console", false], [other, "/?event=main", false],
  ] as const) {
    from.put("/frame.html", `<!doctype html><title>frame</title><iframe src="${url}${path}"></iframe>`);
    const page = await browser.newPage();
    const refused: string[] = [];
    page.on("console", (message) => { if (/frame-ancestors/.test(message.text())) refused.push(message.text()); });
    await page.goto(`${from.url}/frame.html`);
    const frame = page.frameLocator("iframe");
    const outcome = () => frame.locator("#light, #sign-in").count().then((count) => (refused.length > 0 ? "refused" : count > 0 ? "shown" : "waiting"), () => "waiting");
    assert.equal(await until(outcome, (outcome) => outcome !== "waiting", `${path} in ${from.url}`), isShown ? "shown" : "refused", `${path} in ${from === named ? "the named" : "another"} site`);
    if (path === "/?event=main" && isShown) await until(() => frame.locator("#light").innerText(), (text) => /no such event|live/.test(text), "the page in the frame to work");
    await page.close();
  }
});

test("what names no site is refused before anything is served", () => {
  const headers = "/*\n  Content-Security-Policy: default-src 'none'; frame-ancestors 'self'\n/console\n  Content-Security-Policy: frame-ancestors 'none'\n";
  assert.equal(withEmbedders(headers, {}), headers);
  const sites = "https://www.example.com, https://*.example.org:8443";
  assert.match(withEmbedders(headers, { EMBED_SITES: sites }), /frame-ancestors 'self' https:\/\/www\.example\.com https:\/\/\*\.example\.org:8443\n[^]*'none'\n$/);
  for (const wrong of ["*", "www.example.com", "https://", "https://a.example/path", "'none'", "https://a.example; script-src *", "https://a.example\n  Evil: 1", "javascript:1"]) {
    assert.throws(() => withEmbedders(headers, { EMBED_SITES: wrong }), /EMBED_SITES/, wrong);
  }
});
