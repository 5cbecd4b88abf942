// The time in the forms that other people's software asks for: exact bodies, headers for scripts of other sites, and nothing cached.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call } from "./harness/calls.ts";
import { Runtime } from "./harness/runtime.ts";

let runtime: Runtime;
before(async () => {
  runtime = await Runtime.start("utc");
});
after(() => runtime.end());

/** Asks for a form of the time, which `read` returns in ms; checks that it was read between asking and the answer. */
async function ask(path: string, form: RegExp, read: (text: string) => number, step = 1): Promise<Headers> {
  const asked = Date.now();
  const { status, headers, text } = await call(runtime, "GET", path);
  assert.equal(status, 200);
  assert.match(text, form);
  const said = read(text);
  assert.ok(said > asked - step && said <= Date.now(), `${path} said ${text} at ${new Date(asked).toISOString()}`);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("access-control-allow-origin"), "*");
  return headers;
}

const [WITH_MS, SECONDS] = [/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/];

test("ISO 8601 with and without milliseconds, and Unix time", async () => {
  for (const path of ["/utc?iso&ms", "/utc?ms&iso", "/utc/xsdate", "/utc/iso"]) await ask(path, WITH_MS, Date.parse);
  await ask("/utc?iso", SECONDS, Date.parse, 1_000);
  await ask("/utc?ms", /^\d{10}\.\d{3}$/, (text) => Math.round(Number(text) * 1_000));
  await ask("/utc", /^\d{10}$/, (text) => Number(text) * 1_000, 1_000);
});

test("the header Date is there for scripts of other sites", async () => {
  for (const method of ["HEAD", "GET"]) {
    const asked = Date.now();
    const { status, headers, text } = await call(runtime, method, "/utc/head");
    assert.deepEqual([status, text], [200, ""]);
    const said = Date.parse(headers.get("date")!);
    assert.ok(said > asked - 1_000 && said <= Date.now(), headers.get("date")!);
    assert.match(headers.get("access-control-expose-headers")!, /\bDate\b/);
  }
});

test("an NTP timestamp is eight bytes: seconds since 1900 and a fraction", async () => {
  const asked = Date.now();
  const bytes = new DataView(await (await fetch(`${runtime.url}/utc/ntp`)).arrayBuffer());
  assert.equal(bytes.byteLength, 8);
  const said = (bytes.getUint32(0) - 2_208_988_800) * 1_000 + Math.floor((bytes.getUint32(4) * 1_000) / 2 ** 32);
  assert.ok(said >= asked && said <= Date.now(), `${said} at ${asked}`);
});

test("timesync's request is answered with its id, also after a preflight", async () => {
  const headers = { "content-type": "application/json" };
  const preflight = await call(runtime, "OPTIONS", "/utc/timesync", {
    headers: { origin: "https://site.example", "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
  });
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers.get("access-control-allow-methods")!, /\bPOST\b/);
  assert.match(preflight.headers.get("access-control-allow-headers")!, /content-type/);
  const asked = Date.now();
  const { body, headers: answered } = await call<{ id: unknown; result: number }>(runtime, "POST", "/utc/timesync", {
    body: { jsonrpc: "2.0", id: "7", method: "timesync" }, headers,
  });
  assert.equal(body.id, "7");
  assert.ok(body.result >= asked && body.result <= Date.now());
  assert.equal(answered.get("access-control-allow-origin"), "*");
  for (const body of ["", "{", "[]", '{"method":"timesync"}']) {
    const refused = await call(runtime, "POST", "/utc/timesync", { body, headers });
    assert.deepEqual([refused.status, refused.problem.code], [400, "bad-request"], body);
  }
});

test("other methods are refused with those there are", async () => {
  for (const [method, path, allowed] of [["POST", "/utc?iso", "GET, HEAD, OPTIONS"], ["GET", "/utc/timesync", "OPTIONS, POST"]] as const) {
    const refused = await call(runtime, method, path);
    assert.deepEqual([refused.status, refused.headers.get("allow")], [405, allowed]);
  }
});
