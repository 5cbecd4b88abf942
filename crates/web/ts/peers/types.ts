// What a page passes to `Peers`, and what it gets from it.

import type { Signal } from "./messages.ts";

/** Options of `new Peers(…)`. */
export interface PeersOptions {
  /** This member's id. Of two members, the one whose id is smaller, by code units, is the polite one. */
  me: string;
  /**
   * Sends `message`, which is JSON of at most a few KB, to the member `to`, where `receive` gets it. Messages may be late and in any
   * order. One that is lost costs 10 s, after which that connection is made anew.
   */
  signal: (to: string, message: Signal) => void;
  /**
   * Returns the STUN and TURN servers, with credentials that are valid now. It is called for new connections and at every ICE restart.
   * If it throws, or has not answered after 5 s, ICE goes on without servers, and `state` says `ice-servers`. Default: no servers, which
   * is enough within one network.
   */
  ice?: () => Promise<RTCIceServer[]> | RTCIceServer[];
  /** Whether media and data pass a TURN server only, so that members do not see each other's address. Default: `false`. */
  relayOnly?: boolean;
  /** The most members of the mesh, this one included: 2 or more. The same for all members. Default: 6. */
  max?: number;
}

/**
 * What is known of the connection to a member. `connecting`: not there yet. `connected`: media and data arrive. `interrupted`: it was
 * connected and is being restored. `closed`: that member left the mesh or is not in it; it connects again by itself when it is.
 */
export type PeerState = "connecting" | "connected" | "interrupted" | "closed";

/**
 * What went wrong, and what a page can do. All but the last three are tried again until the member leaves.
 * - `unsupported`: this browser has no WebRTC, or a policy forbids it.
 * - `ice-servers`: `ice` failed, was late, or returned what the browser or a TURN server refuses; look at its answer.
 * - `unreachable`: no network path was found; both members may need a TURN server.
 * - `no-answer`: the member did not answer a message for 10 s; is `signal` delivered?
 * - `negotiation`: a description was refused; `message` has the browser's words.
 * - `not-open`: there is no open channel to that member; send again once `channel` says `open`.
 * - `too-large`: more than the channel takes in one message, at most 256 KiB; send it in parts.
 * - `busy`: 1 MiB is waiting to be sent to that member; send again later, or less.
 */
export type PeerErrorCode =
  | "unsupported" | "ice-servers" | "unreachable" | "no-answer" | "negotiation" | "not-open" | "too-large" | "busy";

/** Something that went wrong with one member. */
export interface PeerError {
  member: string;
  code: PeerErrorCode;
  /** The same for people, in English. */
  message: string;
}

/** What `send` did. */
export interface Delivery {
  /** The members to whom it was passed on. The channel is reliable and ordered, but a member may be gone before it arrives. */
  sent: string[];
  /** The others, each with the reason. */
  failed: PeerError[];
}

/** What `stats` tells of a member. */
export interface PeerStats {
  /** Whether packets pass a TURN server; `unknown` while there is no connection. */
  kind: "direct" | "relayed" | "unknown";
  /** The round trip in ms; null if it was not measured. */
  roundTrip: number | null;
  /**
   * The share of that member's media packets that were lost on their way here since the last call of `stats`, 0 to 1; null if none were
   * expected. Texts and bytes do not count: their channel sends again what was lost.
   */
  loss: number | null;
  /** The same of this page's packets on their way to that member, by what it reported last, every 1 to 5 s; null without a report. */
  sentLoss: number | null;
}

/** What listeners of `on` are called with. */
export interface PeerEvents {
  /**
   * A member's camera and microphone, or null if it shows nothing. The same stream is passed again when its tracks change. These tracks
   * end by themselves when the member is gone.
   */
  stream: { member: string; stream: MediaStream | null };
  /** The data channel to a member opened, brought a message, or closed. */
  channel:
    | { member: string; type: "open" | "closed" }
    | { member: string; type: "message"; data: string | Uint8Array<ArrayBuffer> };
  /** The connection to a member changed, or something went wrong with it. */
  state: { member: string; state: PeerState; error?: PeerError };
  /**
   * This member is not in the mesh. `full`: `max` others joined before; it is connected when one of them leaves. `not-a-member`: the list
   * passed to `update` does not have `me`. If `member` is another's id, that one alone refuses, since its list or its `max` differs.
   */
  refused: { member: string; reason: "full" | "not-a-member"; message: string };
}
