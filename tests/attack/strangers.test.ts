// Strangers who have no token and need none: they ask for what is public, for what is not there, and with wrong tokens. It
// costs them more than the worker, leaves nothing behind, and keeps no operator out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call } from "../edge/harness/calls.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { upgrade } from "./harness/raw.ts";
import { Show } from "./harness/show.ts";
import { Workerd } from "./harness/workerd.ts";

let runtime: Workerd;
let show: Show;
before(async () => {
  runtime = await Workerd.start("strangers");
  show = await Show.begin(runtime, "gala");
});
after(async () => {
  show?.end();
  await runtime?.kill();
});

/** Makes `count` calls, 20 at a time. */
async function many(count: number, make: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: 20 }, async () => {
    while (next < count) await make(next++);
  }));
}

test("asking for events that do not exist is answered, and nothing is stored for them", async () => {
  const files = runtime.files;
  await show.attacked("made-up names", async (tried) => {
    await many(400, async (index) => {
      const path = `/v1/events/made-up-${index % 100}${["", "/time", "/status", "/rundown.json"][index % 4]}`;
      const { status } = await call(runtime, "GET", path);
      tried();
      assert.ok([404, 429, 503].includes(status), `${path}: ${status}`);
    });
    await many(60, async (index) => {
      (await upgrade(runtime.port, `/v1/events/made-up-socket-${index}/live`))?.destroy();
      const asked = { body: { command: "pause", id: "x" }, token: TOKENS.all };
      assert.equal((await call(runtime, "POST", `/v1/events/made-up-command-${index}/commands`, asked)).status, 404);
      tried(2);
    });
  });
  assert.ok(runtime.files <= files + 4, `${runtime.files - files} files came of it`);
});

test("a thousand wrong tokens do not keep the right one out, and are not repeated anywhere", () =>
  show.attacked("a flood of wrong tokens", async (tried) => {
    await many(1_000, async (index) => {
      const token = index % 2 ? TOKENS.stranger.replace(/.{6}$/, `${100_000 + index}`) : TOKENS.stranger.replace("stranger", "all");
      const { status } = await call(runtime, "GET", "/v1/token", { token });
      tried();
      assert.ok(status === 401 || status === 429, `${status}`);
      if (index % 100 === 0) {
        const right = await call(runtime, "GET", "/v1/token", { token: TOKENS.all });
        assert.equal(right.status, 200, right.text);
      }
    });
    assert.ok(!runtime.output.includes(TOKENS.stranger.slice(-40, -8)), "no secret in the log");
  }));

test("a flood of public calls keeps no pause from anybody, and each is answered", () =>
  show.attacked("a flood of public calls", async (tried) => {
    const paths = ["/time", "/v1/events/gala/time", "/v1/events/gala/status", "/v1/events/gala", "/v1/events/gala/rundown.json", "/nothing"];
    await many(3_000, async (index) => {
      const { status } = await call(runtime, "GET", paths[index % paths.length]!);
      tried();
      assert.ok([200, 404, 429, 503].includes(status), `${status}`);
      if (index % paths.length < 2) assert.ok(status === 200 || index % paths.length === 0, "the time is always answered");
    });
  }));
