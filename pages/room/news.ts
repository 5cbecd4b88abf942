// Who did what last: on the page, and for screen readers. In a room where everyone has the controls, people ask that first.

import type { Room } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { formatNumber, formatPosition } from "../shared/format.ts";
import { speak } from "../shared/speech.ts";
import { formatNames, nameOf, say } from "./words.ts";

/** Shows and says the last change, from now on. */
export function news(room: Room): void {
  let known: string | undefined;
  room.on("state", () => {
    const change = room.room?.lastChange;
    if (!change) return;
    const key = `${change.name} ${change.at}`;
    const isNews = known !== undefined && known !== key;
    known = key;
    const text = describe(room);
    if (text === undefined || !isNews) return;
    write(find("news"), text);
    speak(text);
  }, { now: true });
  room.on("wait", (wait) => {
    if (wait) speak(say("waitingFor", { names: awaited(room) }));
    // By what is scheduled: the room may be about to play. If somebody paused it, that was said.
    else if (room.state?.timeline.at(-1)?.rate) speak(say("goesOnNow"));
  });
}

/** Returns whom the room waits for. */
export function awaited(room: Room): string {
  const members = room.members.filter(({ readiness }) => readiness === "awaited-buffering");
  return members.length > 0 ? formatNames(members) : nameOf(room.wait?.name);
}

/** Describes the last change if a person made it: `Ana paused`. */
function describe(room: Room): string | undefined {
  const { name: change, actor } = room.room!.lastChange;
  const name = nameOf(actor);
  const last = room.state?.timeline.at(-1);
  switch (change) {
    case "pause": return say("didPause", { name });
    case "resume": return say("didPlay", { name });
    case "seek": return say("didSeek", { name, time: formatPosition(last?.position ?? 0) });
    case "rate": return say("didRate", { name, rate: formatNumber(playingRate(room)) });
    case "content": return say("didContent", { name });
    default: return undefined;
  }
}

/** Returns how fast the room plays when it is not held. */
export function playingRate(room: Room): number {
  return room.state?.timeline.findLast((segment) => segment.rate > 0)?.rate ?? 1;
}
