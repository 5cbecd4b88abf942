// The video: two minutes that the event plays again and again.

import type { Downbeat } from "downbeat-client";
import { onTick } from "./ticker.ts";

/** How much of the clip is played before it begins anew, in ms. It has a second more, so that players do not stop. */
const LENGTH = 120_000;

/** What is known of the video. */
export interface Clip {
  /** Returns how far it is ahead of the event, in ms; undefined while that is not known, or it stands. */
  drift(): number | undefined;
  /** Whether it could not be had. */
  readonly isMissing: boolean;
}

/**
 * Fetches the clip whole. Static assets of Workers are not answered in ranges, and what is not cannot be sought in: as
 * `src` of the element, the file's own URL would play from the beginning only. A `blob:` URL can.
 */
export async function fetchClip(): Promise<string | undefined> {
  try {
    const response = await fetch("/clip.mp4");
    return response.ok ? URL.createObjectURL(await response.blob()) : undefined;
  } catch {
    return undefined;
  }
}

/** Has `video` play the clip with the event. Where the browser refuses to before it was touched, `button` asks for that. */
export function clip(
  video: HTMLVideoElement,
  button: HTMLElement,
  fetched: Promise<string | undefined>,
  event: Downbeat,
): Clip {
  let bound: ReturnType<Downbeat["bindMedia"]> | undefined;
  let begins: number | undefined;
  let isMissing = false;

  const follow = (position: number | undefined) => {
    // Before the event it stands at its first picture.
    const round = Math.max(0, Math.floor((position ?? 0) / LENGTH)) * LENGTH;
    if (!video.src || position === undefined || round === begins) return;
    bound?.release();
    // Otherwise the client would first make sure of a drift of two minutes.
    if (begins !== undefined && video.readyState > 0) video.currentTime = Math.max(0, position - round) / 1_000;
    begins = round;
    bound = event.bindMedia(video, { begins });
  };
  onTick(follow);

  // The client plays it, and asks again for as long as that is refused; here is only told whether it is.
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
    follow(event.position());
  });
  return { drift: () => bound?.drift, get isMissing() { return isMissing; } };
}
