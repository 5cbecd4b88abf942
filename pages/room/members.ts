// Who is here.

import type { MemberBody, Room } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { speak } from "../shared/speech.ts";

const ROLES: Record<string, string> = { owner: "owner", controller: "has the controls", viewer: "watches" };

/** Shows the members, from now on. */
export function members(room: Room): void {
  const draw = () => {
    write(find("count"), String(room.counts.members || ""));
    find("members").replaceChildren(...room.members.map((member) => item(member, member.id === room.member)));
  };
  room.on("member", ({ change, member }) => {
    draw();
    if (change !== "changed" && member.id !== room.member) speak(`${member.name || "Somebody"} ${change === "left" ? "has left" : "is here"}.`);
  });
  room.on("role", draw);
  draw();
}

function item({ name, role, readiness }: MemberBody, isSelf: boolean): HTMLLIElement {
  const item = document.createElement("li");
  const who = document.createElement("bdi");
  who.textContent = name || "Somebody";
  const what = document.createElement("span");
  what.className = "dim";
  const parts = [isSelf ? "you" : "", ROLES[role] ?? role, readiness === "ready" ? "" : "loading"];
  what.textContent = parts.filter((part) => part !== "").join(" · ");
  item.append(who, what);
  return item;
}
