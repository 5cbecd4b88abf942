// The page of a watch room. Each file beside this one is one part of it.

import { joinRoom, type Room } from "downbeat-client/room";
import { stop } from "../shared/alert.ts";
import { connectionLight } from "../shared/connection-light.ts";
import { find, write } from "../shared/dom.ts";
import { fullScreen } from "../shared/full-screen.ts";
import { type Address, forgetInvitations, invitations, readAddress } from "./address.ts";
import { controls } from "./controls.ts";
import { faces } from "./faces.ts";
import { invite } from "./invite.ts";
import { members } from "./members.ts";
import { news } from "./news.ts";
import { showOver } from "./over.ts";
import { sayFailure, sayRefusal } from "./refusals.ts";
import { stage } from "./stage.ts";
import { askName, showPart, startRoom } from "./start.ts";
import { loadRoomWords, say } from "./words.ts";

await loadRoomWords();
// Another link in the same tab is another room.
addEventListener("hashchange", () => location.reload());

const address = readAddress();
if (address) await enter(address);
else startRoom();

async function enter(address: Address): Promise<void> {
  const person = await askName(invitations(address.room).own === address.invitation);
  let room: Room;
  try {
    room = await joinRoom({ server: location.origin, room: address.room, invitation: address.invitation, name: person });
  } catch (error) {
    console.warn(error);
    return stop(say("noWebAssembly"));
  }
  showPart("room");
  find("title").focus();
  let why = { code: "left", detail: "" };
  room.on("refused", (refusal) => {
    why = refusal;
    if (refusal.code === "room-full") write(find("refused"), sayRefusal(refusal));
  });
  room.on("connection", ({ state }) => {
    if (state !== "left") return;
    find<HTMLVideoElement>("video").pause();
    if (why.code === "unknown-event") forgetInvitations(address.room);
    showOver(why.code, why.detail);
  });
  find("leave").addEventListener("click", () => {
    why = { code: "left", detail: "" };
    room.leave();
  });
  connectionLight(find("light"), room);
  const { video, binding } = stage(room);
  controls(room, video, binding);
  news(room);
  members(room);
  invite(room, address);
  change(room);
  faces(room, address);
  fullScreen(find("full"), find("theatre"));
  addEventListener("pagehide", () => room.leave());
  // A page that the browser kept has left its room.
  addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
}

/** Choosing another video, for those who have the controls. */
function change(room: Room): void {
  const show = () => { find("change").hidden = !room.canControl; };
  room.on("role", show);
  room.on("state", show, { now: true });
  find("content-form").addEventListener("submit", (submission) => {
    submission.preventDefault();
    const field = find<HTMLInputElement>("content");
    room.setContent(field.value.trim() || null).then(() => {
      field.value = "";
      write(find("refused"), "");
    }, (error: unknown) => write(find("refused"), sayFailure(error)));
  });
}
