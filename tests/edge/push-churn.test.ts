// Strangers who join and leave, flood, or keep silent: whatever they do, a pause reaches everyone else.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, type Event } from "./harness/calls.ts";
import { plain, type Plain } from "./harness/plain.ts";
import { attempt, Churn } from "./harness/strangers.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { join, Viewer } from "./harness/viewer.ts";
import type { Audience, StateBody, TimeBody } from "./harness/wire.ts";

const PROXY = { TRUSTED_PROXIES: "127.0.0.1" };

let worker: Plain;
before(async () => void (worker = await plain("churn")));
after(() => worker.end());

function end(viewers: Viewer[]): void {
  viewers.forEach((viewer) => viewer.end());
}

test("amid churn every viewer gets every change, and others from the same address still join", async (t) => {
  const event = await begun(worker, "churn", 10_000, { hubs: 1 });
  const viewers = await join(worker, event.name, 20);
  assert.ok(await isRefused(worker, event, 200, () => []));
  const churn = new Churn(worker, event.name, 15);
  // However this test ends, the next one begins in peace.
  t.after(() => churn.stop());
  for (const command of ["pause", "resume", "pause"]) {
    const { rev } = await event.command(command);
    for (const viewer of viewers) await viewer.has(rev);
  }
  for (const way of ["time", "status"]) {
    const answer = () => call<TimeBody>(worker, "GET", `${event.path}/${way}`);
    await until(answer, ({ status, body }) => status === 200 && body.status === "paused", `"paused" from /${way}`);
  }
  const honest = await Promise.all([1, 2, 3].map(() => Viewer.joinAtLast(worker, event.name)));
  const { rev } = await event.command("resume");
  for (const viewer of [...viewers, ...honest]) await viewer.has(rev);
  await churn.stop();
  assert.ok(churn.attempts.every(({ status }) => [0, 101, 503].includes(status)));
  assert.ok(viewers.every((viewer) => viewer.neverWentBack && viewer.closed === undefined));
  end([...viewers, ...honest]);
});

test("a crowd that stays is let in, though it has one address", async () => {
  const event = await begun(worker, "crowd", 10_000, { hubs: 2 });
  const viewers = await Promise.all(Array.from({ length: 600 }, () => Viewer.joinAtLast(worker, event.name)));
  const { rev, delivery } = await event.command("pause");
  assert.deepEqual([delivery.acked, delivery.sockets], [2, 600]);
  for (const viewer of viewers) await viewer.has(rev);
  end(viewers);
});

/** Lets strangers with these headers join and drop their sockets until one is refused, `rounds` times at most. */
async function isRefused(server: Plain, event: Event, rounds: number, headers: () => string[]): Promise<boolean> {
  for (let round = 0; round < rounds; round++) {
    const all = await Promise.all(Array.from({ length: 45 }, () => attempt(server, event.name, headers())));
    all.forEach(([, socket]) => socket.destroy());
    const refused = all.flatMap(([{ closed }]) => (closed === undefined ? [] : [closed]));
    for (const { code, reason } of refused) {
      assert.equal(code, 1013);
      assert.match(reason, /^retry in \d+ ms$/);
    }
    if (refused.length > 0) return true;
  }
  return false;
}

test("a header moves a stranger to another address only if a proxy of ours has set it", async () => {
  const behind = await plain("proxy", PROXY);
  let number = 0;
  const forged = () => {
    number += 1;
    const address = `198.51.${number >> 8}.${number & 255}`;
    return [`CF-Connecting-IP: ${address}`, `X-Forwarded-For: ${address}`];
  };
  const event = await begun(worker, "forged", 10_000, { hubs: 1 });
  assert.ok(await isRefused(worker, event, 200, forged), "nobody set these headers but the stranger");
  const proxied = await begun(behind, "proxied", 10_000, { hubs: 1 });
  assert.ok(!(await isRefused(behind, proxied, 2, forged)), "these are ninety visitors");
  assert.ok(await isRefused(behind, proxied, 200, () => ["X-Forwarded-For: 203.0.113.7"]), "this is one");
  await behind.end();
});

test("a socket that floods is closed, and the others' acks count", async () => {
  const event = await begun(worker, "flood", 10_000, { hubs: 1 });
  const viewers = await join(worker, event.name, 10);
  const flooders = await join(worker, event.name, 3);
  for (const flooder of flooders) {
    for (let frame = 0; frame < 2_000; frame++) flooder.send(`{"type":"ack","rev":${1_000 + frame},"appliedAt":1}`);
  }
  const { rev, effectiveAt } = await event.command("pause");
  for (const viewer of viewers) {
    await viewer.has(rev);
    if (viewer.last.ack) viewer.send(JSON.stringify({ type: "ack", rev, appliedAt: effectiveAt }));
  }
  for (const flooder of flooders) {
    assert.deepEqual(await flooder.isClosed(), { code: 1008, reason: "a viewer sends at most 20 frames a second" });
  }
  const audience = async () => (await call<Audience>(worker, "GET", `${event.path}/audience`, { token: TOKENS.all })).body;
  const { acks } = await until(audience, ({ acks }) => acks?.applied === 10, "the acks of all ten to be counted");
  assert.equal(acks!.p95, 0, "they applied it at its effect");
  end(viewers);
});

test("lying acks change nothing of what an operator reads", async () => {
  const event = await begun(worker, "lies", 10_000, { hubs: 1 });
  const [honest, liar] = await join(worker, event.name, 2);
  const { rev, effectiveAt } = await event.command("pause");
  await Promise.all([honest!.has(rev), liar!.has(rev)]);
  const lies = [{ rev: rev + 1, appliedAt: effectiveAt }, { rev: rev - 1, appliedAt: 0 }, { rev, appliedAt: effectiveAt + 86_400_000 }];
  for (const lie of lies) liar!.send(JSON.stringify({ type: "ack", ...lie }));
  for (let time = 0; time < 3; time++) honest!.send(JSON.stringify({ type: "ack", rev, appliedAt: effectiveAt }));
  const audience = async () => (await call<Audience>(worker, "GET", `${event.path}/audience`, { token: TOKENS.all })).body;
  const { acks } = await until(audience, ({ acks }) => acks?.applied === 2, "both acks");
  assert.deepEqual([acks!.asked, acks!.applied], [2, 2]);
  // As late as it arrived, and no later: far less than the day that was claimed.
  assert.ok(acks!.p95! < 60_000, `${acks!.p95}`);
  end([honest!, liar!]);
});

test("a frame of many megabytes is not copied into the worker's memory", async () => {
  const event = await begun(worker, "huge", 10_000, { hubs: 1 });
  const text = "x".repeat(31 * 1_048_576);
  for (const [frame, code] of [[text, 1009], [new Uint8Array(8 * 1_048_576), 1003], ["é".repeat(600), 1009]] as const) {
    const viewer = await Viewer.join(worker, event.name);
    viewer.send(frame);
    assert.equal((await viewer.isClosed()).code, code);
  }
  const { rev } = await event.command("pause");
  assert.equal((await Viewer.join(worker, event.name)).last.rev, rev);
});

test("a socket without pings is closed, and one that pings is not", async () => {
  const strict = await plain("silent", { HUB_SILENT_AFTER: "2000" });
  const event = await begun(strict, "silent", 10_000, { hubs: 1 });
  const [silent, pinging] = await join(strict, event.name, 2);
  let over = false;
  const pings = (async () => {
    while (!over) await pinging!.ping();
  })();
  assert.deepEqual(await silent!.isClosed(), { code: 3008, reason: "no ping for 90 s" });
  over = true;
  await pings;
  assert.equal(pinging!.closed, undefined);
  end([pinging!]);
  await strict.end();
});

test("the status is answered as the time is, and caches may keep it", async () => {
  const event = await begun(worker, "status", 10_000, { hubs: 1 });
  const once = await call<StateBody>(worker, "GET", `${event.path}/status`);
  const again = await until(() => call<StateBody>(worker, "GET", `${event.path}/status`), ({ status }) => status === 200, "the status");
  assert.equal(again.headers.get("cache-control"), "public, max-age=2");
  assert.equal(again.body.event, "status");
  assert.deepEqual({ ...again.body, serverTime: 0 }, { ...once.body, serverTime: 0 });
});
