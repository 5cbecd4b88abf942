// The pages as they are served: their policies, their caching, and that they do not hide the API.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call } from "./harness/calls.ts";
import { Runtime } from "./harness/runtime.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("pages", { stack: "wrangler" })));
after(() => runtime.end());

const get = (path: string, headers: Record<string, string> = {}) => call(runtime, "GET", path, { headers });

/** Returns a directive of a page's policy. */
function policy(headers: Headers, directive: string): string[] | undefined {
  const directives = headers.get("content-security-policy")!.split(";").map((text) => text.trim().split(" "));
  return directives.find(([name]) => name === directive)?.slice(1);
}

test("each page is HTML, with a policy that allows loading from this origin only", async () => {
  for (const path of ["/", "/display", "/console", "/?event=gala"]) {
    const { status, headers, text } = await get(path);
    assert.equal(status, 200, path);
    assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(text, /<script type="module" src="\/\w+\.js"><\/script>/);
    assert.deepEqual(policy(headers, "default-src"), ["'none'"]);
    assert.deepEqual(policy(headers, "script-src"), ["'self'", "'wasm-unsafe-eval'"]);
    assert.deepEqual(policy(headers, "require-trusted-types-for"), ["'script'"]);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("strict-transport-security"), "max-age=31536000");
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    // What no page needs stays off, also for a script that got into one.
    for (const feature of ["camera", "microphone", "geolocation", "display-capture", "usb", "payment"]) {
      assert.ok(headers.get("permissions-policy")!.split(", ").includes(`${feature}=()`), feature);
    }
    assert.ok(policy(headers, "frame-ancestors"), "a policy on frames");
  }
});

test("the page with the operator's token connects to this worker only, and cannot be framed", async () => {
  const [console, viewer] = [await get("/console"), await get("/")];
  assert.deepEqual(policy(console.headers, "connect-src"), ["'self'"]);
  assert.deepEqual(policy(console.headers, "frame-ancestors"), ["'none'"]);
  assert.deepEqual(policy(viewer.headers, "connect-src"), ["'self'", "https:"], "a signed state may be elsewhere");
});

test("pages are revalidated each time, and not sent again", async () => {
  const { headers } = await get("/console");
  assert.equal(headers.get("cache-control"), "public, max-age=0, must-revalidate");
  const again = await get("/console", { "if-none-match": headers.get("etag")! });
  assert.deepEqual([again.status, again.text], [304, ""]);
});

test("pages of other sites may load the client and its parts, and no other file", async () => {
  const origin = { origin: "https://gala.example" };
  for (const file of ["/downbeat-client.js", "/downbeat-media.js", "/downbeat-countdown.js"]) {
    const { headers } = await get(file, origin);
    assert.match(headers.get("content-type")!, /^text\/javascript/);
    assert.equal(headers.get("access-control-allow-origin"), "*");
    assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
  }
  assert.equal((await get("/console.js", origin)).headers.get("access-control-allow-origin"), null);
});

test("the worker answers everything that is not a page", async () => {
  for (const path of ["/nothing", "/display/x", "/v1/console", "/_headers"]) {
    const { status, headers } = await get(path);
    assert.deepEqual([status, headers.get("content-type")], [404, "application/problem+json"], path);
  }
  assert.equal((await get("/time")).status, 200);
});

test("answers of the API are for every site to read or for none, and never a page", async () => {
  for (const [path, readers] of [["/v1/events/main/status", "cross-origin"], ["/v1/nothing", "cross-origin"], ["/v1/events", "same-origin"], ["/v1/token", "same-origin"]]) {
    const { headers } = await get(path!);
    assert.equal(headers.get("cross-origin-resource-policy"), readers, path);
    assert.equal(headers.get("strict-transport-security"), "max-age=31536000", path);
    assert.equal(headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
  }
});
