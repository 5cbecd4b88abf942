// The pages that people read, and the samples in them.

import { readFileSync, readdirSync } from "node:fs";

export const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** A fenced block of a page. */
export interface Sample {
  /** The page, as a path from the root. */
  page: string;
  /** The line of its first line, from 1. */
  line: number;
  /** The word after the fence, such as `sh`; empty if there is none. */
  language: string;
  text: string;
}

/** The pages whose samples must work, as paths from the root. */
export const PAGES: readonly string[] = [
  "README.md",
  "cues/README.md",
  "crates/web/README.md",
  ...readdirSync(`${ROOT}/docs`).filter((name) => name.endsWith(".md")).sort().map((name) => `docs/${name}`),
];

/** Returns the text of a page. */
export function read(page: string): string {
  return readFileSync(`${ROOT}/${page}`, "utf8");
}

/** Returns every fenced block of `page`. */
export function samples(page: string): Sample[] {
  const text = read(page);
  return [...text.matchAll(/^```([a-z]*)\n([^]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length + 1,
    language: match[1]!,
    text: match[2]!,
  }));
}

/** Returns the samples in the comments of the client's TypeScript, which editors show. */
export function commentSamples(): Sample[] {
  const folder = "crates/web/ts";
  return readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).flatMap((name) => {
    const page = `${folder}/${name}`;
    const text = read(page);
    return [...text.matchAll(/^ *\* ```([a-z]+)\n([^]*?)^ *\* ```$/gm)].map((match) => ({
      page,
      line: text.slice(0, match.index).split("\n").length + 1,
      language: match[1]!,
      text: match[2]!.replaceAll(/^ *\* ?/gm, ""),
    }));
  });
}

/** Returns every sample of code that uses the client: those of the pages, and those in its comments. */
export function codeSamples(): Sample[] {
  return [...samplesIn("js", "ts", "tsx"), ...commentSamples().filter(({ language }) => ["js", "ts", "tsx"].includes(language))];
}

/** Returns the samples of all pages in `languages`. */
export function samplesIn(...languages: string[]): Sample[] {
  return PAGES.flatMap(samples).filter(({ language }) => languages.includes(language));
}

/** Returns the commands of a shell sample, one for each line; a line that ends with `\` continues on the next. */
export function commands({ text }: Sample): string[] {
  return text.replaceAll(/\\\n\s*/g, "").split("\n").map((line) => line.replace(/^\$ /, "").trim()).filter((line) => line !== "");
}

/** Names a sample in a test's failure. */
export function place({ page, line }: Sample): string {
  return `${page}:${line}`;
}
