// Full hubs: viewers are sent on to others, and the last ones get a time to retry.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { Viewer } from "./harness/viewer.ts";

let worker: StandIn;
before(async () => void (worker = await standIn({ socketsMax: 3 })));
after(() => worker.end());

test("viewers of a full hub are sent on to one with room; when all are full, they are refused", async () => {
  const event = await begun(worker, "full", 10_000, { hubs: 3 });
  const viewers: Viewer[] = [];
  // All of them want the first hub: they have just lost both others, one after the other.
  for (let count = 0; count < 9; count++) viewers.push(await Viewer.join(worker, event.name, { not: 1 }));
  const held = [0, 1, 2].map((number) => viewers.filter(({ hub }) => hub === number).length);
  assert.deepEqual(held, [3, 3, 3]);
  assert.equal(await Viewer.refusal(worker, event.name), 1013);

  const { rev, delivery } = await event.command("pause");
  assert.deepEqual([delivery.acked, delivery.sockets], [3, 9]);
  for (const viewer of viewers) await viewer.has(rev);
  // A viewer who leaves makes room.
  viewers.pop()!.end();
  viewers.push(await Viewer.joinAtLast(worker, event.name));
  viewers.forEach((viewer) => viewer.end());
});

test("a load test fails if viewers got no socket, or did not learn of the pause", async () => {
  await begun(worker, "crowded", 10_000, { hubs: 3 });
  const maria = new Operator("full", worker);
  const load = ["load", "--event", "crowded", "--viewers", "49", "--settle", "1s", "--duration", "3100ms"];
  const loaded = await maria.json(...load, "--pause-after", "100ms", "--yes");
  // Forty have no socket, and ask within 5 s: not all of them before the end.
  assert.deepEqual([loaded.code, loaded["sockets"], loaded.error?.code], [8, 9, "load"], JSON.stringify(loaded));
  assert.match(loaded.error!.message, /^\d+ viewers? never learned of the pause; 40 viewers never got a socket$/);
});
