// What members send each other to set up a connection. Each message has one member, `description` or `candidate`.

/** The sender's number of its side of this connection, and the number that it knows of the receiver's. A later number replaces. */
export interface Sides {
  session: number;
  /** Missing as long as the sender has received nothing. */
  peer?: number;
}

/** "This is my number." Whoever gets it without their own number in `peer` answers with one. */
export interface Hello extends Sides {
  type: "hello";
}

/** "I have left", or "my mesh is full". */
export interface Closed extends Sides {
  type: "closed";
  reason: "left" | "full";
}

/** An offer or answer, numbered from 1 for each side, and read in that order. */
export interface Description extends Sides {
  type: "offer" | "answer";
  n: number;
  sdp: string;
}

/** Candidates that were found together. */
export interface Candidates extends Sides {
  list: RTCIceCandidateInit[];
}

/** A message between two members: JSON. Pass it on unchanged. */
export type Signal = { description: Hello | Closed | Description } | { candidate: Candidates };

/** Returns whether `message`, which somebody else wrote, is a message. What it says is not judged. */
export function isSignal(message: unknown): message is Signal {
  const { description, candidate } = Object(message);
  const part = Object(description ?? candidate);
  const peer = part.peer === undefined || Number.isSafeInteger(part.peer);
  if (!Number.isSafeInteger(part.session) || !peer) return false;
  if (candidate) return description === undefined && Array.isArray(part.list) && part.list.length <= 100 && part.list.every(isCandidate);
  if (part.type === "hello") return true;
  if (part.type === "closed") return part.reason === "left" || part.reason === "full";
  return (part.type === "offer" || part.type === "answer") && typeof part.sdp === "string" && Number.isSafeInteger(part.n);
}

function isCandidate(one: unknown): boolean {
  return typeof Object(one).candidate === "string";
}
