// One RTCPeerConnection between one session of this member and one of another: perfect negotiation, candidates, tracks, the channel.

import type { Description } from "./messages.ts";
import { StatsReader } from "./stats.ts";
import { Receiving, Sending } from "./tracks.ts";
import type { PeerErrorCode, PeerStats } from "./types.ts";

/** How long an offer may be without its answer, or a description without the one before it, in ms: as long as a socket may need to reconnect. */
const ANSWER_WAIT = 10_000;

/** How long candidates are collected before they are sent together, in ms: rooms limit the messages a second. */
const CANDIDATES_WAIT = 50;

/** The most candidates that wait for their description: more than two ICE restarts have. */
const CANDIDATES_MAX = 100;

/** The most bytes that may wait to be sent over the channel: 1 MiB. Browsers close a channel that is overfull. */
const BUFFER_MAX = 1 << 20;

/**
 * The largest message in bytes. Chromium takes 256 KiB, Firefox a gigabyte, which would hold up everything else. A side that does not say
 * takes 64 KiB (RFC 8841, section 6.1).
 */
const [MESSAGE_MAX, MESSAGE_DEFAULT] = [262_144, 65_536];

/** What a connection tells its owner. None is called after `close`. */
export interface Hooks {
  describe(description: Pick<Description, "type" | "sdp" | "n">): void;
  candidates(list: RTCIceCandidateInit[]): void;
  state(state: RTCPeerConnectionState): void;
  stream(stream: MediaStream | null): void;
  channel(event: { type: "open" | "closed" } | { type: "message"; data: string | Uint8Array<ArrayBuffer> }): void;
  /** A server refuses this page; there may be paths without it. */
  serverRefused(message: string): void;
  /** It cannot go on, and has to be made anew. */
  failed(code: PeerErrorCode, message: string): void;
}

export class Connection {
  readonly #connection: RTCPeerConnection;
  readonly #polite: boolean;
  readonly #hooks: Hooks;
  readonly #channel: RTCDataChannel;
  readonly #sending: Sending;
  readonly #receiving = new Receiving();
  readonly #stats = new StatsReader();
  /** The number of the last description sent, and of the last one read. */
  #sent = 0;
  #read = 0;
  /** Descriptions that came before the one that they follow. */
  readonly #early = new Map<number, Description>();
  /** Candidates whose description has not come, or was an offer that lost. */
  #waiting: RTCIceCandidateInit[] = [];
  /** The servers that refused, each told once. */
  readonly #refused = new Set<string>();
  #found: RTCIceCandidateInit[] = [];
  #foundTimer: ReturnType<typeof setTimeout> | undefined;
  #answerTimer: ReturnType<typeof setTimeout> | undefined;
  /** Everything that changes the connection happens one after the other, so that no offer is made while a description is applied. */
  #steps: Promise<void> = Promise.resolve();
  #failed = false;
  #closed = false;

  /** Throws what the browser throws at a configuration that it refuses. The impolite side makes the first offer. */
  constructor(configuration: RTCConfiguration, polite: boolean, stream: MediaStream | null, hooks: Hooks) {
    const connection = new RTCPeerConnection(configuration);
    [this.#connection, this.#polite, this.#hooks] = [connection, polite, hooks];
    this.#sending = new Sending(connection);
    connection.onnegotiationneeded = () => this.#step(() => this.#offer());
    connection.onicecandidate = ({ candidate }) => this.#collect(candidate);
    connection.onicecandidateerror = (event) => this.#judge(event);
    connection.onconnectionstatechange = () => { if (!this.#closed) hooks.state(connection.connectionState); };
    // Both sides make it with the same number, so that it needs no negotiation of its own.
    this.#channel = connection.createDataChannel("downbeat", { negotiated: true, id: 0 });
    this.#channel.binaryType = "arraybuffer";
    this.#channel.onopen = () => { if (!this.#closed) hooks.channel({ type: "open" }); };
    this.#channel.onclose = () => { if (!this.#closed) hooks.channel({ type: "closed" }); };
    this.#channel.onmessage = ({ data }) => {
      if (!this.#closed) hooks.channel({ type: "message", data: typeof data === "string" ? data : new Uint8Array(data) });
    };
    this.publish(stream);
  }

  /** Sends this stream's tracks from now on. */
  publish(stream: MediaStream | null): void {
    this.#step(() => this.#sending.publish(stream));
  }

  /** Reads a description of the other side. */
  describe(description: Description): void {
    this.#step(async () => {
      if (description.n <= this.#read || this.#early.size >= CANDIDATES_MAX) return;
      this.#early.set(description.n, description);
      for (let next; (next = this.#early.get(this.#read + 1)); ) {
        this.#early.delete(++this.#read);
        await this.#apply(next);
      }
      this.#watch();
    });
  }

  /** Reads candidates of the other side. */
  candidates(list: RTCIceCandidateInit[]): void {
    this.#step(async () => {
      this.#waiting = [...this.#waiting, ...list].slice(-CANDIDATES_MAX);
      await this.#addCandidates();
    });
  }

  /** Looks for a new network path, with these servers. */
  restart(configuration: RTCConfiguration): void {
    this.#step(async () => {
      this.#refused.clear();
      this.#connection.setConfiguration(configuration);
      this.#connection.restartIce();
    });
  }

  /** Sends a message over the channel. Returns why not, if it cannot. */
  send(data: string | Uint8Array<ArrayBuffer>): PeerErrorCode | undefined {
    if (this.#channel.readyState !== "open") return "not-open";
    const size = typeof data === "string" ? new TextEncoder().encode(data).length : data.byteLength;
    if (size > (Math.min(this.#connection.sctp?.maxMessageSize ?? MESSAGE_DEFAULT, MESSAGE_MAX))) return "too-large";
    if (this.#channel.bufferedAmount + size > BUFFER_MAX) return "busy";
    try {
      this.#channel.send(data as string);
      return undefined;
    } catch {
      return "busy";
    }
  }

  stats(): Promise<PeerStats> {
    return this.#stats.read(this.#connection);
  }

  /** Ends it. The tracks that were sent go on, since they are their owner's. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#foundTimer);
    clearTimeout(this.#answerTimer);
    this.#connection.close();
  }

  #step(step: () => Promise<void>): void {
    this.#steps = this.#steps.then(async () => {
      try {
        if (!this.#closed && !this.#failed) await step();
      } catch (error) {
        this.#fail("negotiation", `the browser refused a step of the negotiation: ${error}`);
      }
    });
  }

  #fail(code: PeerErrorCode, message: string): void {
    if (this.#closed || this.#failed) return;
    this.#failed = true;
    this.#hooks.failed(code, message);
  }

  async #offer(): Promise<void> {
    // Where an offer is not made now, the browser asks again once the state is stable.
    const first = this.#connection.remoteDescription === null;
    if (this.#connection.signalingState !== "stable" || (first && this.#polite)) return;
    await this.#describeLocally();
  }

  async #describeLocally(): Promise<void> {
    await this.#connection.setLocalDescription();
    if (this.#closed) return;
    const { type, sdp } = this.#connection.localDescription!;
    this.#hooks.describe({ type: type as "offer" | "answer", sdp, n: ++this.#sent });
    this.#watch();
  }

  async #apply({ type, sdp }: Description): Promise<void> {
    const offered = this.#connection.signalingState === "have-local-offer";
    // An answer to an offer that was taken back, or an offer that loses against this side's: the other side takes it back.
    if (type === "answer" ? !offered : offered && !this.#polite) return;
    // In a step of its own: where Chromium (156) takes an offer back by itself, tracks that begin with the other offer stay mute.
    if (type === "offer" && offered) await this.#connection.setLocalDescription({ type: "rollback" });
    await this.#connection.setRemoteDescription({ type, sdp });
    await this.#addCandidates();
    if (type === "offer" && !this.#closed) await this.#describeLocally();
    if (this.#closed) return;
    const stream = this.#receiving.refresh(this.#connection);
    if (stream !== undefined) this.#hooks.stream(stream);
  }

  /** Fails unless the negotiation in progress ends in time. */
  #watch(): void {
    const { signalingState } = this.#connection;
    if (this.#closed || (signalingState === "stable" && this.#early.size === 0)) {
      clearTimeout(this.#answerTimer);
      this.#answerTimer = undefined;
    } else {
      this.#answerTimer ??= setTimeout(() => this.#fail("no-answer", `no answer came for ${ANSWER_WAIT} ms`), ANSWER_WAIT);
    }
  }

  async #addCandidates(): Promise<void> {
    const description = this.#connection.remoteDescription;
    if (!description) return;
    const fits = ({ usernameFragment }: RTCIceCandidateInit) =>
      !usernameFragment || description.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`);
    const fitting = this.#waiting.filter(fits);
    this.#waiting = this.#waiting.filter((candidate) => !fits(candidate));
    for (const candidate of fitting) {
      // One that this browser does not understand, such as an address that it cannot resolve, leaves the others.
      await this.#connection.addIceCandidate(candidate).catch(() => undefined);
    }
  }

  /** Reports a server that answers with an error. A server that does not answer (701) is not reported: it happens on many networks where connections work. */
  #judge({ errorCode, errorText, url }: RTCPeerConnectionIceErrorEvent): void {
    if (this.#closed || errorCode < 400 || errorCode > 699 || this.#refused.has(url)) return;
    this.#refused.add(url);
    this.#hooks.serverRefused(`${url} refused with ${errorCode} ${errorText}; are the credentials valid, and not expired?`);
  }

  #collect(candidate: RTCIceCandidate | null): void {
    // An empty one says that there are no more, which nobody waits for.
    if (this.#closed || !candidate?.candidate) return;
    this.#found.push(candidate.toJSON());
    this.#foundTimer ??= setTimeout(() => {
      this.#foundTimer = undefined;
      this.#hooks.candidates(this.#found.splice(0));
    }, CANDIDATES_WAIT);
  }
}
