// The WebAssembly half. It is embedded in this file, deflated, so that the package is a single file; an instance is
// one viewer.

import wasm from "#wasm";
import type { EffectKind, Reason } from "./codes.ts";
import { compile } from "./inflate.ts";
import type { Closing } from "./live.ts";
import type { Columns } from "./rundown.ts";

/** The exports of `src/exports.rs` that take numbers only; `src/viewer.rs` documents them. */
interface Calls {
  handle_tick(now: number, wall: number): void;
  handle_wake(now: number, wall: number): void;
  /** Returns 0 if there was no valid pending state. */
  snapshot(at: number): number;
  /** Returns 0 if the four times are not a possible exchange. */
  handle_answer(t1: number, t2: number, t3: number, t4: number, resync: number, now: number): number;
  handle_status(now: number): void;
  handle_signed(signedAt: number, validUntil: number, now: number): void;
  handle_signed_refused(now: number): void;
  handle_known(now: number): void;
  handle_utc(utc: number, t1: number, t4: number, now: number): void;
  handle_push(hub: number, ack: boolean, sent: number, now: number): void;
  handle_wait(wait: number, now: number): void;
  handle_time_failure(reason: Reason, now: number): void;
  handle_status_failure(reason: Reason, now: number): void;
  poll_effect(): EffectKind;
  value(index: number): number;
  next_tick_in(now: number): number;
  time(now: number): number;
  bound(now: number): number;
  position(now: number): number;
  rate(now: number): number;
  countdown(now: number): number;
  /** Returns 0 if position and rate are not known. */
  timing_vector(now: number): number;
  received_ago(now: number): number;
}

/** The exports that read or write the two buffers. */
interface BufferCalls {
  readonly memory: WebAssembly.Memory;
  allocate_numbers(count: number): number;
  allocate_text(bytes: number): number;
  numbers_address(): number;
  begin(high: number, low: number, now: number): void;
  write_memory(): number;
  set_state(rev: number, endedAt: number): void;
  set_details(startsAt: number, pushes: boolean, confirmed: number): void;
  handle_pong(rev: number, now: number): void;
  handle_closed(code: number, now: number): void;
  handle_rundown(count: number, now: number): number;
  handle_rundown_failure(now: number): void;
}

/** One viewer of one event. */
export type Viewer = Calls & ReturnType<typeof withBuffers>;

let module: Promise<WebAssembly.Module> | undefined;

/** Creates a viewer; call its `begin` before anything else. The module is compiled once per page. */
export async function createViewer(): Promise<Viewer> {
  const { exports } = await WebAssembly.instantiate(await (module ??= compile(wasm)));
  const core = exports as unknown as Calls & BufferCalls;
  return { ...core, ...withBuffers(core) };
}

/** Returns the calls that pass arrays and texts. */
function withBuffers(core: BufferCalls) {
  const at = (address: number, bytes: number) => new Uint8Array(core.memory.buffer, address, bytes);
  const write = (numbers: Float64Array | BigUint64Array, ...texts: string[]) => {
    // Copied as bytes: a 64-bit word read as a double may come back changed.
    at(core.allocate_numbers(numbers.length), numbers.byteLength).set(new Uint8Array(numbers.buffer, 0, numbers.byteLength));
    const text = new TextEncoder().encode(texts.join("\0"));
    at(core.allocate_text(text.length), text.length).set(text);
  };
  return {
    /** Begins, with a random number of the viewer's own in two halves, and the memory of the page before a reload. */
    begin(high: number, low: number, memory: BigUint64Array, now: number): void {
      write(memory);
      core.begin(high, low, now);
    },
    /** Returns which cues have fired, to be stored across a reload. */
    memory(): BigUint64Array {
      const count = core.write_memory();
      return new BigUint64Array(core.memory.buffer, core.numbers_address(), count);
    },
    set_state(epoch: string, rev: number, timeline: Float64Array, endedAt: number, rundown: string): void {
      write(timeline, epoch, rundown);
      core.set_state(rev, endedAt);
    },
    set_details(startsAt: number, messages: Float64Array, pushes: boolean, replaces = "", confirmed = NaN): void {
      write(messages, replaces);
      core.set_details(startsAt, pushes, confirmed);
    },
    handle_pong(epoch: string, rev: number, now: number): void {
      write(new Float64Array(), epoch);
      core.handle_pong(rev, now);
    },
    handle_closed({ code, reason }: Closing, now: number): void {
      write(new Float64Array(), reason);
      core.handle_closed(code, now);
    },
    /** Returns 0 if the rundown is no longer wanted. */
    handle_rundown(digest: string, { count, numbers, ids }: Columns, now: number): number {
      write(numbers, digest, ids);
      return core.handle_rundown(count, now);
    },
    handle_rundown_failure(digest: string, now: number): void {
      write(new Float64Array(), digest);
      core.handle_rundown_failure(now);
    },
  };
}
