// What this member keeps for one other member: whose session is which, the connection between the two, and when to try again.

import { Connection } from "./connection.ts";
import type { Closed, Description, Hello, Sides, Signal } from "./messages.ts";
import type { PeerError, PeerErrorCode, PeerEvents, PeerState, PeerStats } from "./types.ts";

/** How long a connection may be disconnected before ICE is restarted, in ms: most come back by themselves. */
const DISCONNECTED_MAX = 5_000;

/** How long a try may take before the next, in ms: at first, and at most. It doubles from try to try. */
const [RETRY, RETRY_MAX] = [15_000, 60_000];

/** How long to wait before a negotiation that failed begins anew, in ms: what fails each time must not fill the line. */
const FAILED_WAIT = 2_000;

/** How often ICE is restarted before the connection is made anew. */
const RESTARTS_MAX = 2;

/** What a link needs of the mesh. */
export interface Mesh {
  readonly me: string;
  readonly stream: MediaStream | null;
  signal(to: string, message: Signal): void;
  emit<Name extends keyof PeerEvents>(name: Name, value: PeerEvents[Name]): void;
  /** Returns what a connection is configured with, fetched now; never rejects. */
  configuration(): Promise<{ configuration: RTCConfiguration; problem?: string }>;
}

/** The number of this page's last session. */
let last = 0;

/** Returns the number of a new session: the time in µs, and more than `after` and than any session before it. */
export function newSession(after = 0): number {
  // Two pages of one member that start in the same millisecond differ all the same.
  last = Math.max(Date.now() * 1_000 + Math.floor(Math.random() * 1_000), last + 1);
  return Math.max(last, after + 1);
}

export class Link {
  readonly #mesh: Mesh;
  readonly #member: string;
  #session = newSession();
  /** The other side's session; undefined until it has said anything. */
  #peer: number | undefined;
  #connection: Connection | undefined;
  /** What arrived while the servers for the connection are fetched. */
  #arrived: ((connection: Connection) => void)[] = [];
  #state: PeerState | undefined;
  #shows = false;
  #tries = 0;
  #restarting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(mesh: Mesh, member: string) {
    [this.#mesh, this.#member] = [mesh, member];
  }

  /** Says hello. */
  start(): void {
    this.#become("connecting");
    this.#hello();
    this.#retryAfter(RETRY);
  }

  /** Reads what that member sent. */
  receive(message: Signal): void {
    const part = "description" in message ? message.description : message.candidate;
    const type = "type" in part ? part.type : "candidates";
    // Sent to a session of this member that has ended. One that is later than this one shows that the clock was set back.
    const former = part.peer !== undefined && part.peer !== this.#session;
    if (former && part.peer! > this.#session) return this.#renew(part.peer);
    if (this.#peer !== undefined && part.session < this.#peer) return;
    if (former && type !== "hello") {
      if (type === "offer") this.#hello();
      return;
    }
    if (type === "closed") return this.#closedBy(part as Closed);
    const isNew = part.session !== this.#peer;
    this.#peer = part.session;
    // Before any description: the answer to it has to find the other side ready.
    if ((part as Hello).peer !== this.#session) this.#hello();
    if (isNew) this.#connect();
    if (type === "hello") return;
    const read = (connection: Connection) => {
      if ("candidate" in message) connection.candidates(message.candidate.list);
      else connection.describe(part as Description);
    };
    if (this.#connection) read(this.#connection);
    else this.#arrived.push(read);
  }

  publish(stream: MediaStream | null): void {
    this.#connection?.publish(stream);
  }

  send(data: string | Uint8Array<ArrayBuffer>): PeerErrorCode | undefined {
    return this.#connection ? this.#connection.send(data) : "not-open";
  }

  async stats(): Promise<PeerStats> {
    return await this.#connection?.stats() ?? { kind: "unknown", roundTrip: null, loss: null, sentLoss: null };
  }

  /** Looks for a new path, with servers that are fetched now: this device's network changed, or the path was lost. */
  async restart(): Promise<void> {
    const connection = this.#connection;
    if (!connection || this.#restarting) return;
    this.#restarting = true;
    const { configuration, problem } = await this.#mesh.configuration();
    this.#restarting = false;
    if (this.#ended || connection !== this.#connection) return;
    if (problem) this.#report("ice-servers", problem);
    connection.restart(configuration);
  }

  /** Ends it, and tells the other side why if `reason` is given. */
  close(reason?: Closed["reason"]): void {
    if (reason && this.#state !== "closed") this.#send({ type: "closed", reason });
    this.#disconnect();
    this.#become("closed");
    this.#ended = true;
  }

  #send(part: { type: "hello" } | Pick<Closed, "type" | "reason"> | Pick<Description, "type" | "n" | "sdp">): void {
    this.#mesh.signal(this.#member, { description: { ...this.#sides(), ...part } });
  }

  #sides(): Sides {
    return this.#peer === undefined ? { session: this.#session } : { session: this.#session, peer: this.#peer };
  }

  #hello(): void {
    this.#send({ type: "hello" });
  }

  /** Begins anew, with a session that replaces the one before on the other side. */
  #renew(after?: number): void {
    this.#session = newSession(after);
    this.#hello();
    if (this.#peer === undefined) this.#disconnect();
    else void this.#connect();
    this.#retryAfter(this.#pause());
  }

  async #connect(): Promise<void> {
    this.#disconnect();
    this.#become("connecting");
    this.#retryAfter(this.#pause());
    const sides = `${this.#session} ${this.#peer}`;
    const { configuration, problem } = await this.#mesh.configuration();
    // Others may have begun meanwhile.
    if (this.#ended || this.#connection || this.#state === "closed" || sides !== `${this.#session} ${this.#peer}`) return;
    if (problem) this.#report("ice-servers", problem);
    try {
      this.#connection = this.#open(configuration);
    } catch (error) {
      if (typeof RTCPeerConnection === "undefined") return this.#report("unsupported", `this browser has no WebRTC: ${error}`);
      return this.#report("ice-servers", `the browser refused these ICE servers: ${error}`);
    }
    for (const read of this.#arrived.splice(0)) read(this.#connection);
  }

  #open(configuration: RTCConfiguration): Connection {
    const [mesh, member] = [this.#mesh, this.#member];
    return new Connection(configuration, mesh.me < member, mesh.stream, {
      describe: (description) => this.#send(description),
      candidates: (list) => mesh.signal(member, { candidate: { ...this.#sides(), list } }),
      state: (state) => this.#follow(state),
      stream: (stream) => {
        this.#shows = stream !== null;
        mesh.emit("stream", { member, stream });
      },
      channel: (event) => mesh.emit("channel", { member, ...event }),
      serverRefused: (message) => this.#report("ice-servers", message),
      failed: (code, message) => {
        this.#report(code, message);
        if (this.#state === "connected") this.#become("interrupted");
        this.#tries = Math.max(this.#tries, RESTARTS_MAX);
        this.#retryAfter(FAILED_WAIT);
      },
    });
  }

  #follow(state: RTCPeerConnectionState): void {
    if (state === "connected") {
      this.#tries = 0;
      clearTimeout(this.#timer);
      this.#become("connected");
    } else if (state === "disconnected") {
      if (this.#state === "connected") this.#become("interrupted");
      this.#retryAfter(DISCONNECTED_MAX);
    } else if (state === "failed") {
      if (this.#state === "connected") this.#become("interrupted");
      this.#report("unreachable", "no network path to that member was found; trying again");
      // The first time at once; a path that was lost may be back.
      this.#retryAfter(this.#tries === 0 ? 0 : this.#pause());
    }
  }

  /** Returns how long to wait for the try in progress, in ms. */
  #pause(): number {
    return Math.min(RETRY * 2 ** this.#tries, RETRY_MAX);
  }

  #retryAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const wasConnected = this.#state === "interrupted" && this.#tries < RESTARTS_MAX;
      this.#retryAfter(this.#pause());
      this.#tries++;
      if (wasConnected) void this.restart();
      else this.#renew();
    }, ms);
  }

  #closedBy({ session, reason }: Closed): void {
    this.#peer = session;
    this.#disconnect();
    this.#become("closed");
    const message = "that member's mesh is full, or its list of members does not have this one yet";
    if (reason === "full") this.#mesh.emit("refused", { member: this.#member, reason, message });
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    this.#arrived = [];
    this.#connection?.close();
    this.#connection = undefined;
    if (this.#shows) this.#mesh.emit("stream", { member: this.#member, stream: null });
    this.#shows = false;
  }

  #become(state: PeerState): void {
    if (state === this.#state || this.#ended) return;
    this.#state = state;
    this.#mesh.emit("state", { member: this.#member, state });
  }

  #report(code: PeerErrorCode, message: string): void {
    const error: PeerError = { member: this.#member, code, message };
    this.#mesh.emit("state", { member: this.#member, state: this.#state!, error });
  }
}
