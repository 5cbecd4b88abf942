// Small rundowns, written by hand: canonical JSON, keys sorted, no white space.

import { sha256 } from "./tokens.ts";

export interface Rundown {
  bytes: string;
  digest: string;
  /** The value of `integrity` in a browser's fetch. */
  integrity: string;
}

/** Returns a rundown with one cue at `time` ms. A different time gives a different rundown. */
export function rundownAt(time: number): Rundown {
  return rundown(cueAt(time));
}

/** Returns a rundown of `size` bytes. */
export function rundownOf(size: number): Rundown {
  const cue = (text: string) => `{"action":"flash","id":"flash@0","kind":"moment","params":{"text":"${text}"},"time":0}`;
  const room = size - rundown(cue("")).bytes.length;
  return rundown(cue("é".repeat(room >> 1) + "x".repeat(room & 1)));
}

function cueAt(time: number): string {
  return `{"action":"flash","id":"flash@${time}","kind":"moment","time":${time}}`;
}

function rundown(cues: string): Rundown {
  const bytes =
    `{"checkpoints":[],"cues":[${cues}],"format":"downbeat.rundown/1","id":"tiny","title":"Tiny","tracks":{}}`;
  const digest = sha256(bytes);
  return { bytes, digest, integrity: `sha256-${Buffer.from(digest, "hex").toString("base64")}` };
}
