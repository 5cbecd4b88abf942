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
  const cue = `{"action":"flash","id":"flash@${time}","kind":"moment","time":${time}}`;
  const bytes =
    `{"checkpoints":[],"cues":[${cue}],"format":"downbeat.rundown/1","id":"tiny","title":"Tiny","tracks":{}}`;
  const digest = sha256(bytes);
  return { bytes, digest, integrity: `sha256-${Buffer.from(digest, "hex").toString("base64")}` };
}
