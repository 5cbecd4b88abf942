// The log as the page has it: the newest entries, asked for anew whenever the event changes.

import type { LogEntry } from "downbeat-client";
import type { Api } from "./api.ts";
import { Changing } from "./observable.ts";
import type { Known } from "./latest-state.ts";
import type { Session } from "./session.ts";
import { positionThen } from "./timeline.ts";

/** How many entries are asked for at a time. */
const PAGE = 20;

/** The wait before a question without an answer is asked again, in ms. */
const AGAIN = 3_000;

export class Changes extends Changing {
  readonly #api: Api;
  readonly #known: Known;
  readonly #session: Session;
  #entries: LogEntry[] = [];
  #more = false;
  #why: string | undefined;
  #isAsking = false;
  /** Where the event stood at each change: a timeline forgets what is long past, this does not. */
  readonly #positions = new Map<number, number>();

  constructor(api: Api, known: Known, session: Session) {
    super();
    [this.#api, this.#known, this.#session] = [api, known, session];
    known.follow(() => void this.#renew());
    session.follow(() => void this.#renew());
  }

  /** The entries, the newest first. */
  get entries(): readonly LogEntry[] { return this.#entries; }

  /** There are older ones. */
  get more(): boolean { return this.#more; }

  /** Why there is nothing newer; nothing if all is well. */
  get why(): string | undefined { return this.#why; }

  /** The last change, where it is known to be the last. */
  get last(): LogEntry | undefined {
    const [newest] = this.#entries;
    return newest?.rev === this.#known.rev ? newest : undefined;
  }

  /** Returns where the event stood when a change took effect, in ms; nothing where that is forgotten. */
  position({ rev }: LogEntry): number | undefined { return this.#positions.get(rev); }

  /** Asks for older entries. */
  async older(): Promise<void> {
    const last = this.#entries.at(-1);
    if (last === undefined || this.#isAsking) return;
    this.#isAsking = true;
    const outcome = await this.#api.log(PAGE, last.rev);
    this.#isAsking = false;
    if (outcome.kind === "answered") {
      this.#entries = [...this.#entries, ...outcome.body.entries.filter(({ rev }) => rev < last.rev)];
      this.#more = outcome.body.more;
    }
    this.#why = whyNot(outcome);
    this.#place();
    this.changed();
  }

  /** Asks for what is new, until it is there. */
  async #renew(): Promise<void> {
    if (this.#session.token === null) [this.#entries, this.#more] = [[], false];
    if (this.#session.token === null || !this.#session.rights.read) return this.changed();
    if (this.#isAsking || this.#entries[0]?.rev === this.#known.rev) return;
    this.#isAsking = true;
    const outcome = await this.#api.log(PAGE);
    this.#isAsking = false;
    this.#why = whyNot(outcome);
    if (outcome.kind === "answered") {
      const { entries, more } = outcome.body;
      const oldest = entries.at(-1)?.rev ?? 0;
      const older = this.#entries.filter(({ rev }) => rev < oldest);
      // With a gap between, the older ones are asked for again.
      const joins = older[0]?.rev === oldest - 1;
      this.#entries = joins ? [...entries, ...older] : entries;
      if (!joins) this.#more = more;
      this.#place();
    }
    this.changed();
    const isBehind = (this.#entries[0]?.rev ?? 0) < (this.#known.rev ?? 0);
    const asksAgain = outcome.kind === "silent" || (outcome.kind === "answered" && isBehind);
    if (asksAgain) setTimeout(() => void this.#renew(), AGAIN);
    if (outcome.kind === "refused" && outcome.refusal.status === 403) this.#session.learn({ read: false });
  }

  #place(): void {
    const { state } = this.#known;
    if (state === undefined) return;
    for (const { rev, effectiveAt } of this.#entries) {
      const position = this.#positions.has(rev) || rev > state.rev ? undefined : positionThen(state, effectiveAt);
      if (position !== undefined) this.#positions.set(rev, position);
    }
  }
}

function whyNot(outcome: { kind: string; why?: string; refusal?: { detail: string } }): string | undefined {
  return outcome.why ?? outcome.refusal?.detail;
}
