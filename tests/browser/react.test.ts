// downbeat-client/react with React 19: rendered on a server, hydrated under StrictMode, with a connection that components share.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { buildSync, type BuildOptions } from "esbuild";
import type { Browser } from "playwright-core";
import { ROOT, Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { clip } from "./harness/clip.ts";
import { show, state } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";

const PROJECT = `${ROOT}/target/browser/react`;

/** A page of somebody else's: two parts that use the same event, and a button that takes one of them away. */
const APP = `
import { StrictMode, useRef, useState } from "react";
import { EventVideo, useCountdown, useCue, useEvent } from "downbeat-client/react";

export const heard: string[] = [];

function Status({ server }: { server: string }) {
  const { event, status, message, connection, activeCues } = useEvent({ server, event: "react" });
  const left = useCountdown(event);
  const video = useRef<HTMLVideoElement>(null);
  useCue(event, ({ turn, cue }) => void heard.push(turn + " " + cue.id));
  return (
    <section>
      <p id="status">{status ?? "unknown"}</p>
      <p id="message">{message?.text ?? "none"}</p>
      <p id="connection">{connection.state}</p>
      <p id="left">{left === undefined ? "?" : Math.ceil(left / 1000)}</p>
      <p id="cues">{activeCues.map(({ cue }) => cue.id).join(" ")}</p>
      <EventVideo event={event} ref={video} src="/clip.webm" muted id="video" />
      <button id="read" onClick={() => heard.push("ref " + video.current?.id)}>read</button>
    </section>
  );
}

function Second({ server }: { server: string }) {
  const { status } = useEvent({ event: "react", server });
  return <p id="second">{status ?? "unknown"}</p>;
}

function Wrong() {
  const { error } = useEvent({ server: "example.com", event: "react" });
  return <p id="wrong">{error ? String(error) : "none"}</p>;
}

export function App({ server }: { server: string }) {
  const [shown, setShown] = useState(true);
  return (
    <StrictMode>
      {shown && <Status server={server} />}
      {shown && <Second server={server} />}
      <Wrong />
      <button id="toggle" onClick={() => setShown(!shown)}>toggle</button>
    </StrictMode>
  );
}
`;

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser, ours] = await Promise.all([Runtime.start("browser-react"), launch(), site()]);
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(`${PROJECT}/node_modules`, { recursive: true });
  execFileSync("cp", ["-r", `${ROOT}/build/client`, `${PROJECT}/node_modules/downbeat-client`]);
  writeFileSync(`${PROJECT}/app.tsx`, APP);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

/** Bundles an entry of the project. */
function bundle(name: string, text: string, options: BuildOptions): string {
  writeFileSync(`${PROJECT}/${name}`, text);
  const { outputFiles } = buildSync({
    ...{ entryPoints: [`${PROJECT}/${name}`], bundle: true, write: false, jsx: "automatic", nodePaths: [`${ROOT}/node_modules`] },
    ...{ define: { "process.env.NODE_ENV": '"development"' }, logLevel: "warning", ...options },
  });
  return outputFiles![0]!.text;
}

test("the app's types are right", () => {
  const flags = ["--noEmit", "--strict", "--jsx", "react-jsx", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022"];
  execFileSync(`${ROOT}/node_modules/.bin/tsc`, [...flags, "--ignoreConfig", "--typeRoots", `${ROOT}/node_modules/@types`, "app.tsx"], { cwd: PROJECT, stdio: "pipe" });
});

test("rendered on a server and hydrated under StrictMode: no mismatch, one connection, and it ends with the last user", async () => {
  // Rendering on a server joins nothing.
  const server = bundle("server.tsx", `
    import { renderToString } from "react-dom/server";
    import { App } from "./app.tsx";
    globalThis.fetch = () => { throw new Error("a server asked something"); };
    console.log(renderToString(<App server=${JSON.stringify(runtime.url)} />));
  `, { platform: "node", format: "cjs" });
  writeFileSync(`${PROJECT}/server.cjs`, server);
  const html = execFileSync(process.execPath, [`${PROJECT}/server.cjs`], { encoding: "utf8" });
  assert.match(html, /<p id="status">unknown<\/p>.*<p id="left">\?<\/p>.*<video playsInline="".*<p id="second">unknown<\/p>/);

  const event = await show(runtime, "react", 0, [state("light", 0, 3_600_000)]);
  const maker = await browser.newPage();
  await maker.goto(ours.url);
  ours.put("/clip.webm", await clip(maker, 20));
  await maker.close();
  ours.put("/app.js", bundle("browser.tsx", `
    import { hydrateRoot } from "react-dom/client";
    import { App, heard } from "./app.tsx";
    const mismatches = [];
    const root = hydrateRoot(document.querySelector("#root"), <App server=${JSON.stringify(runtime.url)} />, {
      onRecoverableError: (error) => mismatches.push(String(error)),
    });
    Object.assign(globalThis, { heard, mismatches, root });
  `, { format: "esm" }));
  ours.put("/react.html", `<!doctype html><title>react</title><div id="root">${html.trim()}</div><script type="module" src="/app.js"></script>`);
  const page = await browser.newPage();
  const [sockets, closed, faults]: [string[], string[], string[]] = [[], [], []];
  page.on("websocket", (socket) => { sockets.push(socket.url()); socket.on("close", () => void closed.push(socket.url())); });
  page.on("pageerror", (error) => void faults.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error" && !/404/.test(message.text())) faults.push(message.text()); });
  await page.goto(`${ours.url}/react.html`);
  const reads = (id: string, wanted: RegExp) => until(() => page.locator(`#${id}`).innerText(), (text) => wanted.test(text), `#${id} to say ${wanted}`, 60_000);
  await reads("status", /^running$/);
  await reads("second", /^running$/);
  await reads("left", /^0$/);
  await reads("connection", /^live$/);
  await reads("cues", /^light$/);
  await reads("wrong", /TypeError.*server/);
  await until(() => page.evaluate(() => document.querySelector<HTMLVideoElement>("#video")!.paused), (paused) => !paused, "the video to play");
  await page.click("#read");
  // The listener is called once for the state, however often StrictMode mounts.
  assert.deepEqual(await page.evaluate("heard.filter((line) => line.startsWith('enter') || line.startsWith('ref'))"), ["enter light", "ref video"]);
  await event.command("pause", { message: "Back soon" });
  await reads("status", /^paused$/);
  await reads("message", /^Back soon$/);
  assert.equal(sockets.length, 1, sockets.join("\n"));
  await page.click("#toggle");
  await until(async () => closed.length, (count) => count === 1, "the socket to be closed");
  await page.click("#toggle");
  await reads("status", /^paused$/);
  await reads("connection", /^live$/);
  assert.equal(sockets.length, 2);
  assert.deepEqual(await page.evaluate("mismatches"), []);
  assert.deepEqual(faults, []);
  await page.evaluate("root.unmount()");
  await until(async () => closed.length, (count) => count === 2, "the second socket to be closed");
  await page.close();
});

test("useCountdown counts a second at a time, and stands on a hold", async () => {
  const event = await show(runtime, "react-countdown", -120_000, []);
  ours.put("/countdown.js", bundle("countdown.tsx", `
    import { createRoot } from "react-dom/client";
    import { useCountdown, useEvent } from "downbeat-client/react";
    function Left() {
      const left = useCountdown(useEvent({ server: ${JSON.stringify(runtime.url)}, event: "react-countdown" }).event);
      if (left !== undefined) globalThis.seen.push(Math.ceil(left / 1000));
      return <p id="left">{left === undefined ? "?" : Math.ceil(left / 1000)}</p>;
    }
    globalThis.seen = [];
    createRoot(document.querySelector("#root")).render(<Left />);
  `, { format: "esm" }));
  ours.put("/countdown.html", `<!doctype html><title>react</title><div id="root"></div><script type="module" src="/countdown.js"></script>`);
  const page = await browser.newPage();
  await page.goto(`${ours.url}/countdown.html`);
  const seen = async () => [...new Set(await page.evaluate<number[]>("seen"))];
  const counted = await until(seen, (seen) => seen.length >= 4, "four seconds");
  assert.ok(counted.every((left, index) => index === 0 || left < counted[index - 1]!), `${counted}`);
  await event.command("pause");
  const left = await until(async () => {
    const [first, now] = [await page.locator("#left").innerText(), (await event.time()).timeline.at(-1)!];
    return now.rate === 0 && Math.ceil(-now.position / 1_000) === Number(first);
  }, (stands) => stands, "the countdown to stand where the event does");
  assert.ok(left);
  await page.close();
});
