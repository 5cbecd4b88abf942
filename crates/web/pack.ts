// Packs the client's WebAssembly as text for a JavaScript file: deflated, then base64. A single file works from a
// script tag and with every bundler, and is 2 % larger than two.
//
// Zopfli's output is plain DEFLATE, 5 % smaller than zlib's best.
//
// usage: node crates/web/pack.ts FROM.wasm TO.js

import { readFileSync, writeFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { deflateAsync } from "@gfx/zopfli";

const [from, to] = process.argv.slice(2) as [string, string];
const wasm = readFileSync(from);
const packed = Buffer.from(await deflateAsync(wasm, {}));
if (!inflateRawSync(packed).equals(wasm)) throw new Error(`${from} does not survive packing and unpacking`);
writeFileSync(to, `export default "${packed.toString("base64")}";\n`);
