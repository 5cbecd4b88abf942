// A page in virtual time: it has a clock and timers, and asks the server over the network of a viewer.
import { NAP, type Viewer } from "./viewers.ts";

/** An answer: when the request left and the answer came, by the page's clock, and the server's stamps between; in ms. */
export interface Answer { t1: number; t2: number; t3: number; t4: number }

/** What a worker takes to answer, in ms; as in viewers.rs. */
const SERVED_MS = 0.15;

interface Timer { at: number; order: number; run: () => void; every?: number }

export class Page {
  /** True time, in ms after the beginning. */
  at = 0;
  requests = 0;
  readonly #timers: Timer[] = [];
  #order = 0;
  readonly #viewer: Viewer;
  readonly #sleeps: boolean;

  constructor(viewer: Viewer, sleeps: boolean) {
    this.#viewer = viewer;
    this.#sleeps = sleeps;
  }

  /** What `performance.now()` returns. */
  now(): number {
    return this.#viewer.local(this.at);
  }

  /** What `Date.now()` returns: whole milliseconds of the same crystal, which go on in sleep. */
  date(): number {
    const slept = this.#sleeps ? Math.min(NAP.ms, Math.max(0, this.at - NAP.at)) : 0;
    return Math.floor(this.now() + slept);
  }

  /** Calls `run` when the monotonic clock has gone on by `ms`, and again as often if it `repeats`. */
  timer(run: () => void, ms = 0, repeats = false): Timer {
    const timer: Timer = { at: this.#viewer.when(this.now() + ms), order: this.#order++, run };
    if (repeats) timer.every = ms;
    this.#timers.push(timer);
    return timer;
  }

  cancel(timer: Timer): void {
    const index = this.#timers.indexOf(timer);
    if (index >= 0) this.#timers.splice(index, 1);
  }

  /** Asks the server; `read` is the page's clock. */
  ask(answered: (answer: Answer) => void, read: () => number = () => this.now()): void {
    this.requests += 1;
    const t1 = read();
    const came = this.at + this.#viewer.there(this.at);
    const sent = came + SERVED_MS;
    const [t2, t3] = [Math.floor(came), Math.floor(sent)];
    const at = sent + this.#viewer.back(sent);
    this.#timers.push({ at, order: this.#order++, run: () => answered({ t1, t2, t3, t4: read() }) });
  }

  /** Lets everything happen until `end`; after each timer promises settle, if there are any. */
  async pass(end: number, promises: boolean): Promise<void> {
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.at <= end && (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order))) next = timer;
      }
      if (next === undefined) break;
      this.cancel(next);
      this.at = Math.max(this.at, next.at);
      if (next.every !== undefined) {
        // The same object, so that it can be cancelled.
        next.at = this.#viewer.when(this.now() + next.every);
        next.order = this.#order++;
        this.#timers.push(next);
      }
      next.run();
      if (promises) await settled();
    }
    this.at = end;
  }
}

const immediate = setImmediate;
export const settled = (): Promise<void> => new Promise((resolve) => void immediate(resolve));
