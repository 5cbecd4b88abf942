// The WebAssembly half of media, embedded in this file like the client's; an instance is one element.

import wasm from "#media-wasm";
import { compile } from "../inflate.ts";
import type { MediaState } from "../media-types.ts";

/** What to do to a media element, as `crates/media/src/element.rs` has it. A test over there compares the two. */
export const enum MediaAction {
  Nothing,
  Load,
  Pause,
  Play,
  Change,
}

/** What holds of media, as `crates/core/src/media/observed.rs` has it. */
export const enum Traits {
  Paused = 1,
  Ended = 2,
  Busy = 4,
  Ready = 8,
  Loadable = 16,
  Failed = 32,
  Muted = 64,
  Detached = 128,
  Hidden = 256,
  WasPaused = 512,
  Stream = 1024,
  Touched = 2048,
  Starved = 4096,
}

/** In the order of `crates/core/src/media/state.rs`. */
export const STATES = [
  "loading",
  "playing",
  "held",
  "ended",
  "paused",
  "hidden",
  "blocked",
  "stalled",
  "unseekable",
  "live",
  "failed",
  "released",
] as const satisfies readonly MediaState[];

/** The exports of `crates/media/src/exports.rs`; `element.rs` documents them. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  begin(begins: number, seeksOnly: boolean, length: number, plays: boolean): void;
  allocate_numbers(count: number): number;
  set_timeline(startsAt: number, endedAt: number): void;
  set_nudge(ms: number): void;
  rejoin(): void;
  handle_refusal(): void;
  handle_frame(frame: number, position: number, shownIn: number, rate: number): void;
  handle_reading(
    ...read: [traits: number, position: number, duration: number, seekable: number, rate: number, server: number, now: number]
  ): MediaAction;
  seek(): number;
  rate(): number;
  state(): number;
  next_read_in(now: number): number;
  drift(): number;
}

export type Core = Exports & { write(numbers: Float64Array): void };

let module: Promise<WebAssembly.Module> | undefined;

/** Creates the core of one element; call its `begin` before anything else. */
export async function createCore(): Promise<Core> {
  const { exports } = await WebAssembly.instantiate(await (module ??= compile(wasm)));
  const core = exports as unknown as Exports;
  return {
    ...core,
    /** Writes the segments of a timeline for `set_timeline`. */
    write(numbers) {
      // Allocating may replace the buffer.
      const address = core.allocate_numbers(numbers.length);
      new Float64Array(core.memory.buffer, address, numbers.length).set(numbers);
    },
  };
}
