// Storage that was restored from an older copy: viewers that are ahead of it take the restored state once the server is told.

import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { after, test } from "node:test";
import { Workerd } from "../attack/harness/workerd.ts";
import { begun, call, Event } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";
import type { Audience } from "./harness/wire.ts";

test("viewers that are ahead of restored storage take the restored state at once, and nothing of the lost epoch after it", async () => {
  const server = await Workerd.start("restored");
  after(() => server.kill());
  const maria = new Operator("maria-restore", server);
  const event = await begun(server, "gala", 60_000);
  const { epoch } = await event.state();
  const copy = `${server.directory}/copy`;
  const restart = async (change: () => void) => {
    await server.kill();
    change();
    await server.restart();
  };
  await restart(() => cpSync(server.storage, copy, { recursive: true }));
  for (const command of ["pause", "resume", "pause"]) await event.command(command);

  const watched = async () => {
    const audience = async () => (await call<Audience>(server, "GET", `${event.path}/audience`, { token: TOKENS.reader })).body;
    await until(audience, ({ sockets }) => sockets === 1, "the page to have a socket");
  };
  const watch = maria.run("watch", "--json", "--event", "gala", "--for", "40s", "--every", "1s");
  await watched();
  await restart(() => {
    rmSync(server.storage, { recursive: true });
    cpSync(copy, server.storage, { recursive: true });
  });
  await watched();
  assert.deepEqual([(await event.state()).epoch, (await event.state()).rev], [epoch, 1], "the page is at revision 4 of the same epoch");

  const restored = await maria.json("event", "restore", "--event", "gala", "--yes");
  assert.deepEqual([restored.code, restored["rev"], restored["replaces"]], [0, 2, epoch], JSON.stringify(restored));
  const viewer = await Viewer.join(server, "gala");
  assert.deepEqual([viewer.last.epoch, viewer.last.rev, viewer.last.replaces], [restored["epoch"], 2, epoch]);
  viewer.end();
  const { exit, stdout, stderr } = await watch;
  assert.equal(exit, 0, stderr);
  // As a change, or as what it says every second.
  const revs = stdout.trim().split("\n").map((line) => JSON.parse(line)).map(({ rev, state }) => (rev ?? state?.rev) as number | undefined).filter((rev) => rev !== undefined);
  assert.ok(revs.includes(4), stdout);
  assert.equal(revs.at(-1), 2, stdout);

  const log = await event.log();
  assert.deepEqual(log.map(({ name }) => name), ["restore", "create"]);
  const undo = await event.send({ command: "undo" });
  assert.equal(undo.status, 409, undo.text);
});

test("log --verify says what was restored and what is lost with it, and raises an alarm only until then", async () => {
  const server = await Workerd.start("restored-log");
  after(() => server.kill());
  const [maria, joe] = [new Operator("maria", server), new Operator("joe", server)];
  await begun(server, "gala", 60_000);
  const at = (who: Operator, ...args: string[]) => who.json(...args, "--event", "gala");
  const copy = `${server.directory}/copy`;
  const { epoch } = await new Event(server, "gala").state();
  assert.equal((await at(maria, "pause", "--yes"))["rev"], 2);
  await server.kill();
  cpSync(server.storage, copy, { recursive: true });
  await server.restart();
  for (const command of ["resume", "pause"]) assert.equal((await at(maria, command, "--yes")).code, 0);
  await server.kill();
  rmSync(server.storage, { recursive: true });
  cpSync(copy, server.storage, { recursive: true });
  await server.restart();

  const cutOff = await at(maria, "log", "--verify");
  assert.deepEqual([cutOff.code, cutOff["restored"]], [4, []]);
  assert.match(cutOff["finding"], /ends with rev 2, but the server has signed rev 4/);
  assert.equal((await at(joe, "event", "restore", "--yes")).code, 0);

  const verified = await at(maria, "log", "--verify");
  assert.deepEqual([verified.code, verified["intact"], verified["finding"]], [0, true, null], JSON.stringify(verified));
  const [{ at: when, ...restored }] = verified["restored"];
  assert.deepEqual(restored, { from: 2, replaces: epoch, rev: 3, actor: "joe", lost: 4 });
  assert.equal(when, (await new Event(server, "gala").log())[0]!.at);
  assert.equal(verified["anchored"].rev, 2, "what was signed before is still part of the log");
  const { stdout } = await maria.run("log", "--verify", "--event", "gala");
  assert.match(stdout, new RegExp(`^restored from rev 2 by joe at \\S+ \\(rev 3\\), replacing epoch ${epoch}; what came after, up to rev 4, `, "m"));
});
