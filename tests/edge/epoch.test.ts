// A server that comes with another epoch or an older revision: storage restored under open sockets, and another deployment behind
// the same address. Nobody is told that all is well, and everybody ends with what the event's object has.

import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { Workerd } from "../attack/harness/workerd.ts";
import { begun, call, type Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";
import type { Audience } from "./harness/wire.ts";

let server: Workerd;
let maria: Operator;
before(async () => {
  server = await Workerd.start("epoch");
  maria = new Operator("maria-epoch", server);
});
after(() => server?.kill());

const audience = async (event: Event) =>
  (await call<Audience>(server, "GET", `${event.path}/audience`, { token: TOKENS.reader })).body;

/** Watches as a page does, through the shipped command line. */
const watching = (event: string, seconds: number) =>
  maria.run("watch", "--json", "--event", event, "--for", `${seconds}s`, "--every", "1s");

interface Line { rev?: number; state?: { rev?: number } }

const lines = (stdout: string) => stdout.trim().split("\n").map((line) => JSON.parse(line) as Line);

test("storage restored to an older copy with the same epoch is followed by open pages without any command", async () => {
  const event = await begun(server, "older", 60_000);
  const { epoch } = await event.state();
  const copy = `${server.directory}/copy`;
  await server.kill();
  cpSync(server.storage, copy, { recursive: true });
  await server.restart();
  for (const command of ["pause", "resume", "pause"]) await event.command(command);
  const watch = watching("older", 75);
  await until(() => audience(event), ({ sockets }) => sockets === 1, "the page to have a socket");
  await server.kill();
  rmSync(server.storage, { recursive: true });
  cpSync(copy, server.storage, { recursive: true });
  await server.restart();
  assert.deepEqual([(await event.state()).epoch, (await event.state()).rev], [epoch, 1]);
  const { exit, stdout, stderr } = await watch;
  assert.equal(exit, 0, stderr);
  const revs = lines(stdout).map(({ rev, state }) => rev ?? state?.rev).filter((rev) => rev !== undefined);
  assert.ok(revs.includes(4), stdout);
  assert.equal(revs.at(-1), 1, stdout);
  assert.match(stdout, /older revision|disputed/i, "it said so meanwhile");
});

test("a state says when the event's object had it, on the socket and in answers, and a change after a restoration reaches every hub", async () => {
  const event = await begun(server, "said", 60_000);
  const viewer = await Viewer.join(server, "said");
  const { serverTime } = await event.time();
  const asked = async () => (await call<{ confirmed?: number }>(server, "GET", event.path)).body.confirmed ?? 0;
  await until(asked, (confirmed) => confirmed > serverTime, "the object to be asked");
  const { rev } = await event.command("pause");
  await until(async () => viewer.last, (last) => last.rev === rev, "the pause");
  assert.ok((viewer.last.confirmed ?? 0) > serverTime, "the change itself is proof");
  viewer.end();
});
