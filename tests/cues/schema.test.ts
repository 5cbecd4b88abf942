// The JSON Schema of sheets, checked by two validators: what compiles is valid, what has the wrong shape is not.

import assert from "node:assert/strict";
import { basename } from "node:path";
import test from "node:test";
import { schema, sheets } from "./harness/downbeat.ts";
import { ajv, isSchema, refused } from "./harness/judges.ts";
import { read } from "./harness/jsonc.ts";

/** The sheets whose error is in their shape. A schema cannot find the others: it follows no reference and adds no times. */
const MISSHAPEN = [
  "bad-asset", "bad-name", "bad-needs", "bad-repeat", "bad-text", "bad-time", "before-zero", "missing-field",
  "unknown-field", "unknown-kind", "unknown-word", "version", "wrong-type",
];

/** Not JSON, or a rundown instead of a sheet. */
const NO_SHEETS = ["syntax", "not-a-rundown"];

const name = (path: string) => basename(path).replace(/\.jsonc?$/, "");
const good = [...sheets("good"), ...sheets("project"), ...sheets("project/parts")];
const bad = sheets("bad").filter((path) => !NO_SHEETS.includes(name(path)));

test("ajv accepts the schema, the good sheets and their includes, and refuses sheets of the wrong shape", () => {
  const isValid = ajv(schema());
  assert.deepEqual(good.filter((path) => !isValid(read(path))), []);
  assert.deepEqual(bad.filter((path) => !isValid(read(path))).map(name), MISSHAPEN);
});

test("check-jsonschema agrees", () => {
  const ours = schema();
  assert.ok(isSchema(ours));
  assert.ok(!isSchema({ ...ours, type: "sheet" }));
  assert.deepEqual(refused(ours, good), []);
  assert.deepEqual(refused(ours, bad).map((index) => name(bad[index]!)), MISSHAPEN);
});
