// One viewer: passes what happens to core, and does what core decides.

import { now, wall } from "./clock.ts";
import { EffectKind, Reason } from "./codes.ts";
import { createViewer, type Viewer } from "./core.ts";
import { cueTurn } from "./cue-turn.ts";
import { askUtc, fetchPublished, fetchSigned, type SignedState, submitSigned } from "./emergency.ts";
import type { Connection, Events, Listener, Message, RundownChange, Snapshot, Status, Text } from "./events.ts";
import { CHANGES, CONNECTIONS, REASONS, STATUSES } from "./events.ts";
import { Listeners } from "./listeners.ts";
import { type Closing, type LiveSocket, openLive } from "./live.ts";
import { Binding } from "./media-binding.ts";
import type { MediaBinding, MediaOptions, MediaPlayer } from "./media-types.ts";
import { textFor } from "./message.ts";
import { failureReason, fetchRundown, request } from "./request.ts";
import { columns, type Rundown } from "./rundown.ts";
import { writeState } from "./state.ts";
import { openStore, type Store } from "./store.ts";
import { TimingProvider } from "./timing.ts";
import { onWake } from "./wake.ts";
import type { Ack, Digest, Locale, StateBody, TimeBody } from "./wire.ts";
import { emergencyPath, eventPath, rundownPath, statusPath, timePath } from "./wire.ts";

/** Which event to join, and how. */
export interface JoinOptions {
  /** The worker's address: `https://downbeat.example.workers.dev`. */
  server: string | URL;
  /** The event's name. */
  event: string;
  /** The viewer's locales, the preferred one first. Default: the browser's. */
  locales?: readonly Locale[];
  /** Whether to fetch the assets of cues ahead of time. Default: `true`. */
  preload?: boolean;
  /**
   * The store's pointer, and the event's public key: where pages that are opened while the server is down find a signed pause.
   * Pages that the server has answered know both from it.
   */
  emergency?: { url: string; key: string };
}

type Effect = { kind: EffectKind; values: number[] };

/** The requests of which only the last counts: for time or state, for the status, and for a signed state. */
const enum Slot { Time, Status, Emergency }

/** Returns whether an event can have this name: 1 to 63 of `a-z`, `0-9` and `-`, not beginning with `-`. */
export const isEventName = (name: string): boolean => /^[a-z0-9][a-z0-9-]{0,62}$/.test(name);

/**
 * Joins an event. Add listeners with {@link Downbeat.on} right away: none is called before the first answer.
 * @throws TypeError if no event can have this name: as a part of a URL it could lead to another event.
 */
export async function join(options: JoinOptions): Promise<Downbeat> {
  if (!isEventName(options.event)) throw new TypeError("not an event's name");
  return new Downbeat(options, await createViewer());
}

/** One viewer of one event. Created by {@link join}. */
export class Downbeat {
  /** The event for libraries that follow W3C Timing Objects. */
  readonly timingProvider = new TimingProvider();
  readonly #options: JoinOptions;
  readonly #server: string;
  readonly #store: Store;
  readonly #viewer: Viewer;
  readonly #listeners = new Listeners();
  readonly #media = new Set<Binding>();
  readonly #mediaHost = { event: this, nudge: 0, emit: (change: Events["media"]) => this.#listeners.emit("media", change) };
  readonly #stopWaking: () => void;
  readonly #requests: AbortController[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #live: LiveSocket | undefined;
  /** The last whole state received. */
  #whole: StateBody | undefined;
  #signed: SignedState | undefined;
  /** From the event as it was published: the URL of its rundown, and sources of UTC that were not asked yet. */
  #rundownUrl: string | undefined;
  #utc: string[] = [];
  /** The last state received; core decides whether it becomes `#state`. */
  #received: TimeBody | StateBody | undefined;
  #state: TimeBody | StateBody | undefined;
  #rundown: Rundown | undefined;
  #previousRundown: Rundown | undefined;
  #status: Status | undefined;
  #connection: Connection = { state: "acquiring", why: "first-answer" };
  #left = false;

  /** @internal */
  constructor(options: JoinOptions, viewer: Viewer) {
    this.#options = options;
    this.#server = String(options.server).replace(/\/+$/, "");
    this.#store = openStore(`${this.#server} ${options.event}`);
    this.#viewer = viewer;
    viewer.begin(...this.#store.viewer, this.#store.memory, now());
    this.#stopWaking = onWake(() => this.#drive(() => viewer.handle_wake(now(), wall())));
    this.#tick();
  }

  /**
   * Calls `listener` for what happens from now on. Returns a function that stops this. Listeners for `state` and `status`
   * also get how late they are called: the ms between a change taking effect and this page learning of it, 0 if in time.
   */
  on<Name extends keyof Events>(name: Name, listener: Listener<Name>): () => void {
    return this.#listeners.add(name, listener);
  }

  /** Returns the server's time, in ms since 1970; undefined before the first answer. */
  now(): number | undefined { return known(this.#viewer.time(now())); }

  /** Returns the event's position, in ms from its beginning, negative before it; undefined while it is not known. */
  position(): number | undefined { return known(this.#viewer.position(now())); }

  /**
   * Returns how wrong {@link now} may be, in ms either way: half the best round trip, plus drift since then. Undefined before the
   * first answer, and while the connection is `unverified`.
   */
  bound(): number | undefined { return known(this.#viewer.bound(now())); }

  /** Returns the time until the event begins, in ms; 0 once it has. */
  countdown(): number | undefined { return known(this.#viewer.countdown(now())); }

  /** Returns how fast the position moves: 1 is normal, 0 is held. */
  rate(): number | undefined { return known(this.#viewer.rate(now())); }

  /** Returns how long ago the server answered or pushed last, in ms. */
  heardAgo(): number | undefined { return known(this.#viewer.received_ago(now())); }

  /**
   * Returns status, position and rate at `serverTime`, in ms since 1970, if `state` stays as it is: for instants in the
   * past or future, and for states that the API answered. Undefined if the server did not know the state.
   */
  snapshotAt(state: TimeBody | StateBody, serverTime: number): Snapshot | undefined {
    if (!writeState(this.#viewer, state) || !this.#viewer.snapshot(serverTime)) return undefined;
    const [status, position, rate] = [0, 1, 2].map((index) => this.#viewer.value(index)) as [number, number, number];
    return { status: STATUSES[status]!, position, rate };
  }

  /** The status that listeners were last called with. */
  get status(): Status | undefined { return this.#status; }

  /** The connection that listeners were last called with. */
  get connection(): Connection { return this.#connection; }

  /** The state that listeners were last called with. */
  get state(): TimeBody | StateBody | undefined { return this.#state; }

  /** The current rundown. */
  get rundown(): Rundown | undefined { return this.#rundown; }

  /**
   * Makes a `<video>`, `<audio>` or other player follow the event: it plays, holds, seeks and is kept in time. What a person pauses
   * stays paused. Browsers play sound only after a gesture, but `muted` elements at any time; `on("media")` says how it is doing.
   */
  bindMedia(media: HTMLMediaElement | MediaPlayer, options: MediaOptions = {}): MediaBinding {
    const binding = new Binding(media, options, this.#mediaHost);
    this.#media.add(binding);
    return {
      get drift() { return binding.drift; },
      get state() { return binding.state; },
      rejoin: () => binding.rejoin(),
      release: () => { if (this.#media.delete(binding)) binding.release(); },
    };
  }

  /** Ends a person's pauses: media plays where the event is. Call it in a gesture if the media sounds. */
  rejoin(): void { this.#media.forEach((media) => media.rejoin()); }

  /** Makes media play `ms` ahead of the event, to make up for the delay of screens and loudspeakers. */
  setNudge(ms: number): void {
    this.#mediaHost.nudge = ms;
    this.#media.forEach((media) => media.read());
  }

  /** Leaves the event: no more requests, calls of listeners, or corrections of media. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    clearTimeout(this.#timer);
    this.#requests.forEach((request) => request.abort());
    this.#live?.close();
    this.#stopWaking();
    this.#media.forEach((media) => media.release());
    this.#media.clear();
    this.#listeners.clear();
    this.timingProvider.close();
  }

  readonly #tick = (): void => this.#drive(() => this.#viewer.handle_tick(now(), wall()));

  /** Passes something to core by calling `handle`, does the effects that follow, and sets the timer for the next tick. */
  #drive(handle: () => void): void {
    if (this.#left) return;
    handle();
    const effects: Effect[] = [];
    for (let kind; (kind = this.#viewer.poll_effect()) !== EffectKind.Nothing;) {
      effects.push({ kind, values: [0, 1, 2, 3, 4, 5].map((index) => this.#viewer.value(index)) });
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#tick, this.#viewer.next_tick_in(now()));
    // Saved before cues fire: a page that dies in between misses a cue instead of firing it twice.
    if (effects.some(({ kind }) => kind === EffectKind.Fire)) this.#store.save(this.#viewer.memory());
    // A listener may call `leave`.
    effects.forEach((effect) => this.#left || this.#do(effect));
    const moved = [EffectKind.State, EffectKind.Status, EffectKind.Clock];
    if (effects.some(({ kind }) => moved.includes(kind)) && !this.#left) {
      this.timingProvider.follow(this.#viewer);
    }
  }

  #do({ kind, values }: Effect): void {
    const [first, second, third] = values as [number, number, number];
    const { event } = this.#options;
    switch (kind) {
      case EffectKind.RequestTime: return void this.#request(Slot.Time, timePath(event));
      case EffectKind.RequestState: return void this.#request(Slot.Time, eventPath(event));
      case EffectKind.RequestStatus: return void this.#request(Slot.Status, statusPath(event));
      case EffectKind.AbortRequest: return this.#requests[Slot.Time]?.abort();
      case EffectKind.OpenSocket: return this.#openSocket(Number.isNaN(first) ? "" : `?not=${first}`);
      case EffectKind.CloseSocket: return this.#live?.close();
      case EffectKind.Ping: return this.#live?.send("p");
      case EffectKind.Ack:
        return this.#live?.send(JSON.stringify({ type: "ack", rev: first, appliedAt: second, rundown: third ? "missing" : undefined } satisfies Ack));
      case EffectKind.CheckEmergency: return void this.#checkEmergency();
      case EffectKind.SubmitEmergency: return submitSigned(this.#server + emergencyPath(event), this.#signed!);
      case EffectKind.LoadRundown: return void this.#loadRundown(this.#state!.rundown!, first);
      case EffectKind.State: return this.#listeners.emit("state", (this.#state = this.#received!), first);
      case EffectKind.Status: return this.#listeners.emit("status", (this.#status = STATUSES[first]!), second);
      case EffectKind.Message: return this.#listeners.emit("message", this.#message(first));
      case EffectKind.Connection:
        this.#connection = { state: CONNECTIONS[first]!, why: REASONS[second]! };
        return this.#listeners.emit("connection", this.#connection);
      case EffectKind.Clock:
        return this.#listeners.emit("clock", { change: CHANGES[first]!, bound: this.bound() ?? Infinity });
      default: return this.#emitCue(kind, values);
    }
  }

  #emitCue(kind: EffectKind, [index, ...rest]: number[]): void {
    const isOfPrevious = kind === EffectKind.Leave && rest[0] === 1;
    const cue = (isOfPrevious ? this.#previousRundown : this.#rundown)?.cues[index!];
    if (cue === undefined) return;
    if (kind === EffectKind.Standby && this.#options.preload !== false) cue.preload?.assets.forEach(prefetch);
    this.#listeners.emit("cue", cueTurn(kind, rest, cue, this.#text(cue.message), this.bound() ?? Infinity));
  }

  /** Opens the socket. A page that is not allowed to connect to the server works without one. */
  #openSocket(query: string): void {
    const closed = (closing: Closing) => this.#drive(() => this.#viewer.handle_closed(closing, now()));
    try {
      this.#live = openLive(`${this.#server}${this.#whole!.liveUrl}${query}`, {
        state: (frame) => this.#drive(() => {
          this.#receive(frame);
          this.#saveState();
          this.#viewer.handle_push(frame.hub, frame.ack, now());
        }),
        pong: (version) => this.#drive(() => {
          const [epoch, rev] = version.split(".");
          this.#viewer.handle_pong(epoch!, Number(rev), now());
        }),
        closed,
      });
    } catch {
      queueMicrotask(() => closed({ code: 1006, reason: "" }));
    }
  }

  /** Aborts the request in a slot, if any, and returns the signal for a new one. */
  #newSignal(slot: Slot): AbortSignal {
    this.#requests[slot]?.abort();
    return (this.#requests[slot] = new AbortController()).signal;
  }

  async #request(slot: Slot, path: string): Promise<void> {
    const signal = this.#newSignal(slot);
    const isStatus = slot === Slot.Status;
    try {
      const { body, t1, t4 } = await request<TimeBody | StateBody>(this.#server + path, signal);
      this.#drive(() => {
        this.#receive(body);
        this.#saveState();
        if (body.retryAfter) this.#viewer.handle_wait(body.retryAfter, now());
        if (isStatus) return this.#viewer.handle_status(now());
        const t2 = ("receivedAt" in body ? body.receivedAt : undefined) ?? NaN;
        if (!this.#viewer.handle_answer(t1, t2, body.serverTime, t4, body.resync ?? NaN, now())) {
          this.#viewer.handle_time_failure(Reason.NoAnswer, now());
        }
      });
    } catch (error) {
      // Core itself asked for the request to be aborted.
      if (signal.aborted) return;
      this.#drive(() => this.#viewer[isStatus ? /* @__KEY__ */ "handle_status_failure" : /* @__KEY__ */ "handle_time_failure"](failureReason(error), now()));
    }
  }

  /** Passes a state to core; the call that follows says where it came from. */
  #receive(body: TimeBody | StateBody): void {
    if (!writeState(this.#viewer, body)) return;
    this.#received = body;
    if ("messages" in body) this.#whole = body;
  }

  /** Keeps what the server itself has sent for a page that is opened when it is down. */
  #saveState(): void {
    if (this.#whole && this.#received === this.#whole) this.#store.saveState(this.#whole);
  }

  /** Looks for what is left when the server is down: the event as it was known before, and a signed state. Core decides when. */
  async #checkEmergency(): Promise<void> {
    const signal = this.#newSignal(Slot.Emergency);
    const { event, emergency } = this.#options;
    const attempt = <T>(promise: Promise<T>) => promise.catch(() => undefined);
    // The server knows best, then the page's author; a stored state may be old.
    const known = this.#whole ?? this.#store.state();
    const channel = (this.heardAgo() === undefined ? emergency ?? known?.emergency : known?.emergency ?? emergency);
    if (!this.#state) await attempt(this.#recall(known, channel?.url, signal));
    if (this.#utc[0] && this.bound() === undefined) {
      const answer = await attempt(askUtc(this.#utc, signal));
      if (answer) this.#drive(() => {
        this.#utc = [];
        this.#viewer.handle_utc(...answer);
      });
    }
    const signed = channel && (await attempt(fetchSigned(channel, event, signal)));
    if (!signed) return;
    const whole = this.#whole;
    this.#drive(() => {
      const { body } = this.#signed = signed;
      this.#receive({ ...this.#whole!, ...body, serverTime: body.signedAt });
      this.#viewer.handle_signed(body.signedAt, body.validUntil ?? NaN, now());
    });
    // Core did not accept it.
    if (this.#state !== this.#received) this.#whole = whole;
  }

  /** Passes on what was known before: a stored state, or the event as it was published if that is not older. */
  async #recall(known: StateBody | undefined, pointer: string | undefined, signal: AbortSignal): Promise<void> {
    const published = pointer && (await fetchPublished(pointer, this.#options.event, signal).catch(() => undefined));
    if (published) {
      [this.#rundownUrl, this.#utc] = [published.url ?? undefined, published.utc ?? []];
      if (!known || published.epoch !== known.epoch || published.rev >= known.rev) known = published;
    }
    if (known && !this.#state) this.#drive(() => {
      this.#receive(known);
      this.#viewer.handle_known(now());
    });
  }

  async #loadRundown(digest: Digest, failures: number): Promise<void> {
    try {
      const stored = this.#connection.state === "unverified" ? this.#rundownUrl : undefined;
      const rundown = await fetchRundown(stored ?? this.#server + rundownPath(this.#options.event, digest), digest, failures);
      this.#drive(() => {
        if (!this.#viewer.handle_rundown(digest, columns(rundown, this.#rundown), now())) return;
        [this.#previousRundown, this.#rundown] = [this.#rundown, rundown];
        this.#emitRundown("loaded");
      });
    } catch {
      this.#drive(() => this.#viewer.handle_rundown_failure(digest, now()));
      this.#emitRundown("missing");
    }
  }

  #emitRundown(state: RundownChange["state"]): void {
    this.#listeners.emit("rundown", { state, rundown: this.#rundown });
  }

  #message(index: number): Message | null {
    const state = this.#state;
    const notice = state && "messages" in state ? state.messages[index] : undefined;
    const text = this.#text(notice?.text);
    return text && { ...text, severity: notice!.severity };
  }

  #text(texts: Record<Locale, string> | null | undefined): Text | null {
    return textFor(texts, this.#options.locales ?? navigator.languages, this.#whole?.locale ?? "");
  }
}

function known(number: number): number | undefined {
  return Number.isNaN(number) ? undefined : number;
}

/** Fetches an asset of a cue into the browser's cache, at low priority. */
function prefetch(asset: string): void {
  fetch(new URL(asset, document.baseURI), { mode: "no-cors", credentials: "omit", priority: "low" }).catch(() => {});
}
