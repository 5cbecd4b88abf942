// Sending commands: one at a time, each until the worker answers or the operator stops it.

import type { CommandAnswer, Downbeat } from "downbeat-client";
import type { Api, Outcome, Refusal } from "./api.ts";
import { explain } from "./dom.ts";
import type { LatestState } from "./latest-state.ts";
import { Observable } from "./observable.ts";
import { type CommandSpec, nextProgress, type Progress, type ProgressEvent } from "./progress.ts";
import type { Now } from "./progress-text.ts";
import type { Session } from "./session.ts";

/** A command to send. */
export interface CommandRequest extends CommandSpec {
  fields: { command: string; [field: string]: unknown };
  /** The revision it was decided on; undefined for the emergency, which is never refused as stale. */
  ifRev: number | undefined;
  /** Returns whether the event's latest state is what this command asks for, where a state can show that. */
  isShown?: () => boolean;
  /** Called once the worker has accepted it. */
  onAccepted?: () => void;
  /** Called with what the worker finds wrong in a field. */
  onInvalid?: (detail: string) => void;
}

/** An outcome that is final. */
type Answered = Exclude<Outcome<CommandAnswer>, { kind: "no-answer" }>;

/** How long to wait for an answer before the operator is told and the same command is sent again, in ms. */
const ANSWER_TIMEOUT = 3_000;

/** When an attempt is aborted, in ms; later attempts are running beside it by then. */
const ATTEMPT_TIMEOUT = 30_000;

/** The wait after the first failed attempt, and the longest, in ms; it doubles in between. */
const RETRY_MIN = 500;
const RETRY_MAX = 8_000;

/** How often the clock is read while waiting for a change to take effect, in ms: the clock may be slewed meanwhile. */
const EFFECT_POLL = 1_000;

/** For how long after the change takes effect, and how often, viewers' acknowledgements are requested, in ms. */
const ACKS_MAX = 3_000;
const ACKS_INTERVAL = 400;

export class Commands extends Observable {
  readonly #event: Downbeat;
  readonly #api: Api;
  readonly #latest: LatestState;
  readonly #session: Session;
  #progress: Progress = { phase: "idle" };
  #request: CommandRequest | undefined;
  /** The event's revision when that was pressed. */
  #revBefore: number | undefined;
  /** Whether a state has shown since then that it was applied. */
  #wasShown = false;
  /** Ends the attempts of the current command. */
  #attempts = new AbortController();
  /** Ends those of commands that the pushed state has decided, and whose answers are still awaited. */
  readonly #decided = new Set<AbortController>();
  /** What ends each wait before a next attempt: of the current command, and of those that are decided. */
  readonly #waits = new Set<() => void>();

  constructor(event: Downbeat, api: Api, latest: LatestState, session: Session) {
    super();
    this.#event = event;
    this.#api = api;
    this.#latest = latest;
    this.#session = session;
    latest.subscribe(() => {
      // Noted now: the next state may be somebody else's change.
      this.#wasShown ||= this.#latest.rev !== this.#revBefore && this.#request?.isShown?.() === true;
      this.#update({ kind: "rev-changed", rev: latest.rev ?? 0 });
    });
    event.on("connection", ({ state }) => { if (state === "live") this.#retryNow(); });
    window.addEventListener("online", () => this.#retryNow());
  }

  get progress(): Progress { return this.#progress; }

  now(): Now { return { page: performance.now(), server: this.#event.now() }; }

  /** Returns why a command cannot be sent now; undefined if it can. HOLD always can: it replaces another command. */
  busyWith(label: string): string | undefined {
    if (this.#progress.phase !== "sending" || label === "HOLD" || this.#progress.spec.label === label) return undefined;
    return this.isDecided() ? undefined : busyText(this.#progress.spec.label);
  }

  /**
   * Returns whether the state that was pushed shows how the command that is being sent ended, although its answer is not here
   * yet: the answer waits for the hubs, and the state comes from one of them. Nothing has to wait for the answer then.
   */
  isDecided(): boolean {
    if (this.#request === undefined || this.#latest.rev === this.#revBefore) return false;
    // Where no state can show it: a command for an older revision has been applied or will be refused.
    return this.#request.isShown === undefined ? this.#request.ifRev !== undefined : this.#wasShown;
  }

  /**
   * Sends a command, or says why it does not. Pressing the same button again, while the command is being sent or has yet to
   * take effect, does not send another command; it only ends the wait before the next attempt.
   */
  send(request: CommandRequest): void {
    if (this.#isRepeated(request)) return this.#retryNow();
    const isPreviousDecided = this.isDecided();
    if (this.#progress.phase === "sending" && !isPreviousDecided && !request.isHold) {
      return explain(busyText(this.#progress.spec.label));
    }
    // The answer to a command that is decided may still be a refusal, which the operator has to see.
    if (this.#progress.phase === "sending" && isPreviousDecided) this.#decided.add(this.#attempts);
    else this.#attempts.abort();
    this.#attempts = new AbortController();
    [this.#request, this.#revBefore, this.#wasShown] = [request, this.#latest.rev, false];
    const { actor } = this.#session;
    const body = {
      ...request.fields,
      id: commandId(),
      ...(actor === "" ? {} : { actor }),
      ...(request.ifRev === undefined ? {} : { ifRev: request.ifRev }),
    };
    this.#update({ kind: "pressed", spec: request, at: performance.now(), isPreviousDecided });
    void this.#sendUntilAnswered(request, body, this.#attempts);
  }

  /**
   * Returns whether a press repeats the command that is being sent or about to take effect: a trembling finger, or an
   * operator who wants to be sure. HOLD without a message repeats HOLD with one. Once the event has changed again, every
   * press is a new command.
   */
  #isRepeated({ label, isHold, fields, isShown }: CommandRequest): boolean {
    const [progress, previous] = [this.#progress, this.#request];
    if (previous?.label !== label) return false;
    const isSame = isEqual(fields, previous.fields) || (isHold && fields["message"] === undefined);
    if (progress.phase === "sending") return isSame && (this.#latest.rev === this.#revBefore || isShown?.() !== false);
    if (progress.phase !== "accepted" || this.#latest.rev !== progress.answer.rev) return false;
    return isSame && (this.#event.now() ?? 0) < progress.answer.effectiveAt;
  }

  /** Stops the attempts. */
  stop(): void {
    for (const attempts of [this.#attempts, ...this.#decided]) attempts.abort();
    this.#update({ kind: "stopped", at: performance.now() });
  }

  /** Removes a finished command's progress from the page. */
  close(): void { this.#update({ kind: "closed" }); }

  #update(event: ProgressEvent): void {
    const progress = nextProgress(this.#progress, event);
    if (progress === this.#progress) return;
    this.#progress = progress;
    this.notify();
  }

  /** Attempts to send until there is an answer. Attempts overlap: on a bad line an early one may still be answered. */
  async #sendUntilAnswered(request: CommandRequest, body: object, attempts: AbortController): Promise<void> {
    for (let wait = RETRY_MIN; !attempts.signal.aborted; wait = Math.min(wait * 2, RETRY_MAX)) {
      const isCurrent = () => attempts === this.#attempts;
      if (isCurrent()) this.#update({ kind: "attempted" });
      const why = await Promise.race([this.#attempt(request, body, attempts), sleep(ANSWER_TIMEOUT)]);
      if (attempts.signal.aborted) return;
      if (isCurrent()) this.#update({ kind: "failed", why: why ?? `no answer in ${ANSWER_TIMEOUT / 1_000} s` });
      await this.#waitBeforeRetry(wait);
    }
  }

  /** Sends once. Resolves with the reason if there is no answer. */
  async #attempt(request: CommandRequest, body: object, attempts: AbortController): Promise<string | undefined> {
    const outcome = await this.#api.command(body, AbortSignal.any([attempts.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT)]));
    if (outcome.kind === "no-answer") return outcome.why;
    if (attempts.signal.aborted) return undefined;
    attempts.abort();
    if (attempts !== this.#attempts) return this.#handleLateAnswer(request, outcome, attempts);
    this.#retryNow();
    if (outcome.kind === "refused") {
      this.#refused(request, outcome.refusal);
      return undefined;
    }
    const { body: answer } = outcome;
    this.#update({ kind: "accepted", answer });
    this.#latest.receive(answer.state);
    request.onAccepted?.();
    void this.#followUp(answer.rev, answer.effectiveAt);
    return undefined;
  }

  /** Handles the answer to a command that another one has followed. */
  #handleLateAnswer(request: CommandRequest, outcome: Answered, attempts: AbortController): undefined {
    this.#decided.delete(attempts);
    if (outcome.kind === "refused") {
      explain(`${request.label} was not applied: ${outcome.refusal.detail}`);
      if (outcome.refusal.state !== undefined) this.#latest.receive(outcome.refusal.state);
    } else {
      this.#latest.receive(outcome.body.state);
      request.onAccepted?.();
    }
  }

  #refused(request: CommandRequest, refusal: Refusal): void {
    const { state, status, pointer, detail } = refusal;
    const snapshot = state && this.#event.snapshotAt(state, state.serverTime);
    this.#update({ kind: "refused", refusal, snapshot });
    if (state !== undefined) this.#latest.receive(state);
    if (status === 403) this.#session.updateRights({ operate: false });
    if (pointer !== undefined) request.onInvalid?.(detail);
  }

  /** Waits until the change takes effect, then for viewers' acknowledgements. */
  async #followUp(rev: number, effectiveAt: number): Promise<void> {
    const isCurrent = () => this.#progress.phase === "accepted" && this.#progress.answer.rev === rev;
    while (isCurrent()) {
      const left = effectiveAt - (this.#event.now() ?? effectiveAt);
      if (left <= 0) break;
      await sleep(Math.min(left, EFFECT_POLL));
    }
    const { token } = this.#session;
    if (token === null || this.#session.cannot("read") !== undefined) return this.#update({ kind: "acknowledged", acks: null });
    const until = performance.now() + ACKS_MAX;
    for (;;) {
      const outcome = await this.#api.audience();
      if (!isCurrent()) return;
      const audience = outcome.kind === "answered" && outcome.body.rev === rev ? outcome.body : undefined;
      const acks = audience?.acks ?? null;
      const isTold = audience !== undefined && audience.answered >= audience.hubs && audience.untold === undefined;
      const isLast = performance.now() > until || outcome.kind === "refused";
      if (acks !== null || isLast) this.#update({ kind: "acknowledged", acks, isTold });
      if (isLast || (isTold && acks !== null && acks.applied >= acks.asked)) return;
      await sleep(ACKS_INTERVAL);
    }
  }

  /** Waits `ms`, or until `#retryNow` is called. */
  async #waitBeforeRetry(ms: number): Promise<void> {
    let end = (): void => {};
    const called = new Promise<void>((resolve) => { end = resolve; });
    this.#waits.add(end);
    await Promise.race([sleep(ms), called]);
    this.#waits.delete(end);
  }

  /** Ends every wait before a next attempt. */
  #retryNow(): void {
    for (const end of this.#waits) end();
  }
}

function busyText(label: string): string {
  return `${label} is being sent; wait for its answer or stop it`;
}

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function sleep(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Returns a random id, by which the worker recognises a command that it receives twice. */
function commandId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
