// The video: a clip of two minutes that loops along the event's timeline.

import type { Downbeat } from "downbeat-client";
import { onTick } from "./ticker.ts";

/** The length of a loop, in ms. The clip is a second longer, so that players do not reach its end and stop. */
const LENGTH = 120_000;

/** The video's state. */
export interface Clip {
  /** Returns how far it is ahead of the event, in ms; undefined while that is not known or the video is paused. */
  drift(): number | undefined;
  /** Whether the clip could not be loaded. */
  readonly isMissing: boolean;
}

/**
 * Fetches the whole clip and returns a `blob:` URL of it; undefined if it cannot be loaded. The file's own URL would not
 * do as `src`: Workers' static assets do not support range requests, so the element could not seek.
 */
export async function fetchClip(): Promise<string | undefined> {
  try {
    const response = await fetch("/clip.mp4");
    return response.ok ? URL.createObjectURL(await response.blob()) : undefined;
  } catch {
    return undefined;
  }
}

/** Makes `video` play the clip with the event. Where the browser allows playing only after a gesture, shows `button`. */
export function clip(
  video: HTMLVideoElement,
  button: HTMLElement,
  fetched: Promise<string | undefined>,
  event: Downbeat,
): Clip {
  let bound: ReturnType<Downbeat["bindMedia"]> | undefined;
  let begins: number | undefined;
  let isMissing = false;

  const bind = (position: number | undefined) => {
    // Before the event begins, the first frame is shown.
    const loopStart = Math.max(0, Math.floor((position ?? 0) / LENGTH)) * LENGTH;
    if (!video.src || position === undefined || loopStart === begins) return;
    bound?.release();
    // Otherwise the client would first have to measure a drift of two minutes.
    if (begins !== undefined && video.readyState > 0) video.currentTime = Math.max(0, position - loopStart) / 1_000;
    begins = loopStart;
    bound = event.bindMedia(video, { begins });
  };
  onTick(bind);

  // The client plays the video, and retries while the browser refuses; this only finds out whether it does.
  const attempt = () => {
    if (event.status !== "running" || video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA || !video.paused) return;
    video.play().catch((error) => { if (error.name === "NotAllowedError") button.hidden = false; });
  };
  event.on("status", attempt);
  video.addEventListener("canplay", attempt);
  video.addEventListener("playing", () => { button.hidden = true; });
  button.addEventListener("click", attempt);

  void fetched.then((url) => {
    if (url === undefined) isMissing = true;
    else video.src = url;
    bind(event.position());
  });
  return { drift: () => bound?.drift, get isMissing() { return isMissing; } };
}
