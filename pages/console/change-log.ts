// The newest entries of the event's log, requested again whenever the event changes.

import type { LogEntry } from "downbeat-client";
import type { Api } from "./api.ts";
import type { LatestState } from "./latest-state.ts";
import { Observable } from "./observable.ts";
import type { Session } from "./session.ts";
import { type Evaluator, pastPosition } from "./timeline.ts";

/** How many entries are requested at a time. */
const PAGE = 20;

/** The wait before a request without an answer is repeated, in ms. */
const RETRY = 3_000;

export class ChangeLog extends Observable {
  readonly #client: Evaluator;
  readonly #api: Api;
  readonly #latest: LatestState;
  readonly #session: Session;
  #entries: LogEntry[] = [];
  #hasOlder = false;
  #why: string | undefined;
  #isRequesting = false;
  /** The event's position at each change, by revision: the timeline drops what is long past, this does not. */
  readonly #positions = new Map<number, number>();

  constructor(client: Evaluator, api: Api, latest: LatestState, session: Session) {
    super();
    [this.#client, this.#api, this.#latest, this.#session] = [client, api, latest, session];
    latest.subscribe(() => void this.#requestNew());
    session.subscribe(() => void this.#requestNew());
  }

  /** The entries, the newest first. */
  get entries(): readonly LogEntry[] { return this.#entries; }

  /** Whether the server has older entries. */
  get hasOlder(): boolean { return this.#hasOlder; }

  /** Why the newest entries may be missing; undefined if the log is up to date. */
  get why(): string | undefined { return this.#why; }

  /** The event's last change; undefined if there may be a later one. */
  get last(): LogEntry | undefined {
    const [newest] = this.#entries;
    return newest?.rev === this.#latest.rev ? newest : undefined;
  }

  /** The newest change that changed anything, which `undo` is about; undefined if there may be a later one. */
  get newest(): LogEntry | undefined {
    return this.last && this.#entries.find(({ body }) => body["unchanged"] !== true);
  }

  /** Returns the event's position when a change took effect, in ms, if it is known. */
  position({ rev }: LogEntry): number | undefined { return this.#positions.get(rev); }

  /** Requests older entries. */
  async requestOlder(): Promise<void> {
    const last = this.#entries.at(-1);
    if (last === undefined || this.#isRequesting) return;
    this.#isRequesting = true;
    const outcome = await this.#api.log(PAGE, last.rev);
    this.#isRequesting = false;
    if (outcome.kind === "answered") {
      this.#entries = [...this.#entries, ...outcome.body.entries.filter(({ rev }) => rev < last.rev)];
      this.#hasOlder = outcome.body.more;
    }
    this.#why = failure(outcome);
    this.#notePositions();
    this.notify();
  }

  /** Requests the newest entries until the last change is among them. */
  async #requestNew(): Promise<void> {
    if (this.#session.token === null) [this.#entries, this.#hasOlder] = [[], false];
    if (this.#session.token === null || this.#session.cannot("read") !== undefined) return this.notify();
    if (this.#isRequesting || this.#entries[0]?.rev === this.#latest.rev) return;
    this.#isRequesting = true;
    const outcome = await this.#api.log(PAGE);
    this.#isRequesting = false;
    this.#why = failure(outcome);
    if (outcome.kind === "answered") {
      const { entries, more } = outcome.body;
      const oldest = entries.at(-1)?.rev ?? 0;
      const older = this.#entries.filter(({ rev }) => rev < oldest);
      // If entries between are missing, the older ones are requested again.
      const isContiguous = older[0]?.rev === oldest - 1;
      this.#entries = isContiguous ? [...entries, ...older] : entries;
      if (!isContiguous) this.#hasOlder = more;
      this.#notePositions();
    }
    this.notify();
    const isBehind = (this.#entries[0]?.rev ?? 0) < (this.#latest.rev ?? 0);
    const needsRetry = outcome.kind === "no-answer" || (outcome.kind === "answered" && isBehind);
    if (needsRetry) setTimeout(() => void this.#requestNew(), RETRY);
    if (outcome.kind === "refused" && outcome.refusal.status === 403) this.#session.updateRights({ read: false });
  }

  #notePositions(): void {
    const { state } = this.#latest;
    if (state === undefined) return;
    for (const { rev, effectiveAt } of this.#entries) {
      const position = this.#positions.has(rev) || rev > state.rev ? undefined : pastPosition(this.#client, state, effectiveAt);
      if (position !== undefined) this.#positions.set(rev, position);
    }
  }
}

function failure(outcome: { kind: string; why?: string; refusal?: { detail: string } }): string | undefined {
  return outcome.why ?? outcome.refusal?.detail;
}
