// Reads the viewers that viewers.rs draws: what each one's network does, what its device shows, and how wrong our clock is.
import { spawn } from "node:child_process";
import { once } from "node:events";

/** The time within which all requests meet the same network, in ms; as in viewers.rs. */
const SLOT_MS = 50;

/** When a device sleeps that does, and for how long, in ms; as in viewers.rs. */
export const NAP = { at: 900_000, ms: 60_000 };

/** How our clock asks, in the order of viewers.rs. */
export const OURS: { clock: string; budget: { budget?: number } }[] = [
  { clock: "ours", budget: {} }, { clock: "ours, resync 30 s", budget: {} },
  ...[10, 40, 70, 1_500].map((budget) => ({ clock: "ours", budget: { budget } })),
];

/** What a clock showed: its error and its bound at each half second, in ms; not a number where it had none. */
export interface Shown { requests: number; errors: Float64Array; bounds: Float64Array }

export interface Viewer {
  /** What the monotonic clock shows `ms` after the beginning, in ms. */
  local(ms: number): number;
  /** When the monotonic clock shows `local` or more, in ms after the beginning. */
  when(local: number): number;
  /** The delay of a request that leaves `ms` after the beginning, in ms. */
  there(ms: number): number;
  back(ms: number): number;
  /** What our clock showed, in the order of {@link OURS}. */
  ours: Shown[];
}

export interface Draw { network: string; device: string; viewers: number; seed: number; seconds: number }

/** Draws viewers, one after another. */
export async function* drawn(program: string, draw: Draw): AsyncGenerator<Viewer> {
  const { network, device, viewers, seed, seconds } = draw;
  const child = spawn(program, [network, device, viewers, seed, seconds].map(String), { stdio: ["ignore", "pipe", "inherit"] });
  const slots = seconds * 1_000 / SLOT_MS;
  const size = 8 * (seconds + 1) + 8 * slots + OURS.length * (4 + 16 * seconds);
  let chunks: Buffer[] = [], length = 0;
  for await (const chunk of child.stdout) {
    chunks.push(chunk);
    length += chunk.length;
    while (length >= size) {
      const all = Buffer.concat(chunks);
      yield viewer(all.subarray(0, size), seconds, slots);
      chunks = [all.subarray(size)];
      length -= size;
    }
  }
  const code = child.exitCode ?? (await once(child, "exit"))[0];
  if (code !== 0 || length !== 0) throw new Error(`${program} ended with ${code}, ${length} bytes into a viewer`);
}

function viewer(bytes: Buffer, seconds: number, slots: number): Viewer {
  let at = 0;
  const floats = (count: number): Float64Array => {
    const read = new Float64Array(count);
    for (let i = 0; i < count; i++, at += 8) read[i] = bytes.readDoubleLE(at);
    return read;
  };
  const delays = (): Float64Array => {
    const read = new Float64Array(slots);
    for (let i = 0; i < slots; i++, at += 4) read[i] = bytes.readUInt32LE(at) / 1_000;
    return read;
  };
  const shows = floats(seconds + 1).map((us) => us / 1_000);
  const [there, back] = [delays(), delays()];
  const ours = OURS.map(() => {
    const requests = bytes.readUInt32LE(at);
    at += 4;
    const both = floats(2 * seconds);
    return { requests, errors: both.filter((_, i) => i % 2 === 0), bounds: both.filter((_, i) => i % 2 === 1) };
  });
  const slot = (ms: number): number => Math.min(slots - 1, Math.floor(ms / SLOT_MS));
  return {
    ours,
    there: (ms) => there[slot(ms)]!,
    back: (ms) => back[slot(ms)]!,
    local(ms) {
      const second = Math.min(seconds - 1, Math.floor(ms / 1_000));
      return shows[second]! + (shows[second + 1]! - shows[second]!) * (ms / 1_000 - second);
    },
    when(local) {
      // The last second whose beginning shows less; in sleep, several show the same.
      let [low, high] = [0, seconds];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (shows[middle]! < local) low = middle; else high = middle;
      }
      const per = shows[low + 1]! - shows[low]!;
      return 1_000 * (low + (per > 0 ? Math.max(0, local - shows[low]!) / per : 1));
    },
  };
}
