// What an event remembers of its audience: a sample a minute, taken when a hub asks, and nothing where nobody is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { begun, call, Event } from "./harness/calls.ts";
import { ROOT } from "./harness/runtime.ts";
import { shapeOf } from "./harness/shape.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";
import type { Audience } from "./harness/wire.ts";

interface History {
  samples: { at: number; audience: Audience }[];
}

let worker: StandIn;
before(async () => void (worker = await standIn()));
after(() => worker.end());

async function history(event: Event): Promise<History> {
  const answer = await call<History>(worker, "GET", `${event.path}/audience/history`, { token: TOKENS.reader });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

test("an event remembers who was there, also when its object was dropped, until it is deleted", async () => {
  const event = await begun(worker, "evening", 10_000, { hubs: 1 });
  assert.deepEqual(await history(event), { samples: [] });
  const viewer = await Viewer.join(worker, event.name);
  const seen = await until(() => history(event), ({ samples }) => samples.length > 0, "a sample", 60_000);
  const { at, audience } = seen.samples[0]!;
  assert.deepEqual([audience.sockets, audience.hubs, audience.answered], [1, 1, 1]);
  assert.ok(Number.isInteger(at));
  const golden = JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/audience-history.json`, "utf8")) as History;
  assert.deepEqual(shapeOf({ ...seen.samples[0], audience: { ...audience, acks: null } }), shapeOf(golden.samples[0]));

  await worker.evict(event.name);
  assert.deepEqual((await history(event)).samples[0], seen.samples[0]);

  const deleted = await call(worker, "DELETE", `${event.path}?force`, { token: TOKENS.all });
  assert.equal(deleted.status, 200, deleted.text);
  viewer.end();
  await begun(worker, event.name, 10_000, { hubs: 1 });
  assert.deepEqual(await history(event), { samples: [] });
});
