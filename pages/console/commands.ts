// Sending commands: one at a time, each until the worker has answered it or the operator gives it up.

import type { Downbeat } from "downbeat-client";
import type { Api } from "./api.ts";
import { Changing } from "./observable.ts";
import { type Course, type Happening, next, type Now, type Wish } from "./progress.ts";
import type { Known } from "./latest-state.ts";
import type { Session } from "./session.ts";

/** A command, without what every one has. */
export interface Order extends Wish {
  fields: { command: string; [field: string]: unknown };
  /** The revision it was decided on; nothing where the emergency must not wait for news. */
  decidedOn: number | undefined;
  /** Told once the worker has taken it. */
  taken?: () => void;
  /** Told of what the worker finds wrong in it, by field. */
  wrong?: (pointer: string, detail: string) => void;
}

/** Without an answer for so long, the operator is told, and the same is sent again beside it; in ms. */
const PATIENCE = 3_000;

/** A try is given up after so long, in ms; others have been sent beside it by then. */
const TRY_MAX = 30_000;

/** The wait after the first try that failed at once, and the longest, in ms; it doubles in between. */
const WAIT_MIN = 500;
const WAIT_MAX = 8_000;

/** The longest wait for an effect before the clock is looked at again, in ms: it is slewed meanwhile. */
const LOOK = 1_000;

/** For so long after the effect viewers' acknowledgements are waited for, and asked for so often; in ms. */
const ACKS_MAX = 3_000;
const ACKS_EVERY = 400;

export class Commands extends Changing {
  readonly #event: Downbeat;
  readonly #api: Api;
  readonly #known: Known;
  readonly #session: Session;
  #course: Course = { phase: "none" };
  #order: Order | undefined;
  /** Ends the tries of the command that is on its way. */
  #way = new AbortController();
  /** Ends the wait before the next try. */
  #hurry = (): void => {};

  constructor(event: Downbeat, api: Api, known: Known, session: Session) {
    super();
    this.#event = event;
    this.#api = api;
    this.#known = known;
    this.#session = session;
    known.follow(() => this.#happens({ kind: "moved-on", rev: known.rev ?? 0 }));
    // Once anything is heard again, the wait is over.
    event.on("connection", ({ state }) => { if (state === "live") this.#hurry(); });
    window.addEventListener("online", () => this.#hurry());
  }

  get course(): Course { return this.#course; }

  now(): Now { return { own: performance.now(), event: this.#event.now() }; }

  /** Says why a command cannot be sent right now; nothing if it can. HOLD always can: it takes the place of another. */
  busyWith(word: string): string | undefined {
    if (this.#course.phase !== "sending" || word === "HOLD" || this.#course.wish.word === word) return undefined;
    return `${this.#course.wish.word} is on its way; wait for its answer or give it up`;
  }

  /**
   * Sends a command. While the same is on its way, or taken and not yet in effect, pressing it again is the same press,
   * and at most ends the wait before the next try.
   */
  send(order: Order): void {
    if (this.busyWith(order.word) !== undefined) return;
    if (this.#isSame(order)) return this.#hurry();
    this.#way.abort();
    this.#way = new AbortController();
    this.#order = order;
    const { actor } = this.#session;
    const body = {
      ...order.fields,
      id: commandId(),
      ...(actor === "" ? {} : { actor }),
      ...(order.decidedOn === undefined ? {} : { ifRev: order.decidedOn }),
    };
    this.#happens({ kind: "pressed", wish: order, at: performance.now() });
    void this.#carry(order, body, this.#way);
  }

  /**
   * Returns whether a press is the one that is on its way or about to take effect: a finger that trembles, or one that
   * wants to be sure. HOLD without words is the same as HOLD with words. Once somebody else has changed the event, a
   * press is a new one.
   */
  #isSame({ word, isHold, fields }: Order): boolean {
    const [course, former] = [this.#course, this.#order];
    if (former?.word !== word) return false;
    const isMore = isHold && fields["message"] !== undefined && !isEqual(fields, former.fields);
    if (course.phase === "sending") return !isMore;
    if (course.phase !== "taken" || this.#known.rev !== course.answer.rev) return false;
    return (this.#event.now() ?? 0) < course.answer.effectiveAt && (isHold ? !isMore : isEqual(fields, former.fields));
  }

  /** Stops trying. */
  giveUp(): void {
    this.#way.abort();
    this.#happens({ kind: "given-up", at: performance.now() });
  }

  /** Takes the course away from the page, once it has ended. */
  close(): void { this.#happens({ kind: "closed" }); }

  #happens(happening: Happening): void {
    const course = next(this.#course, happening);
    if (course === this.#course) return;
    this.#course = course;
    this.changed();
  }

  /** Tries until there is an answer. Tries overlap: on a bad line the first answer may still come while others ask. */
  async #carry(order: Order, body: object, way: AbortController): Promise<void> {
    for (let wait = WAIT_MIN; !way.signal.aborted; wait = Math.min(wait * 2, WAIT_MAX)) {
      this.#happens({ kind: "tried" });
      const why = await Promise.race([this.#try(order, body, way), sleep(PATIENCE)]);
      if (way.signal.aborted) return;
      this.#happens({ kind: "failed", why: why ?? `no answer in ${PATIENCE / 1_000} s` });
      await this.#pause(wait);
    }
  }

  /** Sends once. Gives why there is no answer. */
  async #try(order: Order, body: object, way: AbortController): Promise<string | undefined> {
    const outcome = await this.#api.command(body, AbortSignal.any([way.signal, AbortSignal.timeout(TRY_MAX)]));
    if (outcome.kind === "silent") return outcome.why;
    if (way.signal.aborted) return undefined;
    way.abort();
    this.#hurry();
    if (outcome.kind === "refused") {
      const { refusal } = outcome;
      this.#happens({ kind: "refused", refusal });
      if (refusal.state !== undefined) this.#known.hear(refusal.state);
      if (refusal.status === 403) this.#session.learn({ operate: false });
      if (refusal.pointer !== undefined) order.wrong?.(refusal.pointer, refusal.detail);
      return undefined;
    }
    const { body: answer } = outcome;
    this.#happens({ kind: "answered", answer });
    this.#known.hear(answer.state);
    order.taken?.();
    void this.#listen(answer.rev, answer.effectiveAt);
    return undefined;
  }

  /** Waits for the effect, and then for what viewers say of it. */
  async #listen(rev: number, effectiveAt: number): Promise<void> {
    const isCurrent = () => this.#course.phase === "taken" && this.#course.answer.rev === rev;
    while (isCurrent()) {
      const ahead = effectiveAt - (this.#event.now() ?? effectiveAt);
      if (ahead <= 0) break;
      await sleep(Math.min(ahead, LOOK));
    }
    const { token, rights } = this.#session;
    if (token === null || !rights.read) return this.#happens({ kind: "acknowledged", acks: null });
    const until = performance.now() + ACKS_MAX;
    for (;;) {
      const outcome = await this.#api.audience();
      if (!isCurrent()) return;
      const acks = outcome.kind === "answered" && outcome.body.acks?.rev === rev ? outcome.body.acks : null;
      const isLast = performance.now() > until || outcome.kind === "refused";
      if (acks !== null || isLast) this.#happens({ kind: "acknowledged", acks });
      if (isLast || (acks !== null && acks.applied >= acks.asked)) return;
      await sleep(ACKS_EVERY);
    }
  }

  /** Waits so many ms, or until there is reason to hurry. */
  async #pause(ms: number): Promise<void> {
    let hurry = (): void => {};
    const hurried = new Promise<void>((resolve) => { hurry = resolve; });
    this.#hurry = hurry;
    await Promise.race([sleep(ms), hurried]);
    // Another command may be waiting by now.
    if (this.#hurry === hurry) this.#hurry = () => {};
  }
}

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function sleep(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Makes the id by which the worker knows a command that is sent twice. */
function commandId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
