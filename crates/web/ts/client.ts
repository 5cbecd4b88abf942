// One viewer: hands what happens to core, and does what core says.

import { ask, Refused } from "./ask.ts";
import { now, wall } from "./clock.ts";
import { start, type Viewer } from "./core.ts";
import { look, type Signed } from "./emergency.ts";
import type { Connection, Events, MediaOptions, Message, Status, Text } from "./events.ts";
import { CHANGES, CONNECTIONS, REASONS, STATUSES } from "./events.ts";
import { type Live, live } from "./live.ts";
import { Media } from "./media.ts";
import { textFor } from "./message.ts";
import { columns, type Rundown } from "./rundown.ts";
import { open, type Store } from "./store.ts";
import { TimingProvider } from "./timing.ts";
import { type Ack, type Digest, type Locale, PATHS, type StateBody, type TimeBody } from "./wire.ts";
import { Kind, Why } from "./words.ts";

/** Which event to join, and how. */
export interface JoinOptions {
  /** Where the worker answers: `https://downbeat.example.workers.dev`. */
  server: string | URL;
  /** The event's name. */
  event: string;
  /** The viewer's locales, the best first. If not given: the browser's. */
  locales?: readonly Locale[];
  /** Whether to fetch the assets of cues ahead of their time. `true` if not given. */
  preload?: boolean;
}

type Listener<Name extends keyof Events> = (told: Events[Name], lateness: number) => void;
type Effect = { kind: Kind; values: number[] };

/** Joins an event. Listen with {@link Downbeat.on} right after: nothing is told before the first answer. */
export async function join(options: JoinOptions): Promise<Downbeat> {
  return new Downbeat(options, await start());
}

/** One viewer of one event. Made by {@link join}. */
export class Downbeat {
  /** The event for libraries that follow W3C Timing Objects. */
  readonly timingProvider = new TimingProvider();
  readonly #options: JoinOptions;
  readonly #server: string;
  readonly #store: Store;
  readonly #viewer: Viewer;
  readonly #listeners = new Map<keyof Events, Set<Listener<any>>>();
  readonly #media = new Set<Media>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What was asked last: time or state, and beside it the status, and where a signed state may lie. */
  readonly #questions: AbortController[] = [];
  #live: Live | undefined;
  /** The whole state that was heard last. */
  #whole: StateBody | undefined;
  #signed: Signed | undefined;
  #told: TimeBody | StateBody | undefined;
  #state: TimeBody | StateBody | undefined;
  #rundown: Rundown | undefined;
  #former: Rundown | undefined;
  #status: Status | undefined;
  #connection: Connection = { state: "acquiring", why: "first-answer" };
  #left = false;

  /** @internal */
  constructor(options: JoinOptions, viewer: Viewer) {
    this.#options = options;
    this.#server = String(options.server).replace(/\/+$/, "");
    this.#store = open(`${this.#server} ${options.event}`);
    this.#viewer = viewer;
    viewer.begin(...this.#store.viewer, this.#store.memory, now());
    document.addEventListener("visibilitychange", this.#wake);
    document.addEventListener("resume", this.#wake);
    window.addEventListener("pageshow", this.#wake);
    window.addEventListener("online", this.#wake);
    this.#tick();
  }

  /**
   * Calls `listener` for what happens from now on. Gives a function that ends that. Beside `state` and `status` it is
   * told how late they are: the ms from when a change took effect until this page heard of it, 0 if in time.
   */
  on<Name extends keyof Events>(name: Name, listener: Listener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Returns the event's time, in ms since 1970; undefined before the first answer. */
  now(): number | undefined { return known(this.#viewer.time(now())); }

  /** Returns where the event stands, in ms from its beginning, negative before it; undefined while that is not known. */
  position(): number | undefined { return known(this.#viewer.position(now())); }

  /** Returns how wrong {@link now} may be, in ms either way: half the best round trip, and what has drifted since. */
  bound(): number | undefined { return known(this.#viewer.bound(now())); }

  /** Returns the time until the event begins, in ms; 0 once it has. */
  countdown(): number | undefined { return known(this.#viewer.countdown(now())); }

  /** Returns how fast the position moves: 1 is normal, 0 is held. */
  rate(): number | undefined { return known(this.#viewer.rate(now())); }

  /** Returns how long ago the server was heard, in ms. */
  heardAgo(): number | undefined { return known(this.#viewer.heard_ago(now())); }

  /** The status that was told last. */
  get status(): Status | undefined { return this.#status; }

  /** The connection that was told last. */
  get connection(): Connection { return this.#connection; }

  /** The state that was told last. */
  get state(): TimeBody | StateBody | undefined { return this.#state; }

  /** The rundown that is followed. */
  get rundown(): Rundown | undefined { return this.#rundown; }

  /**
   * Has a `<video>` or `<audio>` follow the event: it plays, holds, seeks and is kept in time. Browsers play sound only
   * after a gesture; `muted` elements always.
   */
  bindMedia(element: HTMLMediaElement, options: MediaOptions = {}): { readonly drift: number | undefined; release(): void } {
    const media = new Media(element, this.#viewer, options);
    this.#media.add(media);
    return {
      get drift() { return media.drift; },
      release: () => { if (this.#media.delete(media)) media.release(); },
    };
  }

  /** Makes media play so many ms ahead of the event, for the time that screens and loudspeakers take. */
  setNudge(ms: number): void {
    this.#viewer.nudge(ms);
    this.#media.forEach((media) => media.read());
  }

  /** Ends it: nothing is asked, told or corrected any more. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    clearTimeout(this.#timer);
    this.#questions.forEach((question) => question.abort());
    this.#live?.close();
    document.removeEventListener("visibilitychange", this.#wake);
    document.removeEventListener("resume", this.#wake);
    window.removeEventListener("pageshow", this.#wake);
    window.removeEventListener("online", this.#wake);
    this.#media.forEach((media) => media.release());
    this.#media.clear();
    this.#listeners.clear();
    this.timingProvider.close();
  }

  readonly #tick = (): void => this.#drive(() => this.#viewer.tick(now(), wall()));

  readonly #wake = (): void => {
    if (!document.hidden) this.#drive(() => this.#viewer.wake(now(), wall()));
  };

  /** Hands something to core, does what follows from it, and sets the timer for what comes next. */
  #drive(hand: () => void): void {
    if (this.#left) return;
    hand();
    const effects: Effect[] = [];
    for (let kind; (kind = this.#viewer.poll()) !== Kind.Nothing;) {
      effects.push({ kind, values: [0, 1, 2, 3, 4, 5].map((index) => this.#viewer.value(index)) });
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#tick, this.#viewer.wakes_in(now()));
    // Before they fire: a page that dies in between then misses a cue instead of firing it twice.
    if (effects.some(({ kind }) => kind === Kind.Fire)) this.#store.keep(this.#viewer.memory());
    // A listener may have left.
    effects.forEach((effect) => this.#left || this.#do(effect));
    const moved = [Kind.State, Kind.Status, Kind.Clock];
    if (effects.some(({ kind }) => moved.includes(kind)) && !this.#left) {
      this.timingProvider.follow(this.#viewer);
      this.#media.forEach((media) => media.read());
    }
  }

  #do({ kind, values }: Effect): void {
    const [first, second] = values as [number, number];
    switch (kind) {
      case Kind.AskTime: return void this.#ask(kind, PATHS.time(this.#options.event));
      case Kind.AskState: return void this.#ask(kind, PATHS.event(this.#options.event));
      case Kind.AskStatus: return void this.#ask(kind, PATHS.status(this.#options.event));
      case Kind.GiveUp: return this.#questions[0]?.abort();
      case Kind.OpenSocket: return this.#open(Number.isNaN(first) ? "" : `?not=${first}`);
      case Kind.CloseSocket: return this.#live?.close();
      case Kind.Ping: return this.#live?.send("p");
      case Kind.Ack: return this.#live?.send(JSON.stringify({ type: "ack", rev: first, appliedAt: second } satisfies Ack));
      case Kind.LookAside: return void this.#lookAside();
      case Kind.HandIn: return this.#handIn();
      case Kind.LoadRundown: return void this.#load(this.#state!.rundown!);
      case Kind.State:
        this.#state = this.#told!;
        return this.#tell("state", this.#state, first);
      case Kind.Status: return this.#tell("status", (this.#status = STATUSES[first]!), second);
      case Kind.Message: return this.#tell("message", this.#message(first));
      case Kind.Connection: {
        const state = CONNECTIONS[first - STATUSES.length]!;
        return this.#tell("connection", (this.#connection = { state, why: REASONS[second]! }));
      }
      case Kind.Clock: return this.#tell("clock", { change: CHANGES[first]!, bound: this.bound() ?? Infinity });
      default: return this.#cue(kind, values);
    }
  }

  #cue(kind: Kind, [index, ...rest]: number[]): void {
    const former = kind === Kind.Leave && rest[0] === 1;
    const cue = (former ? this.#former : this.#rundown)?.cues[index!];
    if (cue === undefined) return;
    const message = this.#text(cue.message);
    const still = { cue, message, into: 0, rate: 1, lateness: 0, bound: this.bound() ?? Infinity, certain: true };
    const [into, lateness, bound, certain, rate] = rest as [number, number, number, number, number];
    const timed = { ...still, into, lateness, bound, certain: certain === 1 };
    if (kind === Kind.Standby) {
      if (this.#options.preload !== false) cue.preload?.assets.forEach(prefetch);
      this.#tell("cue", { ...still, turn: "standby" });
    }
    if (kind === Kind.Fire) this.#tell("cue", { ...timed, turn: "fire" });
    if (kind === Kind.Enter) this.#tell("cue", { ...timed, rate, turn: "enter" });
    if (kind === Kind.Adjust) this.#tell("cue", { ...still, into, rate: lateness, turn: "adjust" });
    if (kind === Kind.Leave) this.#tell("cue", { ...still, turn: "leave" });
    if (kind === Kind.Withhold) this.#tell("cue", { ...still, bound: into, certain: false, turn: "withhold" });
  }

  /** Opens the socket. A page that may not connect to the server at all goes on without. */
  #open(query: string): void {
    const closed = () => this.#drive(() => this.#viewer.closed(now()));
    try {
      this.#live = live(`${this.#server}${this.#whole!.liveUrl}${query}`, {
        state: (frame) => {
          this.#hear(frame);
          this.#drive(() => this.#viewer.pushed(frame.hub, frame.ack, now()));
        },
        pong: (version) => this.#drive(() => {
          const [epoch, rev] = version.split(".");
          this.#viewer.pong(epoch!, Number(rev), now());
        }),
        closed,
      });
    } catch {
      queueMicrotask(closed);
    }
  }

  async #ask(kind: Kind, path: string): Promise<void> {
    const question = new AbortController();
    const isStatus = kind === Kind.AskStatus;
    const place = isStatus ? 1 : 0;
    this.#questions[place]?.abort();
    this.#questions[place] = question;
    try {
      const { body, t1, t4 } = await ask<TimeBody | StateBody>(this.#server + path, question.signal);
      this.#drive(() => {
        this.#hear(body);
        if (isStatus) return this.#viewer.heard(now());
        const t2 = ("receivedAt" in body ? body.receivedAt : undefined) ?? NaN;
        if (!this.#viewer.answer(t1, t2, body.serverTime, t4, body.resync ?? NaN, now())) {
          this.#viewer.failed(false, Why.NoAnswer, now());
        }
      });
    } catch (error) {
      // What was given up, core has given up itself.
      if (!question.signal.aborted) this.#drive(() => this.#viewer.failed(isStatus, reason(error), now()));
    }
  }

  /** Tells core what a body says of the state. */
  #hear(body: TimeBody | StateBody): void {
    if (body.epoch == null) return;
    const timeline = body.timeline.flatMap(({ from, position, rate }) => [from, position, rate]);
    const { epoch, rev, rundown } = body;
    this.#told = body;
    this.#viewer.tell(epoch, rev, new Float64Array(timeline), body.endedAt ?? NaN, rundown ?? "");
    if ("messages" in body) {
      this.#whole = body;
      const messages = new Float64Array(body.messages.map(({ from }) => from));
      this.#viewer.tell_details(body.startsAt, messages, body.liveUrl != null);
    }
  }

  /** Looks where a signed state may lie. What fails is tried again when core says so. */
  async #lookAside(): Promise<void> {
    const whole = this.#whole;
    this.#questions[2]?.abort();
    if (!whole?.emergency) return;
    const { signal } = (this.#questions[2] = new AbortController());
    const signed = await look(whole.emergency, this.#options.event, signal).catch(() => undefined);
    if (signed === undefined) return;
    this.#drive(() => {
      this.#signed = signed;
      this.#hear({ ...whole, ...signed.body, serverTime: signed.body.signedAt });
      this.#viewer.signed(now());
    });
  }

  /** Hands in what was signed. As plain text, so that the browser need not ask whether it may. */
  #handIn(): void {
    const url = this.#server + PATHS.emergency(this.#options.event);
    fetch(url, { method: "POST", body: this.#signed!.document, credentials: "omit" }).catch(() => {});
  }

  async #load(digest: Digest): Promise<void> {
    try {
      const integrity = `sha256-${btoa(digest.replace(/../g, (hex) => String.fromCharCode(parseInt(hex, 16))))}`;
      const response = await fetch(this.#server + PATHS.rundown(this.#options.event, digest), { integrity, credentials: "omit" });
      if (!response.ok) throw new Refused(response.status);
      const rundown = (await response.json()) as Rundown;
      this.#drive(() => {
        if (!this.#viewer.rundown(digest, columns(rundown, this.#rundown), now())) return;
        [this.#former, this.#rundown] = [this.#rundown, rundown];
      });
    } catch {
      this.#drive(() => this.#viewer.rundown_failed(digest, now()));
    }
  }

  #message(index: number): Message | null {
    const state = this.#state;
    const said = state && "messages" in state ? state.messages[index] : undefined;
    const told = this.#text(said?.text);
    return told && { ...told, severity: said!.severity };
  }

  /** Returns what viewers are told in several languages in this one's. */
  #text(texts: Record<Locale, string> | null | undefined): Text | null {
    return textFor(texts, this.#options.locales ?? navigator.languages, this.#whole?.locale ?? "");
  }

  #tell<Name extends keyof Events>(name: Name, told: Events[Name], lateness = 0): void {
    this.#listeners.get(name)?.forEach((listener) => {
      // A mistake of the page's own must not keep others from hearing.
      try { listener(told, lateness); } catch (error) { reportError(error); }
    });
  }
}

function known(number: number): number | undefined {
  return Number.isNaN(number) ? undefined : number;
}

function reason(error: unknown): Why {
  if (error instanceof Refused) return error.status === 404 ? Why.UnknownEvent : Why.NoAnswer;
  return error instanceof SyntaxError ? Why.NoAnswer : Why.Unreachable;
}

/** Fetches an asset of a cue into the browser's cache, after what the page itself needs. */
function prefetch(asset: string): void {
  fetch(new URL(asset, document.baseURI), { mode: "no-cors", credentials: "omit", priority: "low" }).catch(() => {});
}
