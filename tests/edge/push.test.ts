// Sockets, hubs and the tree between them: what a viewer receives, and what is reported to the operator.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun, call, Event } from "./harness/calls.ts";
import { type StandIn, standIn } from "./harness/stand-in.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { join, Viewer } from "./harness/viewer.ts";
import type { Audience } from "./harness/wire.ts";

let worker: StandIn;
before(async () => void (worker = await standIn()));
after(() => worker.end());

async function audience(event: Event): Promise<Audience> {
  const { status, text, body } = await call<Audience>(worker, "GET", `${event.path}/audience`, { token: TOKENS.reader });
  assert.equal(status, 200, text);
  return body;
}

test("a viewer who joins gets the whole state, and the hub's number", async () => {
  const event = await begun(worker, "joining", 10_000, { title: "Joining" });
  const { serverTime: _, ...state } = await event.state();
  const viewer = await Viewer.join(worker, event.name);
  const { type, hub, ack, serverTime, confirmed, ...seen } = viewer.last;
  assert.ok(Math.abs(confirmed! - serverTime) < 60_000, `${confirmed}`);
  assert.deepEqual([type, ack], ["state", false]);
  assert.ok(hub >= 0 && hub < 4 && Math.abs(serverTime - Date.now()) < 60_000);
  assert.deepEqual(seen, state);
  assert.equal(state.liveUrl, `${event.path}/live`);
  viewer.end();
});

test("a pause reaches every socket of four hubs, and the operator gets the count", async () => {
  const event = await begun(worker, "four", 10_000);
  const viewers = await join(worker, event.name, 40);
  assert.deepEqual([...new Set(viewers.map(({ hub }) => hub))].sort(), [0, 1, 2, 3]);
  const { rev, delivery, effectiveAt } = await event.command("pause", { message: "Back soon" });
  assert.deepEqual([delivery.hubs, delivery.acked, delivery.sockets], [4, 4, 40]);
  for (const viewer of viewers) {
    const seen = await viewer.has(rev);
    assert.deepEqual([seen.rev, seen.timeline.at(-1)!.rate, seen.timeline.at(-1)!.from], [rev, 0, effectiveAt]);
    assert.equal(viewer.states.length, 2);
  }
  // With so few viewers, all are asked to acknowledge.
  assert.ok(viewers.every(({ last }) => last.ack));
  viewers.forEach((viewer) => viewer.end());
});

test("a change reaches all of thirteen hubs through relays", async () => {
  const event = await begun(worker, "thirteen", 10_000, { hubs: 13 });
  const viewers = await join(worker, event.name, 52);
  assert.equal(new Set(viewers.map(({ hub }) => hub)).size, 13);
  const { rev, delivery } = await event.command("pause");
  assert.equal(delivery.hubs, 13);
  for (const viewer of viewers) await viewer.has(rev);
  const isEverywhere = ({ byHub }: Audience) => byHub.length === 13 && byHub.every((hub) => hub.sockets === 4 && hub.rev === rev);
  const { byHub, answered, sockets } = await until(() => audience(event), isEverywhere, "every hub's answer with its newest revision");
  assert.deepEqual([answered, sockets], [13, 52]);
  assert.deepEqual(byHub.map(({ hub }) => hub), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual(byHub.slice(0, 4).map(({ region }) => region), ["weur", "enam", "apac", "wnam"]);
  viewers.forEach((viewer) => viewer.end());
});

test("a ping is answered with the state's version, also after a change and while the hub sleeps", async () => {
  const event = await begun(worker, "ping", 10_000);
  const viewer = await Viewer.join(worker, event.name);
  assert.equal(await viewer.ping(), `${viewer.last.epoch}.1`);
  const { rev } = await event.command("announce", { message: "Hello" });
  await viewer.has(rev);
  assert.equal(await viewer.ping(), `${viewer.last.epoch}.${rev}`);
  await worker.evict(`${event.name}/${viewer.hub}`);
  assert.equal(await viewer.ping(), `${viewer.last.epoch}.${rev}`);
  const next = await event.command("clear");
  assert.equal((await viewer.has(next.rev)).rev, next.rev);
  viewer.end();
});

test("a viewer who lost a hub is sent to another", async () => {
  const event = await begun(worker, "not", 10_000, { hubs: 2 });
  for (const not of [0, 1, 0, 1]) {
    const viewer = await Viewer.join(worker, event.name, { not });
    assert.equal(viewer.hub, 1 - not);
    viewer.end();
  }
});

test("a request that is not a WebSocket, an unknown event and a foreign site are refused", async () => {
  const event = await begun(worker, "refusals", 10_000, { origins: ["https://gala.example"] });
  const plain = await call(worker, "GET", `${event.path}/live`);
  assert.deepEqual([plain.status, plain.problem.code], [426, "upgrade-required"]);
  await assert.rejects(Viewer.join(worker, "nobody"), /404/);
  await assert.rejects(Viewer.join(worker, event.name, { origin: "https://elsewhere.example" }), /403/);
  for (const origin of ["https://gala.example", undefined]) {
    const viewer = await Viewer.join(worker, event.name, origin === undefined ? {} : { origin });
    viewer.end();
  }
});

test("an unknown frame closes the socket with a code, and other viewers are not affected", async () => {
  const event = await begun(worker, "protocol", 10_000, { hubs: 1 });
  const other = await Viewer.join(worker, event.name);
  for (const [frame, code] of [
    ["hello", 1008],
    ["", 1008],
    ["{}", 1008],
    [JSON.stringify({ type: "ack", rev: "x", appliedAt: 1 }), 1008],
    [Uint8Array.of(112), 1003],
    ["p".repeat(1_025), 1009],
    ["é".repeat(1_000), 1009],
  ] as const) {
    const viewer = await Viewer.join(worker, event.name);
    viewer.send(frame);
    const closed = await viewer.isClosed();
    assert.equal(closed.code, code, String(frame).slice(0, 20));
    assert.notEqual(closed.reason, "");
  }
  const { rev } = await event.command("pause");
  await other.has(rev);
  other.end();
});

test("a sample says how late the change was applied, each viewer once", async () => {
  const event = await begun(worker, "acks", 10_000);
  const viewers = await join(worker, event.name, 8);
  const { rev, effectiveAt } = await event.command("pause");
  for (const [index, viewer] of viewers.entries()) {
    await viewer.has(rev);
    const ack = JSON.stringify({ type: "ack", rev, appliedAt: effectiveAt + 10 * index });
    // The eighth stays silent, the first acknowledges three times, and one acknowledges another change.
    if (index < 7) viewer.send(ack);
    if (index === 0) viewer.send(ack), viewer.send(ack);
    if (index === 1) viewer.send(JSON.stringify({ type: "ack", rev: rev + 7, appliedAt: effectiveAt }));
  }
  const { acks } = await until(() => audience(event), ({ acks }) => acks?.applied === 7, "the acks");
  assert.deepEqual(acks, { rev, asked: 8, applied: 7, median: 30, p95: 60 });
  viewers.forEach((viewer) => viewer.end());
});

test("a flood of frames from one viewer does not delay the others", async () => {
  const event = await begun(worker, "flood", 10_000, { hubs: 1 });
  const [flooding, quiet] = [await Viewer.join(worker, event.name), await Viewer.join(worker, event.name)];
  for (let count = 0; count < 5_000; count++) flooding.send(JSON.stringify({ type: "ack", rev: 1, appliedAt: count }));
  const { rev } = await event.command("pause");
  await quiet.has(rev);
  assert.equal(await quiet.ping(), `${quiet.last.epoch}.${rev}`);
  [flooding, quiet].forEach((viewer) => viewer.end());
});

test("hubs that an event no longer has send their viewers to others", async () => {
  const event = await begun(worker, "fewer", 10_000);
  const viewers = await join(worker, event.name, 8);
  const made = await event.put({ hubs: 2 });
  assert.equal(made.body.hubs, 2);
  for (const viewer of viewers) {
    await viewer.has(2);
    if (viewer.hub >= 2) assert.equal((await viewer.isClosed()).code, 1012);
  }
  assert.deepEqual(viewers.filter(({ closed }) => closed).map(({ hub }) => hub).sort(), [2, 2, 3, 3]);
  const { hubs, sockets } = await audience(event);
  assert.deepEqual([hubs, sockets], [2, 4]);
  viewers.forEach((viewer) => viewer.end());
});

test("the state for those who poll may be kept for a moment by caches", async () => {
  const event = await begun(worker, "poll", 10_000);
  const { status, headers, body } = await call<{ rev: number; liveUrl: string }>(worker, "GET", `${event.path}/status`);
  assert.deepEqual([status, body.rev, body.liveUrl], [200, 1, `${event.path}/live`]);
  assert.deepEqual([headers.get("cache-control"), headers.get("cache-tag")], ["public, max-age=2", "event"]);
});
