// Starting the WebAssembly half. It lies in this file, deflated, so that the package is one file everywhere.

import { initSync } from "#core";
import wasm from "#wasm";

let started: Promise<void> | undefined;

/** Starts it, once for all events of the page. */
export function start(): Promise<void> {
  return (started ??= inflate().then(async (bytes) => { initSync({ module: await WebAssembly.compile(bytes) }); }));
}

function inflate(): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}

export { Act, Kind, Viewer, Why, Word } from "#core";
