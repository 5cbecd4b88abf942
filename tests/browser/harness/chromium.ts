// A real Chromium, with a fresh profile and without network traffic of its own.

import { type Browser, chromium } from "playwright-core";
import { onPath } from "./on-path.ts";

/** The names of its executable in distributions; the same as in scripts/lib.sh. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

export const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"],
];

/** Starts it, with further flags. Each page in a context of its own is a separate viewer, with separate storage. */
export function launch(...flags: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: executable(),
    args: [...FLAGS, ...flags],
  });
}

/** Returns its path. */
export function executable(): string {
  const path = onPath(NAMES);
  if (path === undefined) throw new Error("there is no Chromium on the PATH; scripts/setup says how to get one");
  return path;
}
