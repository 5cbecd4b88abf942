// Makes panics trap at once, without formatting their message: a WebAssembly module in a page has nowhere to print it.
// The code that only formats messages is then removed, an eighth of what browsers load.
//
// usage: node crates/web/trap.ts FROM.wasm TO.wasm      (FROM still has the functions' names)

import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

/** The functions of Rust's libraries that never return, by their mangled names. */
const NEVER_RETURN = new RegExp([
  /4core9panicking\d/,
  /4core6(option|result)\d+(expect|unwrap)_failed/,
  /4core(5slice|3str)\w*_fail(_rt)?$/,
  /5alloc\w*(handle_error|handle_alloc_error|capacity_overflow|assert_failed)$/,
  /__rust_alloc_error_handler/,
].map(({ source }) => source).join("|"));

const [from, to] = process.argv.slice(2) as [string, string];
binaryen.setDebugInfo(true);
const module = binaryen.readBinary(readFileSync(from));
const functions = Array.from({ length: module.getNumFunctions() }, (_, index) => {
  return binaryen.getFunctionInfo(module.getFunctionByIndex(index));
});
let count = 0;
for (const { name, params, results } of functions.filter(({ name }) => NEVER_RETURN.test(name))) {
  module.removeFunction(name);
  module.addFunction(name, params, results, [], module.unreachable());
  count++;
}
// If a compiler changes the names, the build must fail.
if (count < 4) throw new Error(`only ${count} functions of ${from} match the names of those that never return; check the names`);
// Only the linker needs the addresses of data and heap.
for (const name of ["__data_end", "__heap_base"]) module.removeExport(name);
writeFileSync(to, module.emitBinary());
