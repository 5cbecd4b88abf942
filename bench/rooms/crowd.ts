// Many members of one room, in one process: when each has a gesture, and what they are told of each other.

import type { Frame, Member } from "../../tests/edge/harness/room.ts";
import { Room } from "../../tests/edge/harness/room.ts";
import type { Server } from "../../tests/edge/harness/calls.ts";
import { TOKENS } from "../../tests/edge/harness/tokens.ts";
import { until } from "../../tests/edge/harness/until.ts";

/** How many join at a time. */
const AT_ONCE = 10;

/** How long nothing may be told of members until all of it was told, in ms; the room collects for 4.3 s at most. */
const QUIET = 6_000;

export interface Crowd {
  members: number;
  /** Frames about presence that came to all members while they joined. */
  presence: number;
  /** From the first member who had it to the last, for each gesture, in ms; and from the gesture to the last. */
  spread: number[];
  last: number[];
}

/** Lets this many members join a room, and one of them use the controls. */
export async function crowd(server: Server, count: number, gestures: number): Promise<Crowd> {
  const room = await Room.make(server, { content: "/clip.mp4" }, TOKENS.all);
  const members: Member[] = [];
  let [presence, told] = [0, Date.now()];
  const received = new Map<number, number[]>();
  const listen = (member: Member) => member.socket.on("message", (bytes) => {
    const at = performance.now();
    const { type, rev } = JSON.parse(String(bytes)) as Frame;
    if (type === "presence") [presence, told] = [presence + 1, Date.now()];
    if (type === "state") received.set(rev, [...(received.get(rev) ?? []), at]);
  });
  try {
    while (members.length < count) {
      const joining = Array.from({ length: Math.min(AT_ONCE, count - members.length) }, async () => {
        const member = await room.join(room.invitations.control, "somebody");
        listen(member);
        // What came before the listener was there.
        presence += member.frames.filter(({ type }) => type === "presence").length;
        return member;
      });
      members.push(...(await Promise.all(joining)));
    }
    await until(async () => Date.now() - told, (quiet) => quiet > QUIET, "all to be told who is here");
    const crowd: Crowd = { members: count, presence, spread: [], last: [] };
    for (let n = 0; n < gestures; n++) {
      const began = performance.now();
      const { rev } = await members[0]!.command(n % 2 ? "pause" : "resume");
      const at = await until(async () => received.get(rev) ?? [], ({ length }) => length === count, "all to have it");
      crowd.spread.push(Math.max(...at) - Math.min(...at));
      crowd.last.push(Math.max(...at) - began);
    }
    return crowd;
  } finally {
    members.forEach((member) => member.end());
  }
}
