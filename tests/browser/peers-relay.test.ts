// The mesh through coturn, a TURN server: members who do not see each other's address, credentials that expire, a server that goes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../edge/harness/until.ts";
import { Coturn } from "./harness/coturn.ts";
import { type Member, meshTests, type StartOptions } from "./harness/peers.ts";

const skip = Coturn.isInstalled ? false : "coturn is not installed ('apt-get install coturn'; on a machine of your own, then disable its service)";

const mesh = meshTests();

async function coturn(): Promise<Coturn> {
  const server = await Coturn.start();
  mesh.ends(() => server.end());
  return server;
}

const open = (id: string, options: StartOptions): Promise<Member> => mesh.open(id, { relayOnly: true, ...options });

test("relay only: pictures and texts pass the server, and no message has an address of a member's", { skip }, async () => {
  const server = await coturn();
  const [one, two] = [await open("m1", { servers: [server.servers(3_600)] }), await open("m2", { servers: [server.servers(3_600)] })];
  await two.publish("blue");
  await mesh.signalling.update("m1", "m2");
  await Promise.all([one.opens("m2"), two.opens("m1"), one.sees("m2", "blue")]);
  await until(() => one.stats(), (stats) => stats["m2"]?.kind === "relayed" && stats["m2"].roundTrip !== null, "the way");
  const candidates = mesh.signalling.passed.flatMap(({ message }) => [
    ...(message.candidate?.list ?? []).map((one: any) => one.candidate),
    ...(message.description?.sdp?.match(/^a=candidate:.*/gm) ?? []),
  ]);
  assert.ok(candidates.length >= 2);
  for (const candidate of candidates) assert.match(candidate, / 127\.0\.0\.1 \d+ typ relay raddr (0\.0\.0\.0|127\.0\.0\.1) rport /);
});

test("expired credentials are an error with a code, and the next ones connect", { skip }, async () => {
  const server = await coturn();
  const one = await open("m1", { servers: [server.servers(-10), server.servers(3_600)] });
  const two = await open("m2", { servers: [server.servers(3_600)] });
  await mesh.signalling.update("m1", "m2");
  await until(() => one.log(), ({ errors }) => errors.length > 0, "the error");
  const { errors: [error], states } = await one.log();
  assert.equal(error!.code, "ice-servers");
  assert.match(error!.message, /^turn:127\.0\.0\.1:\d+.* refused with 401/);
  assert.ok(!states["m2"]!.includes("connected"));
  await Promise.all([one.opens("m2"), two.opens("m1")]);
});

test("a server that goes is replaced by the one that is named then, in the same connection", { skip }, async () => {
  const [first, second] = [await coturn(), await coturn()];
  const servers = [first.servers(3_600), second.servers(3_600)];
  const [one, two] = [await open("m1", { servers }), await open("m2", { servers })];
  await two.publish("blue");
  await mesh.signalling.update("m1", "m2");
  await Promise.all([one.opens("m2"), two.opens("m1"), one.sees("m2", "blue")]);
  await first.end();
  const back = ({ states }: { states: Record<string, string[]> }, id: string) => states[id]!.at(-1) === "connected" && states[id]!.includes("interrupted");
  await Promise.all([until(() => one.log(), (log) => back(log, "m2"), "one"), until(() => two.log(), (log) => back(log, "m1"), "two")]);
  await one.send("by the other server");
  await until(() => two.log(), ({ data }) => data.length === 1, "the text");
  assert.deepEqual([(await one.log()).connections, (await two.log()).connections], [1, 1]);
});
