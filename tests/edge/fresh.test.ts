// What shows a page that an answer was made for it, and that no error is kept.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, type Event } from "./harness/calls.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";

let runtime: Runtime;
let event: Event;
before(async () => {
  runtime = await Runtime.start("fresh");
  event = await begun(runtime, "fresh", 5_000);
});
after(() => runtime.end());

const get = (path: string, init?: RequestInit) => fetch(runtime.url + path, init);

test("an answer for the time repeats what its request asks with, whether or not a copy of the state is there", async () => {
  for (let count = 0; count < 3; count++) {
    for (const path of ["/time", `${event.path}/time`, event.path]) {
      const own = `k3v9.${count}`;
      const body = await (await get(`${path}?other=1&t1=${own}`)).json() as { t1?: string; serverTime: number };
      assert.equal(body.t1, own, path);
      assert.ok(body.serverTime > 0);
      for (const query of ["", "?t1", "?t1=", "?t1=%22", `?t1=${"x".repeat(25)}`]) {
        const text = await (await get(path + query)).text();
        assert.equal("t1" in JSON.parse(text), false, `${path}${query}: ${text}`);
      }
    }
  }
});

test("what caches may keep repeats nothing of a request", async () => {
  const body = await (await get(`${event.path}/status?t1=k3v9`)).json() as object;
  assert.equal("t1" in body, false);
});

test("pages of other sites may read whether a cache answered, and when to try again", async () => {
  for (const path of ["/time", `${event.path}/time`, `${event.path}/status`, event.path, "/v1/events/nobody/time"]) {
    assert.equal((await get(path)).headers.get("access-control-expose-headers"), "Age, Retry-After", path);
  }
});

test("no error is kept by a cache", async () => {
  const { digest } = rundownAt(1_000);
  const rundown = `${event.path}/rundowns/${digest}.json`;
  const asked: [string, RequestInit?][] = [
    [rundown], [rundown, { method: "HEAD" }], [rundown, { method: "PATCH" }], [rundown, { method: "PUT", body: "{}" }],
    [rundown, { headers: { "if-none-match": `"${digest}"` } }],
    [`/v1/events/nobody/rundowns/${digest}.json`], ["/v1/events/nobody"], ["/v1/events/nobody/status"],
    ["/v1/events/nobody/rundown.json"], ["/v1/nothing"], ["/nothing.js"], [`${event.path}/live`],
  ];
  for (const [path, init] of asked) {
    const answer = await get(path, init);
    assert.ok(answer.status >= 400, `${path}: ${answer.status}`);
    assert.equal(answer.headers.get("cache-control"), "no-store", `${init?.method ?? "GET"} ${path}: ${answer.status}`);
  }
});
