// What the client has of media before `downbeat-media.js` is there: most pages never need that file.

import type { Follower, Host } from "#media";
import type { MediaBinding, MediaOptions, MediaPlayer, MediaState } from "./media-types.ts";

/** How long to wait before the file is requested again, in ms. */
const RETRY = 5_000;

/** Media that follows the event as soon as the file is loaded. */
export class Binding implements MediaBinding {
  #follower: Follower | undefined;
  #state: MediaState = "loading";
  #attempts = 0;

  constructor(media: HTMLMediaElement | MediaPlayer, options: MediaOptions, host: Host) {
    // What plays now and is paused when the file is there was paused meanwhile.
    void this.#load(media, options, host, !media.paused);
  }

  get drift(): number | undefined { return this.#follower?.drift; }

  get state(): MediaState { return this.#follower?.state ?? this.#state; }

  read(): void { this.#follower?.read(); }

  rejoin(): void { this.#follower?.rejoin(); }

  release(): void {
    this.#state = "released";
    this.#follower?.release();
  }

  async #load(...args: [HTMLMediaElement | MediaPlayer, MediaOptions, Host, boolean]): Promise<void> {
    let file;
    try {
      file = await import("#media").catch((cause) => this.#attempts++ ? again(this.#attempts) : Promise.reject(cause));
    } catch (cause) {
      if (this.#state === "loading") {
        reportError(new Error("bindMedia needs downbeat-media.js beside downbeat-client.js, and it could not be loaded", { cause }));
        args[2].emit({ media: args[0], state: this.#state = "missing", drift: undefined });
      }
      if (this.#state === "missing") setTimeout(() => this.#load(...args), RETRY);
      return;
    }
    const follower = await file.follow(...args);
    if (this.#state === "released") return follower.release();
    this.#follower = follower;
    follower.read();
  }
}

/** Imports the file by another URL: Firefox and Safari never request a module again that once failed. */
function again(attempt: number): Promise<typeof import("#media")> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ `${new URL(`downbeat-media.js?${attempt}`, import.meta.url)}`);
}
