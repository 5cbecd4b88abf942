// The browser that tests drive: Chromium, or what `DOWNBEAT_ENGINE` names. `scripts/test engines` runs the same files in each.

import type { Browser } from "playwright-core";
import * as chromium from "./chromium.ts";
import type { EngineBrowser, EnginePage } from "./engine-page.ts";
import { Firefox } from "./firefox.ts";
import { WebKit } from "./webkit.ts";

export type Engine = "chromium" | "firefox" | "webkit";

/** A page as far as it encodes videos. */
type Encoding = Pick<EnginePage, "evaluate">;

export const ENGINE: Engine = (process.env["DOWNBEAT_ENGINE"] as Engine | undefined) ?? "chromium";

/** Starts the browser. Each page in a context of its own is a separate viewer, with separate storage. */
export async function launch(): Promise<Browser> {
  if (ENGINE === "chromium") return chromium.launch();
  // Tests that run in all engines use no more of a browser than `EngineBrowser` has.
  return (ENGINE === "firefox" ? await Firefox.launch() : await WebKit.launch()) as EngineBrowser as unknown as Browser;
}

/**
 * Calls `make` with a page that can encode videos, at `url`: `page`, except in WebKit (2.50), whose encoder crashes. There Chromium
 * makes what WebKit plays.
 */
export async function withEncoder<T>(page: Encoding, url: string, make: (page: Encoding) => Promise<T>): Promise<T> {
  if (ENGINE !== "webkit") return make(page);
  const browser = await chromium.launch();
  try {
    const other = await browser.newPage();
    await other.goto(url);
    return await make(other as unknown as Encoding);
  } finally {
    await browser.close();
  }
}
