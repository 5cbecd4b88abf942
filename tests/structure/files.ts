// The files of the project, as Git knows them.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

export const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Every file that is, or is about to be, committed, as a path from the root. */
export const FILES: readonly string[] = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
  maxBuffer: 1 << 24,
}).split("\n").filter((path) => path !== "" && existsSync(`${ROOT}/${path}`)).sort();

/** Returns the text of a file. */
export function read(path: string): string {
  return readFileSync(`${ROOT}/${path}`, "utf8");
}

/** Returns the number of the line that the character at `offset` is on, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
