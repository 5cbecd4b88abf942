// Packs the client's WebAssembly as text for a JavaScript file: deflated, then base64. A single file works from a
// script tag and with every bundler, and is 2 % larger than two.
//
// usage: node crates/web/pack.ts FROM.wasm FOLDER
//
// It writes to the folder:
//   short.js    what the client embeds: the exports have names of one letter. Zopfli's output is plain DEFLATE, 5 % smaller
//               than zlib's best.
//   names.json  these names, for esbuild's --mangle-cache, which renames what the TypeScript calls
//   wasm.js     the same with the exports' own names, for tests and benchmarks that call them

import { readFileSync, writeFileSync } from "node:fs";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { deflateAsync } from "@gfx/zopfli";
import binaryen from "binaryen";

const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

const [from, folder] = process.argv.slice(2) as [string, string];
const named = readFileSync(from);
writeFileSync(`${folder}/wasm.js`, text(deflateRawSync(named)));

const module = binaryen.readBinary(named);
const exported = Array.from({ length: module.getNumExports() }, (_, index) => binaryen.getExportInfo(module.getExportByIndex(index)));
const names: Record<string, string> = {};
for (const { name, value } of exported) {
  // A name of one word may be a property of something else, too.
  if (!name.includes("_")) continue;
  names[name] = LETTERS.shift() ?? name;
  module.removeExport(name);
  module.addFunctionExport(value, names[name]);
}
const short = Buffer.from(module.emitBinary());
const packed = Buffer.from(await deflateAsync(short, {}));
if (!inflateRawSync(packed).equals(short)) throw new Error(`${from} does not survive packing and unpacking`);
writeFileSync(`${folder}/short.js`, text(packed));
writeFileSync(`${folder}/names.json`, JSON.stringify(names));

function text(deflated: Buffer): string {
  return `export default "${deflated.toString("base64")}";\n`;
}
