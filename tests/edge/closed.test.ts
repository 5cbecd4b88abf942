// Without the secret the worker is closed to operators, and still open to viewers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call } from "./harness/calls.ts";
import { rundownAt } from "./harness/rundowns.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import type { TimeBody } from "./harness/wire.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("closed", { tokens: null })));
after(() => runtime.end());

const rundown = rundownAt(1);
const CALLS: [string, string, unknown?][] = [
  ["PUT", "/v1/events/main", { startsAt: 1_704_067_200_000 }],
  ["POST", "/v1/events/main/commands", { command: "pause", id: "p1" }],
  ["PUT", `/v1/events/main/rundowns/${rundown.digest}.json`, rundown.bytes],
  ["GET", "/v1/events/main/rundowns"],
  ["DELETE", `/v1/events/main/rundowns/${rundown.digest}.json`],
  ["GET", "/v1/events/main/log"],
  ["GET", "/v1/events/main/audience"],
  ["GET", "/v1/events/main/audience/history"],
  ["GET", "/v1/events/main/metrics"],
  ["GET", "/v1/events"],
  ["GET", "/v1/token"],
  ["GET", "/v1/tokens"],
  ["POST", "/v1/tokens", { id: "me", scopes: ["admin"], sha256: "0".repeat(64) }],
  ["POST", "/v1/tokens/me", { grace: 0, sha256: "0".repeat(64) }],
  ["DELETE", "/v1/tokens/me"],
  ["POST", "/v1/token", { code: `dbl_me_${"0".repeat(40)}`, sha256: "0".repeat(64) }],
];

for (const [method, path, body] of CALLS) {
  test(`${method} ${path.replace(/[0-9a-f]{64}/, "…")} is refused`, async () => {
    for (const token of [TOKENS.all, undefined]) {
      const answer = await call(runtime, method, path, { ...(token === undefined ? {} : { token }), body });
      assert.deepEqual([answer.status, answer.problem.code], [401, "unauthorized"], answer.text);
      assert.equal(answer.headers.get("www-authenticate"), 'Bearer realm="downbeat"');
      assert.match(answer.problem.detail, /DOWNBEAT_TOKENS/);
    }
  });
}

test("nothing changed, and the time is answered", async () => {
  assert.equal((await call(runtime, "GET", "/v1/events/main")).status, 404);
  const { status, body } = await call<TimeBody>(runtime, "GET", "/time");
  assert.deepEqual([status, body.status, body.rev, body.epoch], [200, "unknown", 0, null]);
});
