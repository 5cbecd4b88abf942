// The event that is attacked, its operator and its honest viewers: what must hold during and after each attack.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { begun, call, Event } from "../../edge/harness/calls.ts";
import { assertChain } from "../../edge/harness/chain.ts";
import { TOKENS } from "../../edge/harness/tokens.ts";
import { turn } from "../../edge/harness/until.ts";
import { Viewer } from "../../edge/harness/viewer.ts";
import type { CommandAnswer } from "../../edge/harness/wire.ts";
import type { Workerd } from "./workerd.ts";

/** How many honest viewers there are. */
const VIEWERS = 12;

/** What an attack came to. */
interface Figures {
  attack: string;
  /** How often something was tried. */
  tries: number;
  /** For each pause amid the attack and after it, the ms until the last honest viewer had it. */
  pauses: number[];
}

const report: Figures[] = [];
process.on("exit", () => {
  if (process.env["DOWNBEAT_REPORT"] === undefined) return;
  for (const { attack, tries, pauses } of report) {
    console.log(`REPORT ${JSON.stringify({ attack, tries, pauses: pauses.length, worst: Math.max(...pauses) })}`);
  }
});

export class Show {
  readonly runtime: Workerd;
  readonly event: Event;
  viewers: Viewer[] = [];
  /** What the operator did. */
  #done: { id: string; rev: number }[] = [];

  private constructor(runtime: Workerd, event: Event) {
    this.runtime = runtime;
    this.event = event;
  }

  static async begin(runtime: Workerd, name: string, more: object = {}): Promise<Show> {
    const show = new Show(runtime, await begun(runtime, name, 100_000, more));
    show.viewers = await Promise.all(Array.from({ length: VIEWERS }, () => Viewer.join(runtime, name)));
    return show;
  }

  end(): void {
    this.viewers.forEach((viewer) => viewer.end());
  }

  /** A command of the operator, which must succeed; returns the revision. */
  async command(command: string, fields: Record<string, unknown> = {}): Promise<number> {
    return (await this.deliver(command, fields)).rev;
  }

  /** The same; returns the whole answer. */
  async deliver(command = "clear", fields: Record<string, unknown> = {}): Promise<CommandAnswer> {
    const { id = randomUUID(), ...more } = fields;
    const answer = await this.event.send({ command, id, ...more });
    assert.equal(answer.status, 200, answer.text);
    this.#done.push({ id: id as string, rev: answer.body.rev });
    return answer.body;
  }

  /** Pauses and waits until every honest viewer has it; then resumes. Returns how long the last one took, in ms. */
  async pause(): Promise<number> {
    const asked = performance.now();
    const rev = await this.command("pause", { message: "Please leave by the nearest exit" });
    await Promise.all(this.viewers.map((_, index) => this.#hears(index, rev)));
    const took = performance.now() - asked;
    await this.command("resume");
    return took;
  }

  /** Waits until a viewer has a revision; one that lost its socket joins again, as every client does. */
  async #hears(index: number, rev: number): Promise<void> {
    for (;;) {
      const viewer = this.viewers[index]!;
      if (viewer.last.rev >= rev) return;
      if (viewer.closed !== undefined) this.viewers[index] = await Viewer.joinAtLast(this.runtime, this.event.name);
      await turn();
    }
  }

  /**
   * Runs an attack, with pauses while it goes on and one after it; then checks that nothing but the operator's own commands
   * changed the event. `tried` counts the attempts.
   */
  async attacked(attack: string, strike: (tried: (count?: number) => void) => Promise<void>): Promise<void> {
    let [tries, over] = [0, false];
    const before = await this.#everything();
    const struck = strike((count = 1) => void (tries += count)).finally(() => (over = true));
    const pauses: number[] = [];
    do pauses.push(await this.pause()); while (!over && pauses.length < 20);
    await struck;
    pauses.push(await this.pause());
    report.push({ attack, tries, pauses });
    assert.ok(tries > 0, "something was tried");
    const after = await this.#everything();
    assert.deepEqual(after.configuration, before.configuration, "the configuration is what it was");
    assert.deepEqual(after.events, before.events, "no event was made or lost");
    await this.assertOwnLog();
  }

  /** Checks that the log is whole, and has the operator's own commands and no other. */
  async assertOwnLog(): Promise<void> {
    const log = await this.#log();
    assertChain(log);
    const ids = log.toReversed().slice(1).map(({ body }) => (body as { id?: string }).id ?? "");
    const done = this.#done.toSorted((a, b) => a.rev - b.rev).map(({ id }) => id);
    assert.deepEqual(ids, done, "the log has what the operator did, once each, and nothing else");
    assert.equal((await this.event.state()).rev, log.length);
  }

  async #log(): Promise<Awaited<ReturnType<Event["log"]>>> {
    const entries = [];
    for (let query = "?limit=200"; ;) {
      const answer = await call<{ entries: any[]; more: boolean }>(this.runtime, "GET", `${this.event.path}/log${query}`, { token: TOKENS.all });
      assert.equal(answer.status, 200, answer.text);
      entries.push(...answer.body.entries);
      if (!answer.body.more) return entries;
      query = `?limit=200&before=${entries.at(-1).rev}`;
    }
  }

  async #everything(): Promise<{ configuration: unknown; events: string }> {
    const { title, startsAt, duration, locale, hubs, resync, origins, emergency, rundown } = await this.event.state() as any;
    const { text } = await call(this.runtime, "GET", "/v1/events", { token: TOKENS.all });
    return { configuration: { title, startsAt, duration, locale, hubs, resync, origins, emergency, rundown }, events: text };
  }
}
