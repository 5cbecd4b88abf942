/**
 * Watch rooms: some hold the controls, and everyone sees the same moment. A room is an event for a few.
 *
 * ```js
 * import { joinRoom } from "downbeat-client/room";
 * const [room = "", invitation = ""] = location.hash.slice(1).split(".");
 * const joined = await joinRoom({ server: "https://downbeat.example.workers.dev", room, invitation, name: "Ana" });
 * joined.on("member", ({ change, member }) => console.log(member.name, change));
 * const video = document.querySelector("video");
 * if (video) joined.bindMedia(video, { controls: true });
 * ```
 *
 * @packageDocumentation
 */

import { check, demand, FLAG_RULE, JOIN, NAME_RULE } from "./checks.ts";
import { Downbeat, type JoinOptions } from "./client.ts";
import { now } from "./clock.ts";
import { createViewer, type Viewer } from "./core.ts";
import type { Events, Listener, ListenOptions } from "./events.ts";
import { Listeners } from "./listeners.ts";
import type { MediaBinding, MediaOptions, MediaPlayer } from "./media-types.ts";
import { type Act, type Expected, Gestures } from "./room/gestures.ts";
import type { Link } from "./room/link.ts";
import { read, write } from "./store.ts";
import type {
  MemberBody, MemberCounts, PresenceFrame, Refused, RoomBody, RoomCommandAnswer, RoomWait, SignalFrame, SignalRefused, StateBody, Welcome,
} from "./wire.ts";

export type { JoinOptions } from "./client.ts";
export type { ClockChange, Connection, Events, Listener, ListenOptions, Snapshot, Status } from "./events.ts";
export type { MediaBinding, MediaChange, MediaOptions, MediaPlayer, MediaState } from "./media-types.ts";
export type { MemberBody, MemberCounts, RoomAnswer, RoomBody, RoomWait } from "./wire.ts";

/** Which room to join, and as whom. */
export interface JoinRoomOptions extends Pick<JoinOptions, "server" | "signal"> {
  /** The room's name: `r-` and 16 characters. */
  room: string;
  /** The invitation, `dbi_…`: it says what this member may do. Pass it in the fragment of a URL, which no server sees. */
  invitation: string;
  /** What others are shown: up to 40 characters. Default: none. */
  name?: string;
}

/** What a member may do: `viewer` watches; `controller` also pauses, plays, seeks and so on; `owner` also replaces invitations. */
export type Role = Welcome["role"];

/** Somebody came, changed or left. */
export interface MemberChange {
  change: "joined" | "changed" | "left";
  member: MemberBody;
}

/** The room waits for a member that cannot play; `null` once it no longer does. */
export interface WaitChange extends RoomWait {
  /** Whom it waits for; may be empty. */
  name: string;
}

/** What was refused. */
export interface Refusal {
  /** A stable code: `not-allowed`, `stale-action`, `room-full`, `invalid-invitation`, … */
  code: string;
  /** What is wrong, and what to do. */
  detail: string;
}

/** A message of another member, as for WebRTC. */
export interface Signal {
  from: string;
  description?: unknown;
  candidate?: unknown;
}

/** What listeners are called with, by name. */
export interface RoomEvents extends Events {
  member: MemberChange;
  role: Role;
  wait: WaitChange | null;
  refused: Refusal;
  signal: Signal;
}

/** How media follows a room. */
export interface RoomMediaOptions extends MediaOptions {
  /**
   * Whether what a person does with the element's own controls becomes a command for all, if the member may give any. A pause that
   * may have another cause stays the member's own. Default: `false`.
   */
  controls?: boolean;
}

/** A command was not applied. */
export class RoomError extends Error {
  /** A stable code: those of {@link Refusal}, `no-answer` after 10 s without one, and `left`. */
  readonly code: string;
  constructor({ code, detail }: Refusal) {
    super(detail);
    this.code = code;
  }
}

/** How long to wait for the answer to a command, in ms; the room takes what happened up to 5 s ago. */
const ANSWER_MAX = 10_000;

/** How long media is left alone while a person seeks, and after a command until it has taken effect, in ms. */
const REST = 1_500;

/**
 * How wrong the clock may be before it is asked for again once media plays, in ms; how often, and at which distance, in ms. Media that
 * is loaded fills a slow line, and answers that come meanwhile leave the clock uncertain by as long as they waited.
 */
const [UNCERTAIN, ASKS, ASK_WAIT] = [150, 8, 1_500];

/**
 * Joins a room. Add listeners with {@link Room.on} right away.
 * @throws TypeError if an option is missing, unknown or of the wrong type. Error if no WebAssembly may be compiled here. The signal's
 * reason if it is aborted.
 */
export async function joinRoom(options: JoinRoomOptions): Promise<Room> {
  const { server, signal } = JOIN;
  check("joinRoom", options, { server: server!, signal: signal!, room: NAME_RULE, invitation: /^"dbi_[\w-]{22}"$/, name: /^("(\\u....|\\[^u]|[^\\]){0,40}"|undefined)$/u });
  const viewer = await createViewer();
  options.signal?.throwIfAborted();
  return new Room(options, viewer);
}

/** One member of a room. Created by {@link joinRoom}. */
export class Room extends Downbeat {
  readonly #link: RoomLink;

  /** @internal */
  constructor({ server, signal, room, invitation, name = "" }: JoinRoomOptions, viewer: Viewer) {
    const link = new RoomLink(`${server} ${room}`, invitation, name);
    super({ server, event: room, preload: false, ...(signal && { signal }) }, viewer, link);
    this.#link = link;
    link.begin(this);
  }

  /** Calls `listener` for what happens from now on, as {@link Downbeat.on} does; also for what only rooms have. */
  override on<Name extends keyof RoomEvents>(
    name: Name,
    listener: (value: RoomEvents[Name], lateness: number) => void,
    options?: ListenOptions,
  ): () => void {
    return super.on(name as keyof Events, listener as Listener<keyof Events>, options);
  }

  /** This member's id, the same after a reload; undefined before the room has let it in. */
  get member(): string | undefined { return this.#link.member; }

  /** What this member may do; undefined before the room has let it in. */
  get role(): Role | undefined { return this.#link.role; }

  /** Whether the room takes this member's commands. */
  get canControl(): boolean {
    const { role } = this.#link;
    return role !== undefined && (role !== "viewer" || this.room?.controls === "everyone");
  }

  /** All members, this one too; in a room of more than 100 those who were known before. */
  get members(): readonly MemberBody[] { return [...this.#link.members.values()]; }

  /** How many members there are, and how many of them cannot play just now. */
  get counts(): MemberCounts { return this.#link.counts; }

  /** What of the state only rooms have: the content, who has the controls, a wait. Undefined before the first state. */
  get room(): RoomBody | undefined { return (this.state as StateBody | undefined)?.room; }

  /** The wait that is scheduled or has begun. */
  get wait(): WaitChange | null { return this.#link.wait; }

  /**
   * Holds the room. Like all commands, it takes effect some 200 ms later, for everyone at once; resolves when it is scheduled.
   * @throws RoomError if the room refuses it, or does not answer within 10 s.
   */
  pause(): Promise<void> { return this.#link.command({ command: "pause" }); }

  /** Plays on. */
  play(): Promise<void> { return this.#link.command({ command: "resume" }); }

  /** Takes everyone to a position, in ms from the beginning. */
  seek(position: number): Promise<void> { return this.#link.command({ command: "seek", position: Math.round(position) }); }

  /** Makes the room play faster or slower: 0.25 to 4, where 1 is normal. */
  setRate(rate: number): Promise<void> { return this.#link.command({ command: "rate", rate }); }

  /** Chooses what the room plays: an `https:` URL, or a path on the page's own origin; `null` for nothing. It begins held, at 0. */
  setContent(content: string | null): Promise<void> { return this.#link.command({ command: "content", content }); }

  /** Sends a message to one other member: a session description or a candidate, at most 16 KiB of JSON, 50 a second. */
  signal(to: string, message: { description: unknown } | { candidate: unknown }): void {
    this.#link.send({ type: "signal", to, ...message });
  }

  /** Makes a player follow the room, as {@link Downbeat.bindMedia} does; with `controls`, a person's gestures on it are commands. */
  override bindMedia(media: HTMLMediaElement | MediaPlayer, { controls, ...options }: RoomMediaOptions = {}): MediaBinding {
    check("bindMedia", { controls }, { controls: FLAG_RULE });
    demand(!controls || media instanceof HTMLMediaElement, "bindMedia: only elements have controls");
    const binding = super.bindMedia(media, options);
    const gestures = controls && this.#link.watch(media as HTMLMediaElement, options.begins ?? 0, binding);
    return {
      get drift() { return binding.drift; },
      get state() { return binding.state; },
      rejoin: () => binding.rejoin(),
      release: () => {
        if (gestures) gestures.end();
        binding.release();
      },
    };
  }
}

type Command = Act | { command: "content"; content: string | null };

/** A command without an answer yet. */
interface Pending {
  frame: object;
  resolve(): void;
  reject(error: RoomError): void;
}

/** What a room is told and tells through its socket. */
class RoomLink implements Link {
  readonly listeners = new Listeners();
  readonly invitation: string;
  restUntil = 0;
  wake = (): void => {};
  member: string | undefined;
  role: Role | undefined;
  readonly members = new Map<string, MemberBody>();
  counts: MemberCounts = { members: 0, buffering: 0 };
  wait: WaitChange | null = null;
  readonly #name: string;
  readonly #key: string;
  readonly #pending = new Map<string, Pending>();
  #room: Room | undefined;
  #send: ((text: string) => void) | undefined;
  /** What the room was told last. */
  #isReady: boolean | undefined;
  #waitEnd: ReturnType<typeof setTimeout> | undefined;

  constructor(key: string, invitation: string, name: string) {
    [this.#key, this.invitation, this.#name] = [`downbeat.member ${key}`, invitation, name];
  }

  begin(room: Room): void {
    this.#room = room;
    room.on("state", () => this.#readWait());
    // Until it has something to play, it is only coming, and nobody waits for it.
    let asks = 0;
    room.on("media", ({ state }) => {
      if (state !== "loading" && state !== "missing") this.#report(state !== "stalled");
      if (state === "playing" && !asks) ask();
    });
    const ask = () => {
      if (room.connection.state === "left" || asks++ >= ASKS || !((room.bound() ?? 0) > UNCERTAIN)) return;
      this.wake();
      setTimeout(ask, ASK_WAIT);
    };
    room.on("connection", ({ state }) => {
      if (state !== "left") return;
      this.#send = undefined;
      this.#pending.forEach(({ reject }) => reject(new RoomError({ code: "left", detail: "the room was left" })));
    });
  }

  hello(): string {
    const [invitation, name, resume] = [this.invitation, this.#name, read(this.#key) || undefined];
    return JSON.stringify({ type: "hello", invitation, name, resume });
  }

  handleFrame(frame: { type: string }, send: (text: string) => void): void {
    switch (frame.type) {
      case "welcome": return this.#welcome(frame as Welcome, send);
      case "presence": return this.#handlePresence(frame as PresenceFrame);
      case "command-answer": return this.#handleAnswer(frame as RoomCommandAnswer);
      case "signal": {
        const { type: _, ...signal } = frame as SignalFrame;
        return this.#emit("signal", signal);
      }
      case "signal-refused": return this.#emit("refused", frame as SignalRefused);
      case "refused": {
        const { code, detail } = frame as Refused;
        if (!detail) return;
        this.#emit("refused", { code, detail });
        // Another attempt would end the same way; or two tabs of one member would go on closing each other's socket.
        if (["invalid-invitation", "unknown-event", "conflict", "invalid-field"].includes(code)) this.#room?.leave();
      }
    }
  }

  handleClosed(): void { this.#send = undefined; }

  /** Sends a frame if the socket is open: what is late is of no use. */
  send(frame: object): void { this.#send?.(JSON.stringify(frame)); }

  command(command: Command): Promise<void> {
    const id = crypto.randomUUID();
    const room = this.#room!;
    const frame = { type: "command", id, ...command, at: room.now() && Math.round(room.now()!), bound: room.bound() && Math.ceil(room.bound()!) };
    return new Promise<void>((resolve, reject) => {
      this.#pending.set(id, { frame, resolve, reject });
      this.send(frame);
      setTimeout(() => this.#settle(id)?.reject(new RoomError({ code: "no-answer", detail: "the room did not answer within 10 s; look at it, then decide again" })), ANSWER_MAX);
    });
  }

  /** Watches an element's own controls. */
  watch(element: HTMLMediaElement, begins: number, binding: MediaBinding): Gestures {
    return new Gestures(element, begins, () => (this.#room!.canControl ? this.#expected() : undefined), (act) => {
      // A pause is the person's own until it is everyone's: so it stays if it is refused.
      if (act.command === "seek" || act.command === "rate") this.#rest(REST);
      const takesEffect = () => setTimeout(() => binding.rejoin(), Math.max(0, this.restUntil - now()));
      this.command(act).then(takesEffect, () => { this.restUntil = 0; });
    }, () => this.#rest(REST));
  }

  #rest(span: number): void { this.restUntil = now() + span; }

  #expected(): Expected | undefined {
    const room = this.#room!;
    const [position, rate] = [room.position(), room.rate()];
    if (position === undefined || rate === undefined) return undefined;
    const playingRate = room.state?.timeline.findLast((segment) => segment.rate > 0)?.rate ?? 1;
    return { position, rate, playingRate };
  }

  #welcome({ member, role, resume, members, counts }: Welcome, send: (text: string) => void): void {
    write(this.#key, resume);
    this.#send = send;
    this.member = member;
    const before = this.role;
    this.role = role;
    if (before !== role) this.#emit("role", role);
    this.#handlePresence({ type: "presence", ...(members && { members }), ...(counts && { counts }) });
    // The room knows a command by its id, and applies it once.
    this.#pending.forEach(({ frame }) => this.send(frame));
    if (this.#isReady !== undefined) this.#tellReady();
  }

  #handlePresence({ members, present, left, counts }: PresenceFrame): void {
    const come = members ?? present ?? [];
    const gone = members ? [...this.members.keys()].filter((id) => !members.some((member) => member.id === id)) : left ?? [];
    const changes: MemberChange[] = [];
    for (const id of gone) {
      const member = this.members.get(id);
      if (this.members.delete(id)) changes.push({ change: "left", member: member! });
    }
    for (const member of come) {
      const before = this.members.get(member.id);
      this.members.set(member.id, member);
      if (JSON.stringify(before) !== JSON.stringify(member)) changes.push({ change: before ? "changed" : "joined", member });
    }
    const isBuffering = ({ readiness }: MemberBody) => readiness === "buffering" || readiness === "awaited-buffering";
    this.counts = counts ?? { members: this.members.size, buffering: [...this.members.values()].filter(isBuffering).length };
    // Listeners read the others and their number, too.
    for (const change of changes) this.#emit("member", change);
  }

  #handleAnswer({ id, rev, effectiveAt, code, detail }: RoomCommandAnswer): void {
    const pending = this.#settle(id);
    if (!pending) return;
    if (rev === undefined) {
      const refusal = { code: code!, detail: detail! };
      this.#emit("refused", refusal);
      return pending.reject(new RoomError(refusal));
    }
    const server = this.#room!.now();
    // Until then the element is where the person took it, and the room is not.
    this.restUntil = server === undefined ? 0 : now() + Math.max(0, effectiveAt! - server);
    pending.resolve();
  }

  #settle(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #readWait(): void {
    const { wait, lastChange } = this.#room!.room ?? {};
    // A seek leaves a wait as it is, and is the last change then.
    const name = lastChange?.name === "wait" ? lastChange.actor : this.wait?.name ?? "";
    const next = wait ? { ...wait, name } : null;
    clearTimeout(this.#waitEnd);
    // Its end at the latest is no change of the state: it was scheduled with the wait.
    if (next) this.#waitEnd = setTimeout(() => this.#setWait(null), Math.max(0, next.until - (this.#room!.now() ?? next.until)));
    this.#setWait(next);
  }

  #setWait(wait: WaitChange | null): void {
    if (JSON.stringify(wait) !== JSON.stringify(this.wait)) this.#emit("wait", (this.wait = wait));
  }

  #report(isReady: boolean): void {
    if (isReady === this.#isReady) return;
    this.#isReady = isReady;
    this.#tellReady();
  }

  #tellReady(): void {
    const bound = this.#room!.bound();
    // Half the round trip is the best estimate of a way that a page has.
    const delay = bound === undefined ? undefined : Math.ceil(bound);
    this.send({ type: "ready", ready: this.#isReady, delay, bound: delay });
  }

  #emit<Name extends Exclude<keyof RoomEvents, keyof Events>>(name: Name, value: RoomEvents[Name]): void {
    this.listeners.emit(name as unknown as keyof Events, value as never);
  }
}
