// Where a page gets the time from while the worker is gone: in each form in which sources of UTC give it. Without a browser.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { ROOT } from "../edge/harness/runtime.ts";

/** Returns the time, and when the page asked for it, was answered, and had read it, by its own clock. */
type AskUtc = (sources: string[], signal: AbortSignal) => Promise<[utc: number, asked: number, answered: number, now: number] | undefined>;

// By its path, since it is compiled with settings of its own.
const { askUtc } = (await import(`${ROOT}/crates/web/ts/emergency.ts`)) as { askUtc: AskUtc };

/** 2026-11-30T19:00:00Z. */
const SEVEN = 1_796_065_200_000;

const ANSWERS: Record<string, { status?: number; text?: string; date?: string }> = {
  "/worker": { text: JSON.stringify({ serverTime: SEVEN + 250, status: "unknown" }) },
  "/iso": { text: "2026-11-30T19:00:00.125Z\n" },
  "/iso-without-fraction": { text: "2026-11-30T19:00:00Z" },
  "/header": { date: "Mon, 30 Nov 2026 19:00:00 GMT" },
  "/no-time": { text: JSON.stringify({ serverTime: null }) },
  "/page": { status: 502, text: "<html>Bad gateway</html>", date: "Mon, 30 Nov 2026 19:00:00 GMT" },
  "/half": { text: '{"serverTime":' },
  "/nothing": {},
};

let server: Server;
let url: string;
before(async () => {
  server = createServer((request, response) => {
    const { status = 200, text = "", date } = ANSWERS[request.url!]!;
    response.sendDate = false;
    response.writeHead(status, date === undefined ? {} : { date }).end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

const ask = (...paths: string[]) => askUtc(paths.map((path) => (path.startsWith("/") ? url + path : path)), AbortSignal.timeout(30_000));

test("a worker's time, an ISO 8601 text, or else the header Date", async () => {
  for (const [path, utc] of [
    ["/worker", SEVEN + 250], ["/iso", SEVEN + 125], ["/iso-without-fraction", SEVEN], ["/header", SEVEN],
  ] as const) {
    const [read, asked, answered, now] = (await ask(path))!;
    assert.equal(read, utc, path);
    assert.ok(asked <= answered && answered <= now, path);
  }
});

test("a source that is down, or answers something else, is passed over", async () => {
  assert.equal((await ask("http://127.0.0.1:9/time", "/no-time", "/page", "/half", "/nothing", "/iso", "/worker"))![0], SEVEN + 125);
  assert.equal(await ask("http://127.0.0.1:9/time", "/no-time", "/page", "/half", "/nothing"), undefined);
  assert.equal(await ask(), undefined);
});
