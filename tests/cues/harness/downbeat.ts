// Downbeat's own view of sheets: the built command line, and the schema.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

export const ROOT = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");

/** The directory that the tests of a file write to. */
export const SCRATCH = `${ROOT}/target/cues/${basename(process.argv[1]!, ".test.ts")}`;
mkdirSync(SCRATCH, { recursive: true });

const DOWNBEAT = `${ROOT}/target/debug/downbeat`;

/** A compiled sheet: its bytes, and the name they are published under. */
export interface Rundown {
  bytes: Buffer;
  name: string;
}

/** Returns the sheets in a folder of `cues/`, as paths. */
export function sheets(folder: string): string[] {
  const names = readdirSync(`${ROOT}/cues/${folder}`).filter((name) => /(?<!\.expected)\.jsonc?$/.test(name)).sort();
  return names.map((name) => `${ROOT}/cues/${folder}/${name}`);
}

/** Compiles a sheet without errors. */
export function compile(sheet: string): Rundown {
  const out = `${SCRATCH}/rundown.json`;
  const printed = downbeat("cues", "compile", sheet, "--out", out, "--json");
  return { bytes: readFileSync(out), name: JSON.parse(printed).rundown };
}

/** Returns whether a sheet compiles. */
export function compiles(sheet: string): boolean {
  return spawnSync(DOWNBEAT, ["cues", "compile", sheet], { cwd: SCRATCH }).status === 0;
}

/** Returns the schema of sheets, or of the named sheet with its own actions and params. */
export function schema(sheet?: string): object {
  return JSON.parse(downbeat("cues", "schema", ...(sheet ? ["--for", sheet] : [])));
}

function downbeat(...args: string[]): string {
  return execFileSync(DOWNBEAT, args, { cwd: SCRATCH, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
