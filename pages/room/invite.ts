// The links that let others in. Whoever is here may pass on what their own link gives; who made the room has both links.

import type { Room, RoomAnswer } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { type Address, invitations, keepInvitations, link } from "./address.ts";
import { say } from "./words.ts";

/** Wires the buttons that copy links. */
export function invite(room: Room, { room: name, invitation }: Address): void {
  let made = invitations(name);
  const texts = () => ({
    view: made.view ?? (room.role === "viewer" ? invitation : undefined),
    // Where everyone has the controls, one link is enough.
    control: room.room?.controls === "everyone" ? undefined : made.control ?? (room.role === "controller" ? invitation : undefined),
  });
  const show = () => {
    const { view, control } = texts();
    find("copy-view").hidden = !view;
    find("copy-control").hidden = !control;
    write(find("copy-view"), say(control ? "copyView" : "copyLink"));
    // An owner who comes by another device does not know the links.
    find("new-link").hidden = find("new-link-note").hidden = room.role !== "owner" || !!view;
    find("links").hidden = !view && !control && find("new-link").hidden;
  };
  room.on("role", show);
  room.on("state", show, { now: true });
  find("new-link").addEventListener("click", async () => {
    try {
      const [view, control] = [await replace(name, invitation, "view"), await replace(name, invitation, "control")];
      made = { view: view.view!, control: control.control!, own: invitation };
      keepInvitations({ event: name, invitations: made });
      show();
      find("copy-view").focus();
    } catch {
      write(find("copied"), say("failed"));
    }
  });
  for (const kind of ["view", "control"] as const) {
    find(`copy-${kind}`).addEventListener("click", async () => {
      const text = link(name, texts()[kind]!);
      const field = find<HTMLInputElement>("link");
      await navigator.clipboard.writeText(text).then(() => {
        field.hidden = true;
        write(find("copied"), say(kind === "view" ? "copied" : "copiedControl"));
      }, () => {
        // The browser refuses: then by hand.
        field.hidden = false;
        field.value = text;
        field.select();
        write(find("copied"), say("copyByHand"));
      });
    });
  }
}

/** Replaces the invitation of a role, whose link stops working, and returns the new one. */
async function replace(room: string, own: string, role: "view" | "control"): Promise<RoomAnswer["invitations"]> {
  const headers = { authorization: `Bearer ${own}`, "content-type": "application/json" };
  const response = await fetch(`/v1/events/${room}/invitations`, { method: "POST", headers, body: JSON.stringify({ role }) });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}
