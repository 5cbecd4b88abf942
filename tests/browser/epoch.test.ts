// A page whose server's name leads to another deployment, and back: what its connection says, and when it follows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { begun } from "../edge/harness/calls.ts";
import { Runtime } from "../edge/harness/runtime.ts";
import { launch } from "./harness/chromium.ts";
import { network } from "./harness/network.ts";
import { type Site, site } from "./harness/site.ts";
import { connected, status, Viewer } from "./harness/viewer.ts";

let here: Runtime;
let there: Runtime;
let browser: Browser;
let ours: Site;
before(async () => {
  [here, there, browser, ours] = await Promise.all([Runtime.start("browser-epoch"), Runtime.start("browser-epoch-other"), launch(), site()]);
});
after(async () => {
  await browser?.close();
  ours?.end();
  await here?.end();
  await there?.end();
});

const NEAR = { roundTrip: 10, jitter: 1, burst: 0, burstsPercent: 0 };

/** The patience for a new socket and the ten seconds in which nothing may contradict the other state, in ms. */
const FOLLOWING = 120_000;

test("a page follows another deployment after it was confirmed, says that it is disputed until then, and returns the same way", async () => {
  const event = await begun(here, "moved", 60_000);
  const other = await begun(there, "moved", 60_000);
  const line = await network(here, NEAR, 1);
  const viewer = await Viewer.join(browser, ours, line, "moved");
  await viewer.receives(connected("live"), "the socket");
  const [mine, theirs] = [(await event.state()).epoch, (await other.state()).epoch];
  await other.command("pause");

  line.cut();
  line.connectTo(there);
  line.restore();
  const disputed = await viewer.receives(({ name, value }) => name === "connection" && value.why === "disputed", "the dispute", FOLLOWING);
  assert.equal(disputed.value.state, "polling");
  assert.equal(await viewer.evaluate<string>("event.state.epoch"), mine, "it goes on with what it knows");
  assert.equal(await viewer.evaluate<string>("event.status"), "running");
  const held = await viewer.receives(status("paused"), "the other deployment's hold", FOLLOWING);
  assert.equal(await viewer.evaluate<string>("event.state.epoch"), theirs);
  await viewer.receives((received) => connected("live")(received) && received.at > disputed.at, "being live again", FOLLOWING);
  const seen = await viewer.received();
  const between = seen.filter(({ name, value, at }) => name === "connection" && at > disputed.at && at < held.at && value.state === "live");
  assert.deepEqual(between, [], "it is not live before it follows");

  line.cut();
  line.connectTo(here);
  line.restore();
  await viewer.receives((received) => status("running")(received) && received.at > held.at, "the way back", FOLLOWING);
  assert.equal(await viewer.evaluate<string>("event.state.epoch"), mine, "no epoch is refused for good");
  await viewer.end();
  line.end();
});
