// What the crew should know about the cues: notes, owners and flags of the event's rundown, which only operators get.

import type { CueNotes, Digest } from "downbeat-client";
import type { Api } from "./api.ts";
import type { LatestState } from "./latest-state.ts";
import type { Session } from "./session.ts";

/** How often they are requested again, in ms: they may be published anew without another rundown. */
const INTERVAL = 60_000;

/** How long after a failure they are requested again, in ms. */
const RETRY = 5_000;

export class CrewNotes {
  readonly #api: Api;
  readonly #latest: LatestState;
  readonly #session: Session;
  #digest: Digest | undefined;
  #byCue = new Map<string, CueNotes>();
  #next = 0;

  constructor(api: Api, latest: LatestState, session: Session) {
    [this.#api, this.#latest, this.#session] = [api, latest, session];
    session.subscribe(() => {
      // What one operator may read is not left to the next.
      this.#byCue.clear();
      this.#next = 0;
    });
    document.addEventListener("visibilitychange", () => { this.#next = 0; });
  }

  /** Returns what is said about the cue with this id in the event's rundown. Requests what is missing or old. */
  of(cue: string): CueNotes | undefined {
    const digest = this.#latest.state?.rundown ?? undefined;
    if (digest !== this.#digest) {
      this.#digest = digest;
      this.#byCue.clear();
      this.#next = 0;
    }
    if (digest !== undefined && performance.now() >= this.#next) void this.#request(digest);
    return this.#byCue.get(cue);
  }

  async #request(digest: Digest): Promise<void> {
    const { token } = this.#session;
    if (token === null || this.#session.cannot("read") !== undefined || document.hidden) return;
    this.#next = performance.now() + INTERVAL;
    const outcome = await this.#api.notes(digest);
    if (digest !== this.#digest || token !== this.#session.token) return;
    if (outcome.kind === "answered") this.#byCue = new Map(outcome.body.cues.map((notes) => [notes.cue, notes]));
    if (outcome.kind === "no-answer") this.#next = performance.now() + RETRY;
    if (outcome.kind === "refused" && outcome.refusal.status === 403) this.#session.updateRights({ read: false });
  }
}
