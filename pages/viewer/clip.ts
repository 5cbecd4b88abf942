// The video: a clip of two minutes that loops along the event's timeline.

import type { Downbeat } from "downbeat-client";

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

/**
 * Makes `video` play the clip with the event. Shows `button` where the browser allows playing only after a gesture, and after a
 * viewer has paused the video themselves.
 */
export function clip(
  video: HTMLVideoElement,
  button: HTMLElement,
  fetched: Promise<string | undefined>,
  event: Downbeat,
): Clip {
  let isMissing = false;
  const bound = event.bindMedia(video, { loop: LENGTH });
  event.on("media", ({ state }) => { button.hidden = state !== "blocked" && state !== "paused"; });
  button.addEventListener("click", () => event.rejoin());

  void fetched.then((url) => {
    if (url === undefined) isMissing = true;
    else video.src = url;
  });
  return { drift: () => bound.drift, get isMissing() { return isMissing; } };
}
