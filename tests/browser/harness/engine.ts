// The browser that tests drive: Chromium, or what `DOWNBEAT_ENGINE` names. `scripts/test engines` runs the same files in each.

import type { Browser } from "playwright-core";
import * as chromium from "./chromium.ts";
import type { EngineBrowser } from "./engine-page.ts";
import { Firefox } from "./firefox.ts";
import { WebKit } from "./webkit.ts";

export type Engine = "chromium" | "firefox" | "webkit";

export const ENGINE: Engine = (process.env["DOWNBEAT_ENGINE"] as Engine | undefined) ?? "chromium";

/** Starts the browser. Each page in a context of its own is a separate viewer, with separate storage. */
export async function launch(): Promise<Browser> {
  if (ENGINE === "chromium") return chromium.launch();
  // Tests that run in all engines use no more of a browser than `EngineBrowser` has.
  return (ENGINE === "firefox" ? await Firefox.launch() : await WebKit.launch()) as EngineBrowser as unknown as Browser;
}
