// Has panics trap where they begin, instead of after words that nobody reads: a WebAssembly module of a page has
// nowhere to print them. What only made those words goes with it, an eighth of what browsers load.
//
// usage: node crates/web/trap.ts FROM.wasm TO.wasm      (FROM still has the functions' names)

import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

/** The functions of Rust's libraries that never return, by their names there. */
const NEVER_RETURN = new RegExp([
  /^core\b.*::panicking::/,
  /^core\b.*::(option|result)::(expect_failed|unwrap_failed)/,
  /^core\b.*::(slice|str)::.*_fail(_rt)?$/,
  /^alloc\b.*::(handle_error|handle_alloc_error|capacity_overflow)$/,
  /__rust_alloc_error_handler$/,
  /^wasm_bindgen::__rt::borrow_fail/,
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
// A compiler that names them otherwise must not pass unseen.
if (count < 8) throw new Error(`only ${count} functions of ${from} are known never to return; look at their names`);
writeFileSync(to, module.emitBinary());
