// A member whose player stops for ever: what that costs the others.

import type { Server } from "../../tests/edge/harness/calls.ts";
import { Room } from "../../tests/edge/harness/room.ts";
import { TOKENS } from "../../tests/edge/harness/tokens.ts";
import { until } from "../../tests/edge/harness/until.ts";

/** The room's `max`, in ms; and for how long it is watched afterwards: longer than it has to play before it may wait again. */
const [MAX, WATCHED] = [3_000, 14_000];

/** Returns for how long the room was held, in ms, once for each wait. */
export async function stall(server: Server): Promise<{ max: number; held: number[] }> {
  const room = await Room.make(server, { wait: { max: MAX } }, TOKENS.all);
  const [ana, boris] = await Promise.all([room.controller("Ana"), room.controller("Boris")]);
  const { rev, effectiveAt } = await ana.command("resume");
  await ana.has(rev);
  await until(async () => Date.now(), (now) => now > effectiveAt, "the room to play");
  boris.send({ type: "ready", ready: false });
  await ana.has(rev + 1);
  const waits = new Map<number, number>();
  const look = async () => {
    const { wait } = ana.state.room;
    if (wait) waits.set(wait.from, wait.until);
    return Math.max(...waits.values());
  };
  await until(look, (over) => Date.now() > over + WATCHED, "the room to go on");
  for (const member of [ana, boris]) member.end();
  return { max: MAX, held: [...waits].map(([from, until]) => until - from) };
}
