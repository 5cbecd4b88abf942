/**
 * Members who see and hear each other: a mesh of WebRTC connections, each page connected to every other. It depends on nothing else of
 * Downbeat, and on no server of ours: the page passes the messages that set connections up.
 *
 * @packageDocumentation
 */

import { Link, type Mesh, newSession } from "./link.ts";
import { isSignal, type Signal } from "./messages.ts";
import type { Delivery, PeerError, PeerErrorCode, PeerEvents, PeersOptions, PeerStats } from "./types.ts";

export type { Candidates, Closed, Description, Hello, Sides, Signal } from "./messages.ts";
export type { Delivery, PeerError, PeerErrorCode, PeerEvents, PeersOptions, PeerState, PeerStats } from "./types.ts";

/** The most members of a mesh: with six, each sends its camera five times. */
const MAX = 6;

/** How long `ice` may take, in ms; then ICE goes on without its servers. */
const ICE_WAIT = 5_000;

const NAMES = ["stream", "channel", "state", "refused"];

const WORDS: Partial<Record<PeerErrorCode, string>> = {
  "not-open": "there is no open channel to that member; send again once it opens",
  "too-large": "the message is larger than that member's channel takes; send it in parts",
  "busy": "1 MiB is waiting to be sent to that member; send again later",
};

/**
 * One member's side of the mesh.
 *
 * ```js
 * import { Peers } from "downbeat-client/peers";
 * const socket = new WebSocket("wss://chat.example.com/?member=ana");
 * const peers = new Peers({ me: "ana", signal: (to, message) => socket.send(JSON.stringify({ to, message })) });
 * socket.onmessage = ({ data }) => {
 *   const { from, message, members } = JSON.parse(data);
 *   if (members) peers.update(members);
 *   else peers.receive(from, message);
 * };
 * ```
 */
export class Peers {
  readonly #options: PeersOptions & { max: number };
  readonly #listeners = new Map<string, Set<(value: any) => void>>();
  readonly #links = new Map<string, Link>();
  readonly #mesh: Mesh;
  readonly #networkChanged = (): void => { for (const link of this.#links.values()) void link.restart(); };
  readonly #typeChanged = (): void => {
    // The browser's estimates change, too, which is nothing to restart for.
    const type = networkInformation()?.type;
    if (type !== this.#networkType) this.#networkChanged();
    this.#networkType = type;
  };
  #networkType = networkInformation()?.type;
  #members: readonly string[] = [];
  #refused: PeerEvents["refused"]["reason"] | undefined;
  #servers: Promise<{ configuration: RTCConfiguration; problem?: string }> | undefined;
  #iceTimer: ReturnType<typeof setTimeout> | undefined;
  #stream: MediaStream | null = null;
  #left = false;

  /** Throws a `TypeError` that names the option if one is missing or wrong. Nothing is sent before `update`. */
  constructor(options: PeersOptions) {
    const { me, signal, ice, max = MAX } = Object(options) as PeersOptions;
    const demand = (right: boolean, text: string) => { if (!right) throw new TypeError(`Peers: ${text}`); };
    demand(typeof me === "string" && me !== "", '"me" needs to be the id of this member, a text');
    demand(typeof signal === "function", '"signal" needs to be a function that sends a message to a member');
    demand(ice === undefined || typeof ice === "function", '"ice" needs to be a function that returns ICE servers');
    demand(Number.isSafeInteger(max) && max >= 2, `"max" is ${max}, not a whole number of 2 or more`);
    this.#options = { ...options, max };
    const peers = this;
    this.#mesh = {
      me,
      get stream() { return peers.#stream; },
      signal: (to, message) => { if (!this.#left) signal(to, message); },
      emit: (name, value) => this.#emit(name, value),
      configuration: () => this.#configuration(),
    };
    globalThis.addEventListener?.("online", this.#networkChanged);
    networkInformation()?.addEventListener("change", this.#typeChanged);
  }

  /**
   * Says who is in the mesh: ids in the order in which they joined, `me` among them. Call it with the whole list whenever it changes. The
   * first `max` are connected with each other; later members get `refused`, and are connected when an earlier one leaves.
   */
  update(members: readonly string[]): void {
    if (this.#left) return;
    this.#members = [...new Set(members)];
    const inMesh = this.#admitted();
    for (const [member, link] of [...this.#links]) {
      if (inMesh.includes(member)) continue;
      this.#links.delete(member);
      link.close(this.#members.includes(member) ? "left" : undefined);
    }
    for (const member of inMesh) {
      // A listener may have left.
      if (this.#left || this.#links.has(member)) continue;
      const link = new Link(this.#mesh, member);
      this.#links.set(member, link);
      link.start();
    }
    this.#sayRefused();
  }

  /** Reads a message that the member `from` passed to its `signal`. What is no message, or from nobody in the list, is ignored. */
  receive(from: string, message: unknown): void {
    if (this.#left || from === this.#options.me || !isSignal(message)) return;
    const link = this.#links.get(from);
    if (link) return link.receive(message);
    const says = "description" in message ? message.description : undefined;
    // Whoever is not in the list yet is sent a hello when they are.
    if (says?.type !== "hello" || !this.#members.includes(from)) return;
    const answer: Signal = { description: { session: newSession(), peer: says.session, type: "closed", reason: "full" } };
    this.#options.signal(from, answer);
  }

  /**
   * Sends this camera and microphone, or whatever tracks `stream` has, to all members from now on, or nothing more if it is null.
   * Replacing a track by one of the same kind does so without negotiation. Call it again when tracks were added to the stream.
   *
   * The tracks stay the caller's: neither this nor `leave` stops them. Stop them yourself, or the camera's light stays on.
   */
  publish(stream: MediaStream | null): void {
    if (this.#left) return;
    this.#stream = stream;
    for (const link of this.#links.values()) link.publish(stream);
  }

  /** Calls `listener` for each event. Returns a function that removes it. */
  on<Name extends keyof PeerEvents>(name: Name, listener: (value: PeerEvents[Name]) => void): () => void {
    if (!NAMES.includes(name)) throw new TypeError(`Peers: no event "${name}", only ${NAMES}`);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /**
   * Sends a text or bytes over the data channel, in order and reliably, to `to` or, without it, to every member. Says who could not be
   * sent to, and why.
   */
  send(data: string | Uint8Array<ArrayBuffer>, to?: string): Delivery {
    const delivery: Delivery = { sent: [], failed: [] };
    for (const member of to === undefined ? this.#links.keys() : [to]) {
      const link = this.#links.get(member);
      const code = link ? link.send(data) : "not-open";
      if (code === undefined) delivery.sent.push(member);
      else delivery.failed.push({ member, code, message: WORDS[code]! } satisfies PeerError);
    }
    return delivery;
  }

  /** Returns what is known of the connection to each member of the mesh. */
  async stats(): Promise<Map<string, PeerStats>> {
    const each = [...this.#links].map(async ([member, link]) => [member, await link.stats()] as const);
    return new Map(await Promise.all(each));
  }

  /** Ends all connections, timers and listeners. The tracks that were published go on: stop them yourself. */
  leave(): void {
    if (this.#left) return;
    for (const link of this.#links.values()) link.close("left");
    this.#left = true;
    this.#links.clear();
    this.#listeners.clear();
    this.#stream = null;
    clearTimeout(this.#iceTimer);
    globalThis.removeEventListener?.("online", this.#networkChanged);
    networkInformation()?.removeEventListener("change", this.#typeChanged);
  }

  /** Returns the members that this one is connected with. */
  #admitted(): string[] {
    const mesh = this.#members.slice(0, this.#options.max);
    return mesh.includes(this.#options.me) ? mesh.filter((member) => member !== this.#options.me) : [];
  }

  #sayRefused(): void {
    const { me, max } = this.#options;
    const place = this.#members.indexOf(me);
    const reason = place < 0 ? "not-a-member" : place >= max ? "full" : undefined;
    if (reason !== undefined && reason !== this.#refused) {
      const message = reason === "full"
        ? `${max} members joined before this one, the most of a mesh; it is connected when one of them leaves`
        : `the list of members does not have "${me}", this member's id; add it`;
      this.#emit("refused", { member: me, reason, message });
    }
    this.#refused = reason;
  }

  /** Asks for servers. Links that ask at the same time get the same answer. */
  #configuration(): Promise<{ configuration: RTCConfiguration; problem?: string }> {
    const { ice, relayOnly } = this.#options;
    const configure = (iceServers: RTCIceServer[]): RTCConfiguration => ({ iceServers, iceTransportPolicy: relayOnly ? "relay" : "all" });
    this.#servers ??= (async () => {
      try {
        const late = new Promise<never>((_, reject) => {
          this.#iceTimer = setTimeout(() => reject(new Error(`no answer for ${ICE_WAIT} ms`)), ICE_WAIT);
        });
        return { configuration: configure(await Promise.race([(async () => await ice?.() ?? [])(), late])) };
      } catch (error) {
        return { configuration: configure([]), problem: `the ICE servers could not be fetched: ${error}` };
      } finally {
        clearTimeout(this.#iceTimer);
        this.#servers = undefined;
      }
    })();
    return this.#servers;
  }

  #emit<Name extends keyof PeerEvents>(name: Name, value: PeerEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      // An error in one does not keep others from being called.
      try { listener(value); } catch (error) { (globalThis.reportError ?? console.error)(error); }
    }
  }
}

/** Returns what the browser says of this device's network, where it does. */
function networkInformation(): (EventTarget & { type?: string }) | undefined {
  return (globalThis.navigator as any)?.connection;
}
