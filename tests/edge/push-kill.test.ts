// A power failure in mid-broadcast, as viewers see it: they reconnect, and have every answered change.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begun } from "./harness/calls.ts";
import { Runtime } from "./harness/runtime.ts";
import { turn } from "./harness/until.ts";
import { Viewer } from "./harness/viewer.ts";

let runtime: Runtime;
before(async () => void (runtime = await Runtime.start("push-kill")));
after(() => runtime.end());

/** A viewer who reconnects whenever the socket is lost, and applies only newer states, as every client does. */
class Returning {
  rev = 0;
  #viewer: Viewer | undefined;
  #over = false;
  readonly done: Promise<void>;

  constructor(event: string) {
    this.done = this.#watch(event);
  }

  async #watch(event: string): Promise<void> {
    while (!this.#over) {
      if (this.#viewer === undefined || this.#viewer.closed !== undefined) {
        this.#viewer = await Viewer.joinAtLast(runtime, event);
      }
      for (const { rev } of this.#viewer.states) this.rev = Math.max(this.rev, rev);
      await turn();
    }
    this.#viewer?.end();
  }

  get connected(): boolean { return this.#viewer !== undefined && this.#viewer.closed === undefined; }

  async has(rev: number): Promise<void> {
    while (this.rev < rev) await turn();
  }

  end(): Promise<void> {
    this.#over = true;
    return this.done;
  }
}

test("two hundred viewers see a pause through a kill of the runtime in mid-broadcast", { timeout: 120_000 }, async () => {
  const event = await begun(runtime, "kill", 100_000);
  const viewers = Array.from({ length: 200 }, () => new Returning(event.name));
  await Promise.all(viewers.map((viewer) => viewer.has(1)));

  let answered = 1;
  for (let round = 0; round < 2; round++) {
    const ids = Array.from({ length: 10 }, (_, index) => `r${round}-${index}`);
    let kill: Promise<void> | undefined;
    await Promise.all(ids.map(async (id) => {
      const answer = await event.send({ command: "announce", id, message: id }).catch(() => undefined);
      // After the first answer, the next change is being broadcast right now.
      kill ??= runtime.kill();
      if (answer?.status === 200) answered = Math.max(answered, answer.body.rev);
    }));
    await kill;
    await runtime.restart();
    const { rev } = await event.state();
    assert.ok(rev >= answered, `revision ${answered} was answered, ${rev} is there`);
    assert.equal((await event.log()).length, rev);
    await Promise.all(viewers.map((viewer) => viewer.has(rev)));
  }
  const { rev } = await event.command("pause");
  await Promise.all(viewers.map((viewer) => viewer.has(rev)));
  assert.ok(viewers.every((viewer) => viewer.rev === rev && viewer.connected));
  await Promise.all(viewers.map((viewer) => viewer.end()));
});
