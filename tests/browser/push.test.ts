// What pages receive when their socket is lost or refused, or the hub behind it restarts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { call, type Event } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { until } from "../edge/harness/until.ts";
import type { Audience } from "../edge/harness/wire.ts";
import { launch } from "./harness/engine.ts";
import { type Network, network } from "./harness/network.ts";
import { patient, show } from "./harness/show.ts";
import { type Site, site } from "./harness/site.ts";
import { connected, status, type Received, turn, Viewer } from "./harness/viewer.ts";

let runtime: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [runtime, browser, ours] = await Promise.all([Runtime.start("browser-push"), launch(), site()]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await runtime?.end();
});

async function audience(event: Event): Promise<Audience> {
  return (await call<Audience>(runtime, "GET", `${event.path}/audience`, { token: TOKENS.all })).body;
}

/** How long a viewer may take to return after some failed attempts, in ms: the waits are at most 10, 20, 40 and 60 s. */
const RETURNING = 240_000;

test("a change is pushed through the socket, and an early one is in time", async (t) => {
  const { event, line, viewer } = await joined("early");
  const { effectiveAt, rev } = await event.command("pause", { at: (await event.time()).serverTime + 10_000 });
  const state = await viewer.receives(({ name, value }) => name === "state" && value.rev === rev, "the new state");
  const paused = await viewer.receives(status("paused"), "the pause");
  t.diagnostic(`paused ${(paused.at - effectiveAt).toFixed(1)} ms after its instant; received as ${paused.lateness.toFixed(1)} ms late`);
  assert.equal(state.lateness, 0, "received ten seconds ahead");
  assert.ok(state.at < paused.at);
  const { acks } = await until(() => audience(event), ({ acks }) => acks?.applied === 1, "the page's ack");
  const { lackRundown, elsewhere, bounds } = acks!;
  assert.deepEqual([lackRundown, elsewhere, bounds?.reduce((sum, { viewers }) => sum + viewers, 0)], [undefined, undefined, 1]);
  await end(viewer, line);
});

test("while sockets are refused changes are found by polling; then another hub pushes them", async (t) => {
  const { event, line, viewer } = await joined("refused");
  const before = await holding(event);
  line.refuseSockets();
  const lost = await viewer.receives((received) => connected("polling")(received) && received.value.why === "push-lost", "the loss");
  await event.command("pause");
  const paused = await viewer.receives(status("paused"), "the pause");
  assert.ok(paused.at > lost.at);
  await until(() => audience(event), ({ polling }) => polling === 1, "the estimate of who polls");
  assert.equal((await viewer.evaluate<{ state: string }>("event.connection")).state, "polling");
  t.diagnostic(`found the pause ${paused.lateness.toFixed(0)} ms late by polling`);
  line.admitSockets();
  await viewer.receives(live(lost), "another socket", RETURNING);
  const after = await until(() => holding(event), ([hub, ...others]) => hub !== undefined && others.length === 0, "one socket");
  assert.notDeepEqual(after, before);
  assert.ok(line.sockets.slice(1).every((path) => path.endsWith(`?not=${before[0]}`)), line.sockets.join(", "));
  await event.command("resume");
  await viewer.receives(status("running"), "the end of the pause");
  await end(viewer, line);
});

test("when the runtime is killed and comes back, pages return by themselves and have the newest state", async (t) => {
  const lines = await Promise.all([1, 2, 3].map((seed) => network(runtime, NEAR, seed)));
  const event = await show(runtime, "restarted", 0, [patient("first", 20_000)]);
  const viewers = await Promise.all(lines.map((line) => Viewer.join(browser, ours, line, "restarted")));
  await Promise.all(viewers.map((viewer) => viewer.receives(connected("live"), "the socket")));
  await Promise.all(viewers.map((viewer) => viewer.receives(turn("fire", "first"), "the moment")));
  const last = Math.max(...(await Promise.all(viewers.map((viewer) => viewer.received()))).map((received) => received.at(-1)!.at));
  await runtime.kill();
  await runtime.restart();
  await event.command("pause");
  lines.forEach((line) => line.connectTo(runtime));
  const back = await Promise.all(viewers.map(async (viewer) => {
    await viewer.receives(status("paused"), "what changed meanwhile", RETURNING);
    return viewer.receives((received) => connected("live")(received) && received.at > last, "the socket again", RETURNING);
  }));
  const first = Math.min(...back.map(({ at }) => at));
  t.diagnostic(`live again ${back.map(({ at }) => `+${((at - first) / 1_000).toFixed(1)}`).join(", ")} s after the first`);
  await event.command("resume");
  for (const viewer of viewers) {
    await viewer.receives(status("running"), "the end of the pause");
    const revs = (await viewer.received()).filter(({ name }) => name === "state").map(({ value }) => value.rev);
    assert.deepEqual(revs, revs.toSorted((one, other) => one - other), "nobody goes back");
    assert.equal((await viewer.received()).filter(turn("fire")).length, 1, "nothing fires twice");
  }
  await Promise.all(viewers.map((viewer) => viewer.end()));
  lines.forEach((line) => line.end());
});

const NEAR = { roundTrip: 10, jitter: 1, burst: 0, burstsPercent: 0 };

/** Makes an event, and a page that joins it through a network of its own and is live. */
async function joined(name: string): Promise<{ event: Event; line: Network; viewer: Viewer }> {
  const event = await show(runtime, name, 0, []);
  const line = await network(runtime, NEAR, 1);
  const viewer = await Viewer.join(browser, ours, line, name);
  await viewer.receives(connected("live"), "the socket");
  return { event, line, viewer };
}

async function end(viewer: Viewer, line: Network): Promise<void> {
  await viewer.end();
  line.end();
}

/** Returns the numbers of the hubs that hold sockets. */
async function holding(event: Event): Promise<number[]> {
  const { body } = await call<{ byHub: { hub: number; sockets: number }[] }>(event.server, "GET", `${event.path}/audience`, { token: TOKENS.all });
  return body.byHub.filter(({ sockets }) => sockets > 0).map(({ hub }) => hub);
}

/** Returns a matcher for the page being live after `before`. */
function live(before: Received): (received: Received) => boolean {
  return (received) => connected("live")(received) && received.at > before.at;
}
