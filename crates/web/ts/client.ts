// One viewer: passes what happens to core, and does what core decides.

// First, so that the WebAssembly is at the front of the file: gzip then has one table for it, and one for the code.
import { createViewer, type Viewer } from "./core.ts";
import { check, checkJoin, demand, FLAG_RULE, NAME_RULE } from "./checks.ts";
import { now, wall } from "./clock.ts";
import { EffectKind, Reason } from "./codes.ts";
import { cueTurn } from "./cue-turn.ts";
import { askUtc, fetchPublished, fetchSigned, importKey, type SignedState, submitSigned } from "./emergency.ts";
import type { ClockChange, Connection, CueTurn, Events, Listener, ListenOptions, Message, RundownChange, Snapshot, Status, Text } from "./events.ts";
import { CHANGES, CONNECTIONS, REASONS, STATUSES } from "./events.ts";
import { call, Listeners } from "./listeners.ts";
import { type Closing, type LiveSocket, openLive } from "./live.ts";
import { Binding } from "./media-binding.ts";
import type { MediaBinding, MediaOptions, MediaPlayer } from "./media-types.ts";
import type { Link } from "./room/link.ts";
import { textFor } from "./message.ts";
import { failureReason, fetchRundown, HttpStatusError, request } from "./request.ts";
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
  /** Leaves the event when it is aborted; before the event is joined, {@link join} rejects with its reason. */
  signal?: AbortSignal;
}

type Effect = { kind: EffectKind; values: number[] };

/** The requests of which only the last counts: for time or state, for the status, and for a signed state. */
const enum Slot { Time, Status, Emergency }

/** Answers in the place of core once the event was left: that nothing is known. */
const NOTHING = new Proxy({} as Viewer, { get: () => () => NaN });

/** Returns whether an event can have this name: 1 to 63 of `a-z`, `0-9` and `-`, not beginning with `-`. */
export const isEventName = (name: string): boolean => NAME_RULE.test(JSON.stringify(name));

/**
 * Joins an event. Add listeners with {@link Downbeat.on} right away: none is called before the first answer. A bad network is
 * no error: `connection` says what the page has.
 *
 * Runs in pages, in workers and in Node 20 or newer. Where there is no `WebSocket` (Node 20), changes are found by polling.
 * @throws TypeError if an option is missing, unknown or of the wrong type, if the server has no `http:` or `https:`, or if no
 * event can have this name. Error if no WebAssembly may be compiled here. The signal's reason if it is aborted.
 */
export async function join(options: JoinOptions): Promise<Downbeat> {
  checkJoin(options);
  const viewer = await createViewer().catch((cause) => {
    throw new Error("WebAssembly cannot be compiled here; does the page's policy have 'wasm-unsafe-eval'?", { cause });
  });
  options.signal?.throwIfAborted();
  return new Downbeat(options, viewer);
}

/** One viewer of one event. Created by {@link join}. */
export class Downbeat {
  /** The event for libraries that follow W3C Timing Objects. */
  readonly timingProvider = new TimingProvider();
  readonly #options: JoinOptions;
  readonly #server: string;
  readonly #store: Store;
  #viewer: Viewer;
  /** The room's part, where this is one. */
  #link: Link | undefined;
  #listeners = new Listeners();
  readonly #media = new Set<Binding>();
  readonly #mediaHost = { event: this, nudge: 0, emit: (change: Events["media"]) => this.#listeners.emit("media", change), restUntil: () => ROOM ? this.#link!.restUntil : 0 };
  /** Aborted when the event is left. */
  readonly #leaving = new AbortController();
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
  #rundownChange: RundownChange | undefined;
  #status: Status | undefined;
  #message: Message | null | undefined;
  #clock: ClockChange | undefined;
  #connection: Connection = { state: "acquiring", why: "first-answer" };
  /** The states that are active, by the cue's id, each with the event's position at its last turn. */
  readonly #active = new Map<string, { turn: CueTurn; at: number }>();

  /** @internal */
  constructor(options: JoinOptions, viewer: Viewer, link?: Link) {
    if (ROOM) [this.#link, this.#listeners] = [link!, link!.listeners];
    this.#options = options;
    this.#server = String(options.server).replace(/\/+$/, "");
    this.#store = openStore(`${this.#server} ${options.event}`);
    this.#viewer = viewer;
    viewer.begin(...this.#store.viewer, this.#store.memory, now());
    const { signal } = this.#leaving;
    const wake = () => this.#drive(() => viewer.handle_wake(now(), wall()));
    if (ROOM) link!.wake = wake;
    onWake(wake, signal);
    options.signal?.addEventListener("abort", () => this.leave(), { signal });
    this.#tick();
  }

  /**
   * Calls `listener` for what happens from now on; with `now: true`, first for what is known already: the current value, or each
   * active state as an `enter`. Returns a function that stops this. Listeners for `state` and `status` also get how late they
   * are called: the ms between a change taking effect and this page learning of it, 0 if in time.
   * @throws TypeError for unknown names and options. InvalidStateError once the event was left.
   */
  on<Name extends keyof Events>(name: Name, listener: Listener<Name>, options: ListenOptions = {}): () => void {
    this.#demandJoined();
    check("on", options, { now: FLAG_RULE });
    const remove = this.#listeners.add(name, listener);
    const known = name === "cue" ? this.activeCues : [name === "rundown" ? this.#rundownChange : (this as any)[name]];
    if (options.now) known.forEach((value) => value === undefined || call(listener, value, 0));
    return remove;
  }

  /** Returns the server's time, in ms since 1970; undefined before the first answer. */
  now(): number | undefined { return known(this.#viewer.time(now())); }

  /** Returns the event's position, in ms from its beginning, negative before it; undefined while it is not known. */
  position(): number | undefined { return known(this.#viewer.position(now())); }

  /**
   * Returns how wrong {@link now} may be, in ms either way: half the best round trip, plus drift since then, plus the steps in which
   * the device's clock moves. Undefined before the
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

  /** The status that listeners were last called with; like all that follow, undefined before the first answer and once left. */
  get status(): Status | undefined { return this.#status; }

  /** The operator's message; null if there is none. */
  get message(): Message | null | undefined { return this.#message; }

  /** The connection that listeners were last called with; `left` in the end. */
  get connection(): Connection { return this.#connection; }

  /** The state that listeners were last called with. */
  get state(): TimeBody | StateBody | undefined { return this.#state; }

  /** The change of the clock that listeners were last called with. */
  get clock(): ClockChange | undefined { return this.#clock; }

  /** The current rundown. */
  get rundown(): Rundown | undefined { return this.#rundown; }

  /** The states that are active, as they would be entered now: `into` is how far into the cue the event is. */
  get activeCues(): CueTurn[] {
    const position = this.position() ?? 0;
    return [...this.#active.values()].map(({ turn, at }) => ({ ...turn, into: turn.into + position - at }));
  }

  /**
   * Makes a `<video>`, `<audio>` or other player follow the event: it plays, holds, seeks and is kept in time. What a person pauses
   * stays paused. Browsers play sound only after a gesture, but `muted` elements at any time; `on("media")` says how it is doing.
   * @throws TypeError without an element, and for unknown options. InvalidStateError once the event was left.
   */
  bindMedia(media: HTMLMediaElement | MediaPlayer, options: MediaOptions = {}): MediaBinding {
    this.#demandJoined();
    demand(media?.play, "bindMedia needs a <video> or <audio>");
    check("bindMedia", options, { begins: /^(-?\d.*|undefined)$/, seeksOnly: FLAG_RULE, loop: /^(true|false|\d.*|undefined)$/ });
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
    this.#demandJoined();
    demand(Number.isFinite(ms), "setNudge needs a number of ms");
    this.#mediaHost.nudge = ms;
    this.#media.forEach((media) => media.read());
  }

  /**
   * Leaves the event: no more requests, calls of listeners, or corrections of media. Listeners for `connection` are told `left`;
   * afterwards nothing is known: methods and properties return undefined, and {@link on} throws.
   */
  leave(): void {
    if (this.#left) return;
    clearTimeout(this.#timer);
    this.#leaving.abort();
    this.#requests.forEach((request) => request.abort());
    this.#live?.close();
    this.#media.forEach((media) => media.release());
    this.#media.clear();
    this.#viewer = NOTHING;
    this.#status = this.#message = this.#state = this.#clock = this.#rundown = undefined;
    this.#active.clear();
    this.timingProvider.close();
    this.#listeners.emit("connection", (this.#connection = { state: "left", why: "left" }));
    this.#listeners.clear();
  }

  get #left(): boolean { return this.#leaving.signal.aborted; }

  #demandJoined(): void {
    if (this.#left) throw new DOMException("the event was left", "InvalidStateError");
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
    const [first, second] = values as [number, number];
    const { event } = this.#options;
    switch (kind) {
      case EffectKind.RequestTime: return void this.#request(Slot.Time, timePath(event));
      case EffectKind.RequestState: return void this.#request(Slot.Time, eventPath(event));
      case EffectKind.RequestStatus: return void this.#request(Slot.Status, statusPath(event));
      case EffectKind.AbortRequest: return this.#requests[Slot.Time]?.abort();
      case EffectKind.OpenSocket: return this.#openSocket(Number.isNaN(first) ? "" : `?not=${first}`);
      case EffectKind.CloseSocket: return this.#live?.close();
      case EffectKind.Ping: return this.#live?.send("p");
      case EffectKind.Ack: return void this.#acknowledge(values);
      case EffectKind.CheckEmergency: return void this.#checkEmergency();
      case EffectKind.SubmitEmergency:
        return void submitSigned(this.#server + emergencyPath(event), this.#signed!).then(
          (refused) => refused && this.#drive(() => this.#viewer.handle_signed_refused(now())), () => {});
      case EffectKind.LoadRundown: return void this.#loadRundown(this.#state!.rundown!, first);
      case EffectKind.State: return this.#listeners.emit("state", (this.#state = this.#received!), first);
      case EffectKind.Status: return this.#listeners.emit("status", (this.#status = STATUSES[first]!), second);
      case EffectKind.Message: {
        const [before, message] = [this.#message, this.#messageAt(first)];
        // A new state often has the message of the one before.
        if (JSON.stringify(before) === JSON.stringify(message)) return;
        return this.#listeners.emit("message", (this.#message = message));
      }
      case EffectKind.Connection:
        this.#connection = { state: CONNECTIONS[first]!, why: REASONS[second]! };
        return this.#listeners.emit("connection", this.#connection);
      case EffectKind.Clock:
        return this.#listeners.emit("clock", (this.#clock = { change: CHANGES[first]!, bound: this.bound() ?? Infinity }));
      default: return this.#emitCue(kind, values);
    }
  }

  async #acknowledge([rev, appliedAt, lacks, bound]: number[]): Promise<void> {
    const live = this.#live;
    const missing = (lacks: unknown) => lacks ? "missing" as const : undefined;
    const key = this.#whole?.emergency?.key;
    const emergency = missing(key && (await importKey(key).then(() => 0, () => 1)));
    const ack = { type: "ack", rev: rev!, appliedAt: appliedAt!, bound: Math.ceil(bound!), rundown: missing(lacks), emergency } satisfies Ack;
    live?.send(JSON.stringify(ack));
  }

  #emitCue(kind: EffectKind, [index, ...rest]: number[]): void {
    const isOfPrevious = kind === EffectKind.Leave && rest[0] === 1;
    const cue = (isOfPrevious ? this.#previousRundown : this.#rundown)?.cues[index!];
    if (cue === undefined) return;
    if (kind === EffectKind.Standby && this.#options.preload !== false) cue.preload?.assets.forEach(prefetch);
    const turn = cueTurn(kind, rest, cue, this.#text(cue.message), this.bound() ?? Infinity);
    if (kind === EffectKind.Leave) this.#active.delete(cue.id);
    else if (kind === EffectKind.Enter || kind === EffectKind.Adjust) {
      this.#active.set(cue.id, { turn: { ...turn, turn: "enter" }, at: this.position() ?? 0 });
    }
    this.#listeners.emit("cue", turn);
  }

  /** Opens the socket. A page that is not allowed to connect to the server works without one. */
  #openSocket(query: string): void {
    const closed = (closing: Closing) => this.#drive(() => this.#viewer.handle_closed(closing, now()));
    try {
      this.#live = openLive(`${this.#server}${this.#whole!.liveUrl}${query}`, {
        state: (frame) => this.#drive(() => {
          this.#receive(frame);
          this.#saveState();
          this.#viewer.handle_push(frame.hub, frame.ack, frame.serverTime, now());
        }),
        pong: (version) => this.#drive(() => {
          const [epoch, rev] = version.split(".");
          this.#viewer.handle_pong(epoch!, Number(rev), now());
        }),
        closed,
      }, this.#link);
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
    // Of a room, all but the time is for members.
    if (ROOM) path = eventPath(this.#options.event);
    try {
      const { body, t1, t4, isStale } = await request<TimeBody | StateBody>(this.#server + path, !isStatus, signal, this.#link?.invitation);
      this.#drive(() => {
        if (isStale) return this.#viewer.handle_time_failure(Reason.StaleTime, now());
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
      if (ROOM && error instanceof HttpStatusError && error.status < 500) {
        this.#link!.handleFrame({ ...error.problem, type: "refused" }, () => {});
      }
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
      const own = this.#server + rundownPath(this.#options.event, digest);
      const named = this.#connection.state === "unverified" ? this.#rundownUrl : this.#state!.rundownUrl;
      // The server has what it names elsewhere, too.
      const rundown = await (named?.startsWith("http") ? fetchRundown(named, digest, failures) : Promise.reject())
        .catch(() => fetchRundown(own, digest, failures));
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
    this.#listeners.emit("rundown", (this.#rundownChange = { state, rundown: this.#rundown }));
  }

  #messageAt(index: number): Message | null {
    const state = this.#state;
    const notice = state && "messages" in state ? state.messages[index] : undefined;
    const text = this.#text(notice?.text);
    return text && { ...text, severity: notice!.severity };
  }

  #text(texts: Record<Locale, string> | null | undefined): Text | null {
    return textFor(texts, this.#options.locales ?? globalThis.navigator?.languages ?? [], this.#whole?.locale ?? "");
  }
}

function known(number: number): number | undefined {
  return Number.isNaN(number) ? undefined : number;
}

/** Fetches an asset of a cue into the browser's cache, at low priority. What is no URL is left alone: sheets are written by others. */
function prefetch(asset: string): void {
  try {
    const url = new URL(asset, globalThis.document?.baseURI ?? location.href);
    fetch(url, { mode: "no-cors", credentials: "omit", priority: "low" }).catch(() => {});
  } catch {
    // Nor is there a cache without a location.
  }
}
