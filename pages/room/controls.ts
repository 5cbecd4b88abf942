// Play, pause, position and speed, for those who have the controls. Those who do not have a pause of their own.

import type { MediaBinding, Room } from "downbeat-client/room";
import { find, write } from "../shared/dom.ts";
import { formatPosition } from "../shared/format.ts";
import { playingRate } from "./news.ts";
import { sayFailure } from "./refusals.ts";
import { say } from "./words.ts";

/** How often position and buttons are updated, in ms. */
const UPDATE_INTERVAL = 250;

/** Wires the controls to the room. */
export function controls(room: Room, video: HTMLVideoElement, binding: MediaBinding): void {
  const play = find<HTMLButtonElement>("play");
  const seek = find<HTMLInputElement>("seek");
  const rate = find<HTMLSelectElement>("rate");
  const sound = find<HTMLButtonElement>("sound");
  const refused = find("refused");
  let isDragging = false;

  const command = (given: Promise<void>) => {
    // It is sent when the connection is back, if that is soon.
    write(refused, room.connection.state === "live" ? "" : say("notSentYet"));
    return given.then(() => write(refused, ""), (error: unknown) => write(refused, sayFailure(error)));
  };
  const length = () => (Number.isFinite(video.duration) ? Math.floor(video.duration * 1_000) : 0);
  const position = () => Math.max(0, room.position() ?? 0);
  const isAtEnd = () => length() > 0 && position() >= length();
  const isOwnPause = () => binding.state === "paused" || binding.state === "blocked";
  // During a wait the room stands, and play ends the wait.
  const willPlay = () => (room.wait ? room.rate() : room.state?.timeline.at(-1)?.rate ?? 0) !== 0;

  /** Returns what the large button is for now. */
  const meaning = (): "play" | "again" | "pause" | "pauseOwn" | "rejoin" => {
    if (!room.canControl) return isOwnPause() ? "rejoin" : "pauseOwn";
    if (isAtEnd() && willPlay()) return "again";
    return willPlay() ? "pause" : "play";
  };
  const press = () => {
    switch (meaning()) {
      case "play":
        binding.rejoin();
        // From its end it would play nothing.
        if (isAtEnd()) void command(room.seek(0));
        return command(room.play());
      case "again":
        binding.rejoin();
        return command(room.seek(0));
      case "pause": return command(room.pause());
      case "pauseOwn": return video.pause();
      case "rejoin": return binding.rejoin();
    }
  };
  play.addEventListener("click", () => void press());
  // A press on the picture is what people try first. While it plays, it is theirs alone: most such presses are accidents.
  video.addEventListener("click", () => {
    if (isOwnPause()) binding.rejoin();
    else if (!video.paused) video.pause();
    else if (room.canControl) void press();
  });
  find("rejoin").addEventListener("click", () => {
    binding.rejoin();
    play.focus();
  });
  find("pause-all").addEventListener("click", () => {
    void command(room.pause()).then(() => binding.rejoin());
    play.focus();
  });
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
  const showSound = () => write(sound, say(video.muted ? "unmute" : "mute"));
  video.addEventListener("volumechange", showSound);
  showSound();
  // The space bar, wherever nothing else needs it.
  addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    if (event.key === " " && !target.closest("button, input, select, a") && !find("room").hidden) {
      event.preventDefault();
      if (!play.disabled) play.click();
    } else if (event.key === "f" && !target.closest("input, select")) find("full").click();
  });

  const update = () => {
    const controls = room.canControl;
    seek.disabled = rate.disabled = !controls;
    // A viewer's own pause is of use while the room plays.
    play.disabled = controls ? false : !isOwnPause() && video.paused;
    write(play, say(meaning()));
    const [at, end] = [length() ? Math.min(position(), length()) : position(), length()];
    seek.max = String(Math.floor(end / 1_000));
    const playing = String(playingRate(room));
    if (document.activeElement !== rate && rate.value !== playing) {
      // A speed that somebody chose by other means.
      if (![...rate.options].some(({ value }) => value === playing)) rate.add(new Option(`${playing} ×`, playing));
      rate.value = playing;
    }
    if (isDragging) return;
    seek.value = String(Math.floor(at / 1_000));
    seek.ariaValueText = end ? say("placeIn", { time: formatPosition(at), length: formatPosition(end) }) : formatPosition(at);
    write(find("time"), end ? `${formatPosition(at)} / ${formatPosition(end)}` : formatPosition(at));
  };
  setInterval(update, UPDATE_INTERVAL);
  for (const name of ["state", "role", "media"] as const) room.on(name, update);
  update();
}
