// The lines that docs/peers.md shows, with a server as it describes: two people see each other.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { WebSocketServer } from "ws";
import { ROOT } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/peers.ts";
import type { EngineBrowser } from "./harness/engine-page.ts";
import { type Site, site } from "./harness/site.ts";

let browser: EngineBrowser;
let ours: Site;
let server: WebSocketServer;
before(async () => {
  [browser, ours] = await Promise.all([launch(), site("default-src 'self'; connect-src *; script-src 'self'")]);
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const members = new Map<string, any>();
  const tell = () => members.forEach((socket) => socket.send(JSON.stringify({ members: [...members.keys()] })));
  server.on("connection", (socket: any, { url }: any) => {
    const from = new URL(url, "ws://server").searchParams.get("member")!;
    members.set(from, socket);
    tell();
    socket.on("message", (text: any) => {
      const { to, message } = JSON.parse(String(text));
      members.get(to)?.send(JSON.stringify({ from, message }));
    });
    socket.on("close", () => { members.delete(from); tell(); });
  });
});
after(async () => {
  await browser?.close();
  ours?.end();
  server?.clients.forEach((socket: any) => socket.terminate());
  server?.close();
});

test("two people who open the page of the guide see each other, and one who leaves is gone", async () => {
  const [, sample] = /```js\n([^]*?)```/.exec(readFileSync(`${ROOT}/docs/peers.md`, "utf8"))!;
  const { port } = server.address() as any;
  ours.put("/sample.js", sample!.replace("downbeat-client/peers", "/client/downbeat-peers.js")
    .replace("wss://rooms.example.com", `ws://127.0.0.1:${port}`));
  ours.put("/sample.html", `<!doctype html><title>sample</title><body><script type="module" src="/sample.js"></script>`);
  const pages = [await browser.newPage(), await browser.newPage()];
  for (const page of pages) await page.goto(`${ours.url}/sample.html`);
  // A fresh frame changes the time of a live stream.
  const playing = (page: (typeof pages)[number]) => page.evaluate<number[]>(
    "[...document.querySelectorAll('video')].map((video) => (video.muted = true, video.videoWidth && video.currentTime))");
  for (const page of pages) await until(() => playing(page), (times) => times.length === 1 && times[0]! > 0, "the other's picture");
  await pages[1]!.close();
  assert.deepEqual(await until(() => playing(pages[0]!), (times) => times.length === 0, "the picture to go"), []);
});
