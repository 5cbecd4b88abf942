// What the command line writes for other programs, read by parsers that others wrote.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { ROOT } from "../edge/harness/runtime.ts";

interface Cue {
  id: string;
  startTime: number;
  endTime: number;
  text: string;
}

interface Parsed {
  cues: Cue[];
  errors: { line: number; message: string }[];
}

/** The W3C's parser and validator, which has no types of its own. */
const { WebVTTParser } = createRequire(import.meta.url)("webvtt-parser") as {
  WebVTTParser: new () => { parse(text: string, mode: "metadata"): Parsed };
};

function downbeat(args: string[], input = ""): string {
  const options = { input, encoding: "utf8", maxBuffer: 1 << 27 } as const;
  return execFileSync(`${ROOT}/target/debug/downbeat`, ["cues", ...args], options);
}

/** Returns a text track as the validator reads it; it must report nothing. */
function parsed(track: string): Cue[] {
  const { cues, errors } = new WebVTTParser().parse(track, "metadata");
  assert.deepEqual(errors, []);
  return cues;
}

interface Compiled {
  cues: { id: string; time: number; end?: number; action: string; track?: string; params?: object }[];
}

/** Returns cues as sorted texts: players order by length, rundowns by track. */
function sorted(cues: object[]): string[] {
  return cues.map((cue) => JSON.stringify(cue)).sort();
}

for (const name of ["tiny.json", "gala.json", "marathon.jsonc", "demo.jsonc"]) {
  test(`cues/good/${name} as WebVTT is valid, and its JSON has each cue's time, action, track and params`, () => {
    const sheet = `${ROOT}/cues/good/${name}`;
    const cues = parsed(downbeat(["export", "vtt", sheet]));
    const compiled = JSON.parse(downbeat(["compile", sheet, "--quiet"])) as Compiled;
    const told = cues.map(({ startTime, endTime, text }) => {
      const { action, track, params, end } = JSON.parse(text);
      const endMs = end === null ? undefined : Math.round(endTime * 1000);
      return { time: Math.round(startTime * 1000), end: endMs, action, track, params };
    });
    const expected = compiled.cues.map(({ time, end, action, track, params }) => {
      return { time, end, action, track, params };
    });
    assert.deepEqual(sorted(told), sorted(expected));
  });
}

test("texts with WebVTT's own syntax survive it", () => {
  const block = "\n\nNOTE x\n\n00:01.000 --> 00:02.000";
  const nasty = ["-->", "a --> b", "<v Anna>&amp;", block, "${x}", "🎉", "\u2028", "WEBVTT", '"\\'];
  const cues = nasty.map((text, index) => {
    return { id: `c${index}`, time: index, action: `a ${index} --> b`, params: { text }, message: `${text}!` };
  });
  const sheet = JSON.stringify({ version: 1, title: "A --> B", cues }).replaceAll("${", () => "$${");
  const track = downbeat(["export", "vtt", "-"], sheet);
  const found = parsed(track);
  assert.deepEqual(found.map(({ id }) => id), cues.map(({ id }) => id));
  assert.deepEqual(found.map(({ text }) => JSON.parse(text).params.text), nasty);
  assert.deepEqual(found.map(({ text }) => JSON.parse(text).message.en), nasty.map((text) => `${text}!`));
  const back = JSON.parse(downbeat(["compile", "-"], downbeat(["import", "vtt", "-"], track))) as Compiled;
  assert.deepEqual(back.cues.map(({ params }) => (params as { text: string }).text), nasty);
});

test("the sheet that init writes is valid by its schema, and by the one made for it", () => {
  const folder = mkdtempSync(`${tmpdir()}/downbeat-init-`);
  try {
    downbeat(["init", folder]);
    const sheet = `${folder}/show.cues.jsonc`;
    const schemas = [readFileSync(`${folder}/downbeat.schema.json`, "utf8"), downbeat(["schema", "--for", sheet])];
    // Its comments are on lines of their own.
    const plain = readFileSync(sheet, "utf8").replaceAll(/^\s*\/\/.*$/gm, "");
    const read: { cues: { id: string; params: { song: unknown } }[] } = JSON.parse(plain);
    for (const [index, schema] of schemas.entries()) {
      const valid = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(schema));
      assert.ok(valid(read), JSON.stringify(valid.errors));
      const wrong = structuredClone(read);
      wrong.cues.find(({ id }) => id === "song1")!.params.song = "first";
      assert.equal(valid(wrong), index === 0, "only the sheet's own schema knows what a song is");
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
