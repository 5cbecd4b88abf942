// Packs the client's WebAssembly as text for a JavaScript file: deflated, then six bits a character (`ts/inflate.ts`). A single
// file works from a script tag and with every bundler, and is 2 % larger than two.
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
import { decode } from "./ts/inflate.ts";

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
writeFileSync(`${folder}/short.js`, text(packed));
writeFileSync(`${folder}/names.json`, JSON.stringify(names));
if (!inflateRawSync(decode(encode(packed))).equals(short)) throw new Error(`${from} does not survive packing and unpacking`);

function text(deflated: Buffer): string {
  return `export default "${encode(deflated)}";\n`;
}

/** Returns the text that `decode` reads: the bits in base64's order, each six as another character. */
function encode(bytes: Buffer): string {
  const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const letter = (six: number) => String.fromCharCode(six < 29 ? six + 35 : six === 29 ? 91 : six + 63);
  return bytes.toString("base64").replace(/=+$/, "").replace(/./g, (char) => letter(BASE64.indexOf(char)));
}
