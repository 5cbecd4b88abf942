// The page of a watch room. Each file beside this one is one part of it.

import { joinRoom, type Room } from "downbeat-client/room";
import { stop } from "../shared/alert.ts";
import { connectionLight } from "../shared/connection-light.ts";
import { find, write } from "../shared/dom.ts";
import { loadWords, say } from "../shared/words.ts";
import { type Address, invitations, link, readAddress } from "./address.ts";
import { controls } from "./controls.ts";
import { faces } from "./faces.ts";
import { members } from "./members.ts";
import { stage } from "./stage.ts";
import { askName, showPart, startRoom } from "./start.ts";

void loadWords();
// Another link in the same tab is another room.
addEventListener("hashchange", () => location.reload());

const address = readAddress();
if (address) await enter(address);
else startRoom();

async function enter({ room: name, invitation }: Address): Promise<void> {
  const person = await askName();
  let room: Room;
  try {
    room = await joinRoom({ server: location.origin, room: name, invitation, name: person });
  } catch (error) {
    console.warn(error);
    return stop(say("noWebAssembly"));
  }
  showPart("room");
  let why = "The room goes on without you.";
  room.on("refused", ({ detail }) => { why = detail; });
  room.on("connection", ({ state }) => {
    if (state !== "left") return;
    find<HTMLVideoElement>("video").pause();
    write(find("over-text"), why);
    showPart("over");
  });
  connectionLight(find("light"), room);
  controls(room, stage(room));
  members(room);
  links(room, name);
  faces(room, { room: name, invitation });
  find("again").addEventListener("click", () => location.reload());
  find("leave").addEventListener("click", () => room.leave());
  addEventListener("pagehide", () => room.leave());
}

/** What owners and controllers can do beside the video's controls. */
function links(room: Room, name: string): void {
  const { view, control } = invitations(name);
  find("links").hidden = !view;
  for (const [id, invitation] of [["copy-view", view], ["copy-control", control]] as const) {
    find(id).addEventListener("click", async () => {
      const text = link(name, invitation!);
      await navigator.clipboard.writeText(text).then(
        () => write(find("copied"), "Copied. Whoever has the link can come in."),
        () => write(find("copied"), text),
      );
    });
  }
  room.on("role", (role) => { find("change").hidden = role === "viewer"; }, { now: true });
  find("content-form").addEventListener("submit", (submission) => {
    submission.preventDefault();
    const field = find<HTMLInputElement>("content");
    room.setContent(field.value.trim() || null).then(() => { field.value = ""; }, (error: Error) => write(find("refused"), error.message));
  });
}
