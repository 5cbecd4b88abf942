// An event whose hubs fill: it adds some, moves nobody, and its revision stays.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call } from "./harness/calls.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";
import type { Audience } from "./harness/wire.ts";

let worker: StandIn;
before(async () => void (worker = await standIn({ socketsMax: 10 })));
after(() => worker.end());

test("a hundred viewers find room in an event that began with four hubs of ten", async () => {
  const event = await begun(worker, "growth", 10_000, { hubs: "auto" });
  const audience = async () => (await call<Audience>(worker, "GET", `${event.path}/audience`, { token: TOKENS.all })).body;
  assert.equal((await audience()).hubs, 4);
  const viewers: Viewer[] = [];
  for (let count = 0; count < 100; count++) viewers.push(await Viewer.joinAtLast(worker, event.name));
  // Those that were added are called as well before anybody needs them.
  const { rev, hubs, byRegion } =
    await until(audience, ({ hubs, answered, sockets }) => answered === hubs && sockets === 100, "an answer of every hub");
  assert.ok(hubs >= 10, `${hubs} hubs`);
  assert.equal(byRegion.reduce((sum, region) => sum + region.hubs, 0), hubs);
  assert.equal(byRegion.reduce((sum, region) => sum + region.sockets, 0), 100);

  const paused = await event.command("pause", { ifRev: rev });
  assert.equal(paused.rev, rev + 1, "no revision was spent on hubs");
  assert.deepEqual([paused.delivery.hubs, paused.delivery.acked, paused.delivery.sockets], [hubs, hubs, 100]);
  for (const viewer of viewers) await viewer.has(paused.rev);
  assert.equal(new Set(viewers.map(({ hub }) => hub)).size > 4, true);

  // An undo takes no hub away.
  const undone = await event.command("undo");
  for (const viewer of viewers) await viewer.has(undone.rev);
  assert.equal((await audience()).hubs, hubs);
  viewers.forEach((viewer) => viewer.end());
});

test("an expected audience has its hubs before the doors open", async () => {
  const event = await begun(worker, "expected", 10_000, { expected: 24_000 });
  const { delivery } = await event.command("pause");
  assert.deepEqual([delivery.hubs, delivery.acked], [20, 20]);
});
