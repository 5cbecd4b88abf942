// Who does not have a change: sockets of hubs that were not told, viewers who poll, and what a sample of the viewers lacks.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, Event } from "./harness/calls.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { join } from "./harness/viewer.ts";
import type { Audience } from "./harness/wire.ts";

let worker: StandIn;
before(async () => void (worker = await standIn()));
after(() => worker.end());

async function audience(event: Event): Promise<Audience> {
  return (await call<Audience>(worker, "GET", `${event.path}/audience`, { token: TOKENS.reader })).body;
}

test("the sockets of a hub that was not told are counted by region until it is told", async () => {
  const event = await begun(worker, "untold", 10_000);
  const viewers = await join(worker, event.name, 16);
  assert.equal((await audience(event)).sockets, 16);
  worker.decideRelay(event.name, 1, () => "drop");
  const { rev, delivery } = await event.command("pause");
  const untold = [{ region: "enam", hubs: 1, sockets: 4 }];
  assert.deepEqual([delivery.acked, delivery.sockets, delivery.untold], [3, 12, untold]);
  const silent = await audience(event);
  assert.deepEqual([silent.answered, silent.sockets, silent.untold], [3, 12, untold]);
  worker.decideRelay(event.name, 1, () => "answer");
  const told = await until(() => audience(event), ({ untold }) => untold === undefined, "the hub");
  assert.deepEqual([told.answered, told.sockets], [4, 16]);
  for (const viewer of viewers) await viewer.has(rev);
  viewers.forEach((viewer) => viewer.end());
});

test("who polls instead of holding a socket is estimated, and nobody is where nobody does", async () => {
  const event = await begun(worker, "polling", 10_000, { hubs: 1 });
  assert.equal((await audience(event)).polling, undefined);
  // Forty viewers poll once: no cache is between them and the worker.
  const poll = () => call(worker, "GET", `${event.path}/status`);
  const looked = await until(
    async () => {
      await Promise.all(Array.from({ length: 40 }, poll));
      return audience(event);
    },
    ({ polling }) => (polling ?? 0) >= 20,
    "the polls",
  );
  assert.ok(looked.polling! >= 20, `${looked.polling}`);
  const { delivery } = await event.command("pause");
  assert.ok(delivery.polling! > 0, JSON.stringify(delivery));
});

test("a sample says who lacks the rundown or cannot check signatures, who follows another state, and how exact clocks are", async () => {
  const event = await begun(worker, "lacking", 10_000, { hubs: 1 });
  const viewers = await join(worker, event.name, 6);
  const { rev, effectiveAt } = await event.command("pause");
  const extras = [
    { bound: 4 }, { bound: 21, rundown: "missing" }, { bound: 60_000, rundown: "missing", emergency: "missing" },
    // A client from before these were added.
    {},
  ];
  for (const [index, viewer] of viewers.entries()) {
    await viewer.has(rev);
    if (extras[index]) viewer.send(JSON.stringify({ type: "ack", rev, appliedAt: effectiveAt, ...extras[index] }));
  }
  // Two follow another state; one of them changes their mind.
  for (const viewer of viewers.slice(4)) viewer.send(JSON.stringify({ type: "ack", rev: 0, appliedAt: effectiveAt, bound: 3 }));
  const both = await until(() => audience(event), ({ acks }) => acks?.applied === 4 && acks.elsewhere === 2, "all six");
  assert.deepEqual([both.acks?.lackRundown, both.acks?.lackEmergency], [2, 1]);
  const counted = both.acks!.bounds!.filter(({ viewers }) => viewers > 0);
  assert.deepEqual(counted, [{ within: 5, viewers: 1 }, { within: 50, viewers: 1 }, { within: null, viewers: 1 }]);
  viewers[4]!.send(JSON.stringify({ type: "ack", rev, appliedAt: effectiveAt, bound: 3 }));
  await until(() => audience(event), ({ acks }) => acks?.applied === 5 && acks.elsewhere === 1, "one who came back");
  viewers[5]!.end();
  const last = await until(() => audience(event), ({ acks }) => acks?.elsewhere === undefined, "one who left");
  assert.equal(last.acks?.applied, 5);
  viewers.forEach((viewer) => viewer.end());
});
