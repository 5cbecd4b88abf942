// wrangler.toml: what it says is what wrangler's own schema knows, also the lines in it that are examples.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { experimental_readRawConfig } from "wrangler";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(`${ROOT}/wrangler.toml`, "utf8");
const schema = JSON.parse(readFileSync(`${ROOT}/node_modules/wrangler/config-schema.json`, "utf8")) as object;
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

/** Returns the settings of a configuration. */
function settings(toml: string): any {
  const folder = mkdtempSync(`${tmpdir()}/wrangler-`);
  try {
    writeFileSync(`${folder}/wrangler.toml`, toml);
    return experimental_readRawConfig({ config: `${folder}/wrangler.toml` }).rawConfig;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function problems(toml: string): string[] {
  validate(settings(toml));
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

test("wrangler.toml is valid, and so are its examples", () => {
  assert.deepEqual(problems(text), []);
  const examples = text.replaceAll(/^# (\[.*\]|\w+ = .*)$/gm, "$1");
  assert.deepEqual(problems(examples), []);
  const { r2_buckets, limits, routes, vars } = settings(examples);
  assert.ok(r2_buckets && limits && routes && vars.TRUSTED_PROXIES, "the examples were found");
  assert.notDeepEqual(problems(`${text}\n[exports.Other]\ntype = "durable-object"\n`), [], "an error is found");
});

test("every object has storage, and the free plan accepts the deployment", () => {
  const { durable_objects, exports, limits, r2_buckets, secrets } = settings(text);
  const classes = durable_objects.bindings.map((binding: { class_name: string }) => binding.class_name);
  assert.deepEqual(Object.keys(exports).sort(), classes.sort());
  for (const { type, storage } of Object.values<any>(exports)) assert.deepEqual([type, storage], ["durable-object", "sqlite"]);
  assert.deepEqual([limits, r2_buckets], [undefined, undefined]);
  assert.deepEqual(secrets.required, ["DOWNBEAT_TOKENS"]);
});
