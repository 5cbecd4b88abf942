// Play, pause, position and speed, for those who have the controls; for others, who has them.

import { type Room, RoomError } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { formatPosition } from "../shared/format.ts";

/** Wires the controls to the room. */
export function controls(room: Room, video: HTMLVideoElement): void {
  const play = find<HTMLButtonElement>("play");
  const seek = find<HTMLInputElement>("seek");
  const rate = find<HTMLSelectElement>("rate");
  const sound = find<HTMLButtonElement>("sound");
  let isDragging = false;

  const command = (given: Promise<void>) => given.then(() => write(find("refused"), ""), (error: unknown) => {
    write(find("refused"), error instanceof RoomError ? error.message : "That did not work; try again.");
  });
  play.addEventListener("click", () => command(room.rate() ? room.pause() : room.play()));
  seek.addEventListener("input", () => {
    isDragging = true;
    write(find("time"), formatPosition(Number(seek.value) * 1_000));
  });
  seek.addEventListener("change", () => {
    isDragging = false;
    void command(room.seek(Number(seek.value) * 1_000));
  });
  rate.addEventListener("change", () => command(room.setRate(Number(rate.value))));
  sound.addEventListener("click", () => { video.muted = !video.muted; });
  video.addEventListener("volumechange", () => {
    write(sound, video.muted ? "Sound on" : "Sound off");
    sound.ariaPressed = String(!video.muted);
  });
  // The space bar, wherever nothing else needs it.
  addEventListener("keydown", (event) => {
    if (event.key !== " " || event.repeat || (event.target as Element).closest("button, input, select, a")) return;
    event.preventDefault();
    if (!play.disabled) play.click();
  });

  const update = () => {
    const position = Math.max(0, room.position() ?? 0);
    for (const control of [play, seek, rate]) control.disabled = !room.canControl;
    write(play, room.rate() ? "Pause" : "Play");
    const length = Number.isFinite(video.duration) ? Math.floor(video.duration) : 0;
    seek.max = String(length);
    if (isDragging) return;
    seek.value = String(Math.min(length, Math.floor(position / 1_000)));
    seek.ariaValueText = formatPosition(position);
    write(find("time"), length ? `${formatPosition(position)} / ${formatPosition(length * 1_000)}` : formatPosition(position));
    const playing = room.state?.timeline.findLast((segment) => segment.rate > 0)?.rate;
    if (playing && document.activeElement !== rate) rate.value = String(playing);
  };
  setInterval(update, 250);
  update();
}
