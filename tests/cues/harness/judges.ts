// Two independent validators of JSON Schema: npm's ajv and PyPI's check-jsonschema.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { SCRATCH } from "./downbeat.ts";
import { read } from "./jsonc.ts";

/**
 * Returns a function that validates a sheet with ajv. ajv refuses a schema with unknown or suspicious keywords; `leave` names
 * the checks for suspicious ones to skip, if part of the schema is the author's.
 */
export function ajv(schema: object, leave: { strictTypes?: false; strictRequired?: false } = {}): (sheet: unknown) => boolean {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true, ...leave }).compile(schema);
  return (sheet) => validate(sheet) as boolean;
}

/** Returns whether check-jsonschema accepts a schema (2020-12). */
export function isSchema(schema: object): boolean {
  return checkJsonschema("--check-metaschema", written("schema", schema)).errors.length === 0;
}

/** Returns the indices of the sheets that check-jsonschema refuses by a schema. */
export function refused(schema: object, sheets: string[]): number[] {
  const files = sheets.map((sheet, index) => written(`sheet-${index}`, read(sheet)));
  const { errors } = checkJsonschema("--schemafile", written("schema", schema), ...files);
  const bad = new Set(errors.map((error) => error.filename));
  return files.flatMap((file, index) => (bad.has(file) ? [index] : []));
}

/** Returns its errors for each invalid file. */
function checkJsonschema(...args: string[]): { errors: { filename: string }[] } {
  const ran = spawnSync("check-jsonschema", ["--output-format", "json", ...args], { encoding: "utf8" });
  const said = ran.status === 0 || ran.status === 1 ? JSON.parse(ran.stdout) : {};
  // A file that it cannot read would not be among the errors.
  if (!Array.isArray(said.errors) || said.parse_errors?.length) {
    throw new Error(`check-jsonschema ${args.join(" ")}: ${ran.error ?? ""}${ran.stdout}${ran.stderr}`);
  }
  return said;
}

function written(name: string, value: unknown): string {
  const path = `${SCRATCH}/${name}.json`;
  writeFileSync(path, JSON.stringify(value));
  return path;
}
