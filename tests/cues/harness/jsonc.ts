// JSON with comments and trailing commas, for readers of plain JSON.

import { readFileSync } from "node:fs";

/** Returns a text without its comments and trailing commas; strings stay as they are. */
export function plain(text: string): string {
  const quoted = '"(?:[^"\\\\]|\\\\.)*"';
  const comments = new RegExp(`(${quoted})|//[^\\n\\r]*|/\\*[^]*?\\*/`, "g");
  const commas = new RegExp(`(${quoted})|,(?=\\s*[\\]}])`, "g");
  const kept = (_: string, text: string | undefined) => text ?? "";
  return text.replace(/^\ufeff/, "").replace(comments, kept).replace(commas, kept);
}

/** Reads a sheet. */
export function read(path: string): unknown {
  return JSON.parse(plain(readFileSync(path, "utf8")));
}
