// What a command would do: the same answer as the command's own, and nothing changes.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { begun, call } from "./harness/calls.ts";
import { Operator } from "./harness/cli.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import type { CommandAnswer } from "./harness/wire.ts";

let runtime: Runtime;
let maria: Operator;
before(async () => {
  runtime = await Runtime.start("dry-run");
  maria = new Operator("maria-dry-run", runtime);
});
after(() => runtime.end());

/** Returns the part that does not depend on when the answer was made. */
function lasting({ rev, replaced, state }: CommandAnswer): object {
  // Status and message are those of the instant of the answer, and earlier commands take effect in between.
  const { serverTime: _, status: __, message: ___, timeline, messages, endedAt, ...rest } = state;
  return {
    rev,
    replaced,
    segments: timeline.map(({ rate }) => rate),
    texts: messages.map(({ text }) => text),
    isEnding: endedAt !== null,
    rest,
  };
}

describe("a dry run", { concurrency: true }, () => {
  test("answers what the command then answers, for every command", async () => {
    const event = await begun(runtime, "evening", 100_000);
    const evening = [
      { command: "pause", message: "Back soon" },
      { command: "rate", rate: 1.25 },
      { command: "resume" },
      { command: "seek", position: 600_000 },
      { command: "announce", message: { en: "Nearly there" }, severity: "minor" },
      { command: "clear" },
      { command: "undo" },
      { command: "rundown", rundown: null },
      { command: "end", message: "Good night" },
      { command: "reopen" },
    ];
    for (const command of evening) {
      const { status, body, text } = await event.preview(command);
      assert.equal(status, 200, text);
      const real = await event.send(command);
      assert.equal(real.status, 200, real.text);
      assert.deepEqual(lasting(body), lasting(real.body), command.command);
      const lead = ({ effectiveAt, state }: CommandAnswer) => effectiveAt - state.serverTime;
      assert.equal(lead(body), lead(real.body), command.command);
      assert.deepEqual(body.delivery, { hubs: real.body.delivery.hubs, acked: 0, sockets: 0, ms: 0 });
    }
  });

  test("changes nothing: no revision, no log, no id that is used up, no viewer who sees it", async () => {
    const event = await begun(runtime, "untouched", 100_000);
    const { serverTime: _, ...before } = await event.state();
    const logged = await event.log();
    for (const parameter of ["dryRun", "dryRun=1", "a=b&dryRun"]) {
      const body = { command: "pause", id: "once", message: "Not yet" };
      const answer = await call(runtime, "POST", `${event.path}/commands?${parameter}`, { token: TOKENS.all, body });
      assert.equal(answer.status, 200, answer.text);
    }
    const { serverTime: __, ...after } = await event.state();
    assert.deepEqual(after, before);
    assert.deepEqual(await event.log(), logged);
    const seek = await event.command("seek", { id: "once", position: 5_000 });
    assert.equal(seek.rev, 2, "the id is free for another command");
    const again = await event.preview({ command: "seek", id: "once", position: 5_000 });
    assert.deepEqual(again.body, (await event.send({ command: "seek", id: "once", position: 5_000 })).body);
  });

  test("is refused as the command is", async () => {
    const event = await begun(runtime, "refused", 100_000);
    const refused: [{ command: string; [field: string]: unknown }, string?][] = [
      [{ command: "resume", ifRev: 9 }],
      [{ command: "reopen" }],
      [{ command: "rate", rate: 0 }],
      [{ command: "dance" }],
      [{ command: "announce" }],
      [{ command: "pause" }, TOKENS.reader],
      [{ command: "rundown", rundown: "0".repeat(64) }],
    ];
    for (const [command, token] of refused) {
      const [dry, real] = [await event.preview(command, token), await event.send(command, token)];
      assert.ok(real.status >= 400, real.text);
      const said = ({ status, problem }: typeof dry) => [status, problem.code, problem.detail, problem.pointer];
      assert.deepEqual(said(dry), said(real));
    }
    const unknown = await call(runtime, "POST", "/v1/events/nobody/commands?dryRun", {
      token: TOKENS.all,
      body: { command: "pause", id: "x" },
    });
    assert.deepEqual([unknown.status, unknown.problem.code], [404, "unknown-event"]);
  });

  test("in the terminal shows the rate that was set during a hold", async () => {
    const event = await begun(runtime, "faster", 100_000);
    await event.command("pause");
    await event.command("rate", { rate: 1.25 });
    const shown = await maria.json("resume", "--dry-run", "--event", "faster");
    assert.deepEqual([shown.code, shown["dryRun"], shown["then"].rate], [0, true, 1.25]);
    const { state, effectiveAt } = await event.command("resume");
    assert.equal(state.timeline.find(({ from }) => from === effectiveAt)!.rate, shown["then"].rate);
  });
});
