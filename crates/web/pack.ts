// Packs the client's WebAssembly as text that a JavaScript file can hold: deflated, then base64. One file works from a
// script tag and from every bundler, and costs 2 % more than two.
//
// Zopfli writes what every inflater reads, 5 % shorter than zlib at its best.
//
// usage: node crates/web/pack.ts FROM.wasm TO.js

import { readFileSync, writeFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { deflateAsync } from "@gfx/zopfli";

const [from, to] = process.argv.slice(2) as [string, string];
const wasm = readFileSync(from);
const packed = Buffer.from(await deflateAsync(wasm, {}));
if (!inflateRawSync(packed).equals(wasm)) throw new Error(`${from} does not come back out of what it was packed into`);
writeFileSync(to, `export default "${packed.toString("base64")}";\n`);
