/**
 * Downbeat for browsers: the event's time with an error bound, its cues, and media kept on its timeline.
 *
 * ```js
 * import { join } from "downbeat-client";
 * const event = await join({ server: "https://downbeat.example.workers.dev", event: "main" });
 * event.on("cue", ({ turn, cue, into }) => console.log(turn, cue.action, cue.params, `${into} ms into it`));
 * const video = document.querySelector("video");
 * if (video) event.bindMedia(video);
 * ```
 *
 * @packageDocumentation
 */

export { Downbeat, isEventName, join, type JoinOptions } from "./client.ts";
export type { ClockChange, Connection, CueTurn, Events, Listener, ListenOptions, Message, RundownChange, Snapshot, Status, Text } from "./events.ts";
export type { MediaBinding, MediaChange, MediaOptions, MediaPlayer, MediaState } from "./media-types.ts";
export type { Cue, Rundown, Track } from "./rundown.ts";
export type { TimingProvider, TimingVector } from "./timing.ts";
export type * from "./wire.ts";
