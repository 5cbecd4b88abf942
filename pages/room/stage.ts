// The video, and what is said over it.

import type { MediaBinding, Room } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { formatSpan } from "../shared/format.ts";
import { awaited } from "./news.ts";
import { CLIP } from "./start.ts";
import { nameOf, say } from "./words.ts";

/** How often what is over the picture is updated, in ms: it counts seconds. */
const UPDATE_INTERVAL = 500;

/** Makes the video show the room's content and follow it. */
export function stage(room: Room): { video: HTMLVideoElement; binding: MediaBinding } {
  const video = find<HTMLVideoElement>("video");
  const binding = room.bindMedia(video);
  let shown: string | null | undefined;
  room.on("state", () => {
    const content = room.room?.content;
    const name = title(room) || say("watchTogether");
    write(find("title"), name);
    document.title = name;
    if (content === shown) return;
    shown = content;
    void load(video, content ?? null);
  }, { now: true });

  const cover = () => {
    const [text, place] = covering(room, binding.state);
    write(find("cover"), text);
    find("cover").dataset["place"] = place;
    const isOwn = binding.state === "paused" || binding.state === "blocked";
    find("own-pause").hidden = !isOwn;
    write(find("rejoin"), say(binding.state === "blocked" ? "play" : "rejoin"));
    find("pause-all").hidden = !room.canControl || room.rate() === 0 || binding.state === "blocked";
  };
  for (const name of ["media", "wait", "status", "state"] as const) room.on(name, cover);
  setInterval(cover, UPDATE_INTERVAL);
  cover();
  return { video, binding };
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

/** Returns what is said over the picture, nothing while it plays; and where, since people pause to look at the picture. */
function covering(room: Room, media: string): [text: string, place: "middle" | "top"] {
  const { wait, connection, state } = room;
  const server = room.now();
  if (!state) return [say(connection.why === "first-answer" ? "connecting" : "noAnswerYet"), "middle"];
  if (room.room?.content === null) return [say(room.canControl ? "chooseVideo" : "noVideo"), "middle"];
  if (media === "failed") return [say("cannotPlay"), "middle"];
  if (wait && server !== undefined && server >= wait.from) {
    const time = formatSpan(Math.max(1, Math.ceil((wait.until - server) / 1_000)) * 1_000);
    return [say("waitingAtMost", { names: awaited(room), time }), "middle"];
  }
  if (media === "blocked") return [say("blocked"), "top"];
  if (media === "paused") return [say("ownPause"), "top"];
  if (media === "stalled" || media === "loading" || media === "missing") return [say("loading"), "middle"];
  if (media === "unseekable") return [say("unseekable"), "top"];
  if (media === "ended") return [say("videoOver"), "middle"];
  if (room.rate() !== 0) return ["", "top"];
  const { name, actor } = room.room!.lastChange;
  if (name === "pause") return [say("pausedBy", { name: nameOf(actor) }), "top"];
  if (state.timeline.at(-1)?.position === 0) return [say(room.canControl ? "pressPlay" : "notBegun"), "middle"];
  return [say("held"), "top"];
}
