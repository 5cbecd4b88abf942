// Who is here, and who has the controls.

import type { MemberBody, Room } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { formatNumber } from "../shared/format.ts";
import { speak } from "../shared/speech.ts";
import { formatNames, nameOf, say } from "./words.ts";
import type { RoomWords } from "./words/en.ts";

/** How long those who come and go are collected before a screen reader says who, in ms: a room fills in a few seconds. */
const COLLECTS = 1_500;

const ROLES: Record<MemberBody["role"], keyof RoomWords> = { owner: "roleOwner", controller: "roleController", viewer: "roleViewer" };

/** Shows the members, from now on. */
export function members(room: Room): void {
  const draw = () => {
    const isListed = room.counts.members <= room.members.length;
    write(find("count"), room.counts.members ? formatNumber(room.counts.members) : "");
    find("members").replaceChildren(...(isListed ? room.members.map((member) => item(room, member)) : []));
    find("unlisted").hidden = isListed;
    write(find("holders"), holders(room));
  };
  const say = speaker(room);
  room.on("member", ({ change, member }) => {
    draw();
    if (change !== "changed" && member.id !== room.member) say(change, member);
  });
  room.on("role", draw);
  room.on("state", draw, { now: true });
}

/** Returns who has the controls. */
function holders(room: Room): string {
  if (!room.role) return "";
  if (room.room?.controls === "everyone") return say("everyoneControls");
  if (room.canControl) return say("youControl");
  const others = room.members.filter(({ role }) => role !== "viewer");
  return others.length > 0 ? say("othersControl", { names: formatNames(others) }) : say("nobodyControls");
}

/** Returns a function that has a screen reader say who came and who left, several at a time, and then who has the controls. */
function speaker(room: Room): (change: "joined" | "left", member: MemberBody) => void {
  const [came, went] = [new Map<string, MemberBody>(), new Map<string, MemberBody>()];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let held = "";
  return (change, member) => {
    const [to, from] = change === "joined" ? [came, went] : [went, came];
    // Whoever reloads the page was not away.
    if (!from.delete(member.id)) to.set(member.id, member);
    timer ??= setTimeout(() => {
      timer = undefined;
      const texts = [];
      if (came.size > 0) texts.push(say("saysCame", { names: formatNames([...came.values()]) }));
      if (went.size > 0) texts.push(say("saysLeft", { names: formatNames([...went.values()]) }));
      if (held !== (held = holders(room))) texts.push(held);
      came.clear();
      went.clear();
      if (texts.length > 0) speak(texts.join(" "));
    }, COLLECTS);
  };
}

function item(room: Room, { id, name, role, readiness }: MemberBody): HTMLLIElement {
  const item = document.createElement("li");
  const who = document.createElement("bdi");
  who.textContent = name || nameOf(name);
  const what = document.createElement("span");
  what.className = "dim";
  // Where everyone has the controls, only who made the room is anything else.
  const isSaid = role === "owner" || room.room?.controls !== "everyone";
  const loads = readiness === "ready" ? [] : [say(readiness === "awaited-buffering" ? "isAwaited" : "isLoading")];
  what.textContent = [...(id === room.member ? [say("you")] : []), ...(isSaid ? [say(ROLES[role])] : []), ...loads].join(" · ");
  item.append(who, what);
  return item;
}
