// What operators were answered, and what has to be true because of it.

import assert from "node:assert/strict";
import { call, type Event } from "../edge/harness/calls.ts";
import { assertChain } from "../edge/harness/chain.ts";
import { TOKENS } from "../edge/harness/tokens.ts";
import { turn } from "../edge/harness/until.ts";
import type { LogEntry, LogPage } from "../edge/harness/wire.ts";

/** How far from its sending a command may take effect, in ms: six tries, each until the runtime is back. */
const NOW = 60_000;

export class Model {
  /** Every command that was sent, by its id: the revision it was answered with, if it was. */
  readonly commands = new Map<string, number | undefined>();
  /** How many answers differed from the first one. */
  #differing: string[] = [];
  #count = 0;
  readonly event: Event;

  constructor(event: Event) {
    this.event = event;
  }

  get answered(): number { return [...this.commands.values()].filter((rev) => rev !== undefined).length; }

  /**
   * Sends a command as the terminal does: again with the same id until there is an answer, or `tries` are used up. Returns
   * the revision if it was applied.
   */
  async send(fields: { command: string; [field: string]: unknown }, tries = 6): Promise<number | undefined> {
    const id = `c${++this.#count}`;
    this.commands.set(id, undefined);
    for (let tried = 0; tried < tries; tried++) {
      const sentAt = Date.now();
      const answer = await this.event.send({ ...fields, id }).catch(() => undefined);
      if (answer?.status === 200) {
        // The first attempt may be older; a clock that is wrong by an hour shows all the same.
        const { effectiveAt } = answer.body;
        const isNow = Math.abs(effectiveAt - sentAt) < NOW;
        if (!isNow) throw new Error(`${id}, ${fields.command}, takes effect ${effectiveAt - sentAt} ms after it was sent`);
        const before = this.commands.get(id);
        if (before !== undefined && before !== answer.body.rev) this.#differing.push(`${id}: ${before} and ${answer.body.rev}`);
        this.commands.set(id, answer.body.rev);
        return answer.body.rev;
      }
      // A refusal is an answer too: the command was not applied, and is not sent again.
      if (answer !== undefined && answer.status < 500 && answer.status !== 429) {
        if (fields.command === "pause") throw new Error(`a pause was refused: ${answer.text}`);
        this.commands.delete(id);
        return undefined;
      }
      for (let turns = 0; turns < 40; turns++) await turn();
    }
    return undefined;
  }

  /** Checks the log against what was answered; returns the newest revision. */
  async check(): Promise<number> {
    const log = await this.#log();
    assertChain(log);
    const revs = new Map<string, number>();
    for (const { body, rev } of log) {
      const id = (body as { id?: string }).id;
      if (id === undefined) continue;
      assert.ok(!revs.has(id), `${id} was applied twice: revisions ${revs.get(id)} and ${rev}`);
      assert.ok(this.commands.has(id) || !id.startsWith("c"), `${id} was refused, and applied all the same`);
      revs.set(id, rev);
    }
    for (const [id, rev] of this.commands) {
      if (rev !== undefined) assert.equal(revs.get(id), rev, `${id} was answered with revision ${rev}, and the log says otherwise`);
    }
    assert.deepEqual(this.#differing, [], "a repeated command gets the first answer");
    const { rev } = await this.event.state();
    assert.equal(rev, log.length, "the state is that of the last entry");
    return rev;
  }

  async #log(): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    for (let query = "?limit=200"; ;) {
      const answer = await call<LogPage>(this.event.server, "GET", `${this.event.path}/log${query}`, { token: TOKENS.all });
      assert.equal(answer.status, 200, answer.text);
      entries.push(...answer.body.entries);
      if (!answer.body.more) return entries;
      query = `?limit=200&before=${entries.at(-1)!.rev}`;
    }
  }
}
