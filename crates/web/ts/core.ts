// The WebAssembly half. It lies in this file, deflated, so that the package is one file everywhere; an instance of it is
// one viewer.

import wasm from "#wasm";
import type { Columns } from "./rundown.ts";
import type { Act, Kind, Why } from "./words.ts";

/** What takes numbers only: the exports of `src/exports.rs`, where `src/viewer.rs` says what each does. */
interface Calls {
  tick(now: number, wall: number): void;
  wake(now: number, wall: number): void;
  /** Returns 0 if these are no times of an exchange. */
  answer(t1: number, t2: number, t3: number, t4: number, resync: number, now: number): number;
  heard(now: number): void;
  signed(now: number): void;
  pushed(hub: number, ack: boolean, now: number): void;
  closed(now: number): void;
  failed(ofStatus: boolean, why: Why, now: number): void;
  poll(): Kind;
  value(index: number): number;
  wakes_in(now: number): number;
  time(now: number): number;
  bound(now: number): number;
  position(now: number): number;
  rate(now: number): number;
  countdown(now: number): number;
  /** Returns 0 if position and rate are not known. */
  vector(now: number): number;
  heard_ago(now: number): number;
  bind_media(begins: number, seeksOnly: boolean): number;
  release_media(media: number): void;
  nudge(ms: number): void;
  read_media(
    ...read: [media: number, position: number, duration: number, rate: number, paused: boolean, busy: boolean, seekable: boolean, now: number]
  ): Act;
  media_in(media: number, now: number): number;
  media_drift(media: number): number;
}

/** What takes what lies on the desk. */
interface Desk {
  readonly memory: WebAssembly.Memory;
  numbers(count: number): number;
  text(bytes: number): number;
  desk(): number;
  begin(high: number, low: number, now: number): void;
  remember(): number;
  tell(rev: number, endedAt: number): void;
  tell_details(startsAt: number, pushes: boolean): void;
  pong(rev: number, now: number): void;
  rundown(count: number, now: number): number;
  rundown_failed(now: number): void;
}

/** One viewer of one event. */
export type Viewer = Calls & ReturnType<typeof around>;

let module: Promise<WebAssembly.Module> | undefined;

/** Returns a viewer; they `begin` before anything else. What is compiled for the first of a page serves all. */
export async function start(): Promise<Viewer> {
  const { exports } = await WebAssembly.instantiate(await (module ??= inflate().then(WebAssembly.compile)));
  const core = exports as unknown as Calls & Desk;
  return { ...core, ...around(core) };
}

function inflate(): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}

function around(core: Desk) {
  const at = (address: number, bytes: number) => new Uint8Array(core.memory.buffer, address, bytes);
  const lay = (numbers: Float64Array | BigUint64Array, ...texts: string[]) => {
    // Bytes, as a word that is read as a double may come back as another.
    at(core.numbers(numbers.length), numbers.byteLength).set(new Uint8Array(numbers.buffer, 0, numbers.byteLength));
    const text = new TextEncoder().encode(texts.join("\0"));
    at(core.text(text.length), text.length).set(text);
  };
  return {
    /** Begins, with a number of the viewer's own in two halves, and the memory of an earlier life of the page. */
    begin(high: number, low: number, memory: BigUint64Array, now: number): void {
      lay(memory);
      core.begin(high, low, now);
    },
    /** Returns what has fired, to be stored. */
    memory(): BigUint64Array {
      const count = core.remember();
      return new BigUint64Array(core.memory.buffer, core.desk(), count);
    },
    tell(epoch: string, rev: number, timeline: Float64Array, endedAt: number, rundown: string): void {
      lay(timeline, epoch, rundown);
      core.tell(rev, endedAt);
    },
    tell_details(startsAt: number, messages: Float64Array, pushes: boolean): void {
      lay(messages);
      core.tell_details(startsAt, pushes);
    },
    pong(epoch: string, rev: number, now: number): void {
      lay(new Float64Array(), epoch);
      core.pong(rev, now);
    },
    /** Returns 0 if it is not wanted any more. */
    rundown(digest: string, { count, numbers, ids }: Columns, now: number): number {
      lay(numbers, digest, ids);
      return core.rundown(count, now);
    },
    rundown_failed(digest: string, now: number): void {
      lay(new Float64Array(), digest);
      core.rundown_failed(now);
    },
  };
}
