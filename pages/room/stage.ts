// The video, what covers it, and what it says.

import type { Room } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { speak } from "../shared/speech.ts";
import { CLIP } from "./start.ts";

/** Makes the video show the room's content and follow it. */
export function stage(room: Room): HTMLVideoElement {
  const video = find<HTMLVideoElement>("video");
  const binding = room.bindMedia(video);
  const rejoin = find("rejoin");
  rejoin.addEventListener("click", () => binding.rejoin());
  // A press on the picture is what people try first; it is theirs alone.
  video.addEventListener("click", () => { if (!video.paused) video.pause(); else binding.rejoin(); });

  let shown: string | null | undefined;
  room.on("state", () => {
    const content = room.room?.content;
    write(find("title"), title(room) || "Watch together");
    if (content === shown) return;
    shown = content;
    void load(video, content ?? null);
  }, { now: true });
  const cover = () => write(find("cover"), covering(room, binding.state));
  room.on("media", ({ state }) => {
    rejoin.hidden = state !== "paused" && state !== "blocked";
    write(rejoin, state === "blocked" ? "Play" : "Rejoin the others");
    cover();
  });
  room.on("wait", (wait) => {
    if (wait) speak(`Waiting for ${wait.name || "somebody"}.`);
    cover();
  });
  room.on("status", (status) => {
    speak(status === "running" ? "Playing." : "Held.");
    cover();
  });
  setInterval(cover, 500);
  return video;
}

function title(room: Room): string {
  const { state } = room;
  return state && "title" in state ? state.title : "";
}

/** The static files of a worker cannot be sought in, so our own clip is loaded whole. */
async function load(video: HTMLVideoElement, content: string | null): Promise<void> {
  if (content === null) return video.removeAttribute("src");
  if (content !== CLIP) return void (video.src = content);
  const response = await fetch(CLIP).catch(() => undefined);
  if (response?.ok) video.src = URL.createObjectURL(await response.blob());
}

/** Returns what is said over the picture; nothing while it plays. */
function covering(room: Room, media: string): string {
  const { wait, connection } = room;
  const server = room.now();
  if (connection.why === "unknown-event") return "There is no such room. It may be over, or the link is not whole.";
  if (connection.state === "acquiring") return "Connecting";
  if (room.room?.content === null) return "No video has been chosen yet.";
  if (wait && server !== undefined && server >= wait.from) {
    return `Waiting for ${wait.name || "somebody"}, at most ${Math.max(1, Math.ceil((wait.until - server) / 1_000))} s more`;
  }
  if (media === "failed") return "This video cannot be played here.";
  if (media === "stalled") return "Loading";
  if (media === "paused") return "Paused for you alone";
  return "";
}
