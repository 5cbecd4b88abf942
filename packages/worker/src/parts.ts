// Where the package's parts are: in an installed package they are beside `bin/`; in a checkout scripts/build makes them.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Refusal } from "./refusal.ts";

const require = createRequire(import.meta.url);
const here = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");
const packed = existsSync(`${here}/worker/entry.js`);
const checkout = resolve(here, "../..");

/** The folder of the built worker: `entry.js`, `index.js`, `index_bg.wasm`. */
export const WORKER = packed ? `${here}/worker` : `${checkout}/build`;

/** The folder of the built pages, with `_headers`. */
export const PAGES = `${packed ? here : WORKER}/pages`;

/** The module that serves the pages under plain workerd, and passes what is not a page to the worker. */
export const FRONT = packed ? `${here}/serve/front.js` : `${here}/src/front.js`;

/** The demo's rundown, compiled; a checkout has only its sheet, which scripts/dev publishes. */
export const DEMO = `${here}/demo.json`;

/** The settings that come with the package, as text. */
export function template(): string {
  return readFileSync(packed ? `${here}/wrangler.toml` : `${checkout}/wrangler.toml`, "utf8");
}

/** The package's version. */
export const VERSION = (JSON.parse(readFileSync(`${here}/package.json`, "utf8")) as { version: string }).version;

/** Returns the path of the workerd binary that this package depends on. */
export function workerd(): string {
  const binary: string = process.env["MINIFLARE_WORKERD_PATH"] ?? require("workerd").default;
  if (!existsSync(binary)) {
    throw new Refusal(`the runtime workerd is not installed for this system (${process.platform} ${process.arch}); run "npm install" again without --omit=optional`);
  }
  return binary;
}

/** Returns the path of wrangler's script, to be run with Node. */
export function wrangler(): string {
  return `${dirname(require.resolve("wrangler/package.json"))}/wrangler-dist/cli.js`;
}
