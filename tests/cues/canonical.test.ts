// Rundowns against npm's canonicalize (RFC 8785) and Node's SHA-256: their bytes, and their name.

import assert from "node:assert/strict";
import canonicalize from "canonicalize";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import test from "node:test";
import { SCRATCH, compile, sheets } from "./harness/downbeat.ts";
import { anySheet } from "./harness/random.ts";

/** The number of random sheets; the variables `CASES` and `SEED` change it and the seed. */
const CASES = Number(process.env["CASES"] ?? 200);
const SEED = Number(process.env["SEED"] ?? 20);

/** Checks that a sheet compiles to the bytes and the name that others compute, and that the rundown compiles to itself. */
function check(sheet: string): void {
  const { bytes, name } = compile(sheet);
  const text = bytes.toString("utf8");
  assert.equal(text, canonicalize(JSON.parse(text)));
  assert.equal(name, createHash("sha256").update(bytes).digest("hex"));
  const compiled = `${SCRATCH}/compiled.json`;
  writeFileSync(compiled, bytes);
  assert.deepEqual(compile(compiled), { bytes, name });
}

for (const sheet of sheets("good")) {
  test(`${basename(sheet)} compiles to canonical bytes`, () => check(sheet));
}

test("numbers and texts that other printers print differently are canonical", () => {
  const params = `{
    "numbers": [1e-7, -0, 0.1, 1.0, 1e21, -1.5e300, 5e-324, 123456789012345.6, 1E2, 0.000001, 9007199254740991, 333333333.33333329],
    "texts": ["\\u20ac$\\u000f\\nA'B\\"\\\\\\"\\/", "\\ud83d\\ude00", "\\u2028\\u2029\\u007f\\u0080", "é\\u0301", "\\b\\f\\n\\r\\t\\u0000"],
    "\\ud83d\\ude00": 1, "\\ufb33": 2, "\\u20ac": 3, "\\r": 4, "1": 5, "\\u0080": 6, "ö": 7, "": 8, "a": { "Z": null, "b": true } }`;
  // Numbers beyond 2^53 - 1 are not allowed in sheets, though canonical JSON could print them.
  const sheet = `[{ "time": 1, "action": "a", "params": ${params.replace(" 1e21, -1.5e300,", "")} }]`;
  writeFileSync(`${SCRATCH}/numbers.json`, sheet);
  check(`${SCRATCH}/numbers.json`);
});

test(`${CASES} random sheets compile to canonical bytes`, () => {
  for (let seed = SEED; seed < SEED + CASES; seed += 1) {
    const path = `${SCRATCH}/random.json`;
    writeFileSync(path, anySheet(seed));
    try {
      check(path);
    } catch (error) {
      throw new Error(`with SEED=${seed} CASES=1, the sheet is in ${path}`, { cause: error });
    }
  }
});
