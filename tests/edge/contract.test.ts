// What viewers and the machines between them rely on: the first three fields, headers, methods.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, Event } from "./harness/calls.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";
import { SCOPES, TOKENS } from "./harness/tokens.ts";
import type { Pointer, TimeBody } from "./harness/wire.ts";

let runtime: Runtime;
let main: Event;
const rundown = rundownAt(560_000);
const rundownPath = `/v1/events/main/rundowns/${rundown.digest}.json`;

before(async () => {
  runtime = await Runtime.start("contract", { stack: "wrangler" });
  main = await begun(runtime, "main", 10_000);
  await call(runtime, "PUT", rundownPath, { token: TOKENS.publisher, body: rundown.bytes });
  await main.command("rundown", { rundown: rundown.digest });
});
after(() => runtime.end());

/** Returns the headers in `names`, null for each that is missing. */
function picked(headers: Headers, ...names: string[]): Record<string, string | null> {
  return Object.fromEntries(names.map((name) => [name, headers.get(name)]));
}

const PUBLIC = { "access-control-allow-origin": "*", "timing-allow-origin": "*", "x-content-type-options": "nosniff" };

test("the time begins with serverTime, status and message, in this order", async () => {
  for (const path of ["/time", "/v1/events/main/time"]) {
    const { status, text } = await call(runtime, "GET", path);
    assert.equal(status, 200);
    assert.match(text, /^\{"serverTime":\d{13},"status":"running","message":null,"epoch":"/);
  }
});

test("a client that knows only serverTime and status works", async () => {
  const asked = Date.now();
  const { serverTime, status } = (await call<TimeBody>(runtime, "GET", "/time")).body;
  // Both clocks are this machine's.
  assert.ok(asked <= serverTime && serverTime <= Date.now(), `${asked} <= ${serverTime}`);
  assert.equal(status, "running");
});

test("a warm answer has no receivedAt, since it did not wait", async () => {
  await call(runtime, "GET", "/time");
  const { body } = await call<TimeBody>(runtime, "GET", "/time");
  assert.equal("receivedAt" in body, false);
});

test("scripts of every site may read the time, and no cache keeps it", async () => {
  for (const path of ["/time", "/v1/events/main/time", "/v1/events/main"]) {
    const { headers } = await call(runtime, "GET", path);
    const expected = { ...PUBLIC, "content-type": "application/json", "cache-control": "no-store" };
    assert.deepEqual(picked(headers, ...Object.keys(expected)), expected, path);
  }
});

test("a rundown is kept for good, and a reader that has it gets 304", async () => {
  const { status, headers, text } = await call(runtime, "GET", rundownPath);
  assert.equal(status, 200);
  assert.equal(text, rundown.bytes);
  const expected = {
    ...PUBLIC,
    "content-type": "application/json",
    "cache-control": "public, max-age=31536000, immutable",
    etag: `"${rundown.digest}"`,
  };
  assert.deepEqual(picked(headers, ...Object.keys(expected)), expected);

  for (const tags of [`"${rundown.digest}"`, `W/"${rundown.digest}"`, `"other", "${rundown.digest}"`, "*"]) {
    const again = await call(runtime, "GET", rundownPath, { headers: { "if-none-match": tags } });
    assert.deepEqual([again.status, again.text, again.headers.get("etag")], [304, "", `"${rundown.digest}"`], tags);
  }
  const other = await call(runtime, "GET", rundownPath, { headers: { "if-none-match": '"other"' } });
  assert.equal(other.status, 200);
});

test("the pointer to the rundown is kept for two seconds", async () => {
  const { headers, body } = await call<Pointer>(runtime, "GET", "/v1/events/main/rundown.json");
  assert.equal(headers.get("cache-control"), "public, max-age=2");
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.equal(body.url, rundownPath);
});

test("HEAD answers as GET does, without the body", async () => {
  const { path: event } = main;
  for (const path of ["/time", event, `${event}/time`, `${event}/rundown.json`, rundownPath, "/v1/events/none"]) {
    const names = ["content-type", "cache-control", "access-control-allow-origin", "timing-allow-origin", "etag"];
    const get = await call(runtime, "GET", path);
    const head = await call(runtime, "HEAD", path);
    assert.equal(head.status, get.status, path);
    assert.equal(head.text, "", path);
    assert.deepEqual(picked(head.headers, ...names), picked(get.headers, ...names), path);
  }
});

test("OPTIONS names the methods, and allows other sites only what is public", async () => {
  const origin = { headers: { origin: "https://example.org", "access-control-request-method": "GET" } };
  const time = await call(runtime, "OPTIONS", "/time", origin);
  const expected = {
    allow: "GET, HEAD, OPTIONS",
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-max-age": "86400",
  };
  assert.equal(time.status, 204);
  assert.deepEqual(picked(time.headers, ...Object.keys(expected)), expected);

  const commands = await call(runtime, "OPTIONS", "/v1/events/main/commands", origin);
  assert.equal(commands.status, 204);
  assert.equal(commands.headers.get("allow"), "OPTIONS, POST");
  assert.deepEqual([...commands.headers.keys()].filter((name) => name.startsWith("access-control-")), []);
});

test("a token's holder can read what it allows", async () => {
  const grant = async (token?: string) => {
    const { status, text } = await call(runtime, "GET", "/v1/token", token === undefined ? {} : { token });
    return [status, JSON.parse(text).code ?? JSON.parse(text)];
  };
  assert.deepEqual(await grant(TOKENS.all), [200, { id: "all", scopes: SCOPES, expires: null }]);
  assert.deepEqual(await grant(TOKENS.gala), [200, { id: "gala", scopes: SCOPES, events: ["gala-*"], expires: null }]);
  assert.deepEqual(await grant(TOKENS.reader), [200, { id: "reader", scopes: ["read"], expires: 5_112_201_600_000 }]);
  for (const refused of [TOKENS.expired, TOKENS.stranger, undefined]) assert.deepEqual(await grant(refused), [401, "unauthorized"]);
});

test("the answers of operators' calls are for no other site and for no cache", async () => {
  const { token, body } = { token: TOKENS.all, body: { command: "clear", id: "c1" } };
  for (const answer of [
    await call(runtime, "POST", "/v1/events/main/commands", { token, body }),
    await call(runtime, "PUT", "/v1/events/main", { token, body: {} }),
    await call(runtime, "PUT", rundownPath, { token, body: rundown.bytes }),
    await call(runtime, "GET", "/v1/events/main/log", { token }),
    await call(runtime, "GET", "/v1/events/main/audience", { token }),
    await call(runtime, "GET", "/v1/events/main/audience/history", { token }),
    await call(runtime, "GET", "/v1/events/main/metrics", { token }),
    await call(runtime, "GET", "/v1/events", { token }),
    await call(runtime, "GET", "/v1/token", { token }),
    await call(runtime, "GET", "/v1/events/main/log"),
  ]) {
    assert.ok([200, 401].includes(answer.status), answer.text);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  }
});
