// The schema of one project, checked with ajv: what an editor completes and marks while somebody writes its cues.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import test from "node:test";
import { SCRATCH, compiles, schema, sheets } from "./harness/downbeat.ts";
import { ajv, isSchema } from "./harness/judges.ts";
import { read } from "./harness/jsonc.ts";

/** A sheet that declares everything that can be completed, and has no cues yet. */
const DECLARATIONS = {
  version: 1,
  locales: ["en", "fr"],
  vars: { brand: "#e11d48", first: 1, loud: 0.5 },
  actions: {
    startSong: {
      kind: "state",
      params: {
        type: "object",
        required: ["song"],
        additionalProperties: false,
        properties: { song: { $ref: "#/$defs/number" }, title: { type: "string" } },
        $defs: { number: { type: "integer", minimum: 1 } },
      },
    },
    light: {
      kind: "state",
      params: {
        properties: {
          color: { type: "string", pattern: "^#[0-9a-f]{6}$" },
          level: { type: "number", maximum: 1 },
          steps: { type: "array", items: { type: "object", properties: { at: { type: "number" } } } },
        },
      },
    },
    choose: { kind: "moment", params: { oneOf: [{ required: ["left"] }, { required: ["right"] }], properties: { left: { type: "integer" } } } },
    cheer: {},
  },
  tracks: { music: {}, fx: {} },
};

/** Cues, whether they compile, and whether the schema accepts them; it accepts more, never less. */
const CUES: [cue: Record<string, unknown>, compiles: boolean, valid?: boolean][] = [
  [{ action: "startSong", params: { song: 1 } }, true],
  [{ action: "startSong", params: { song: "${first}", title: "${brand}, or not" } }, true],
  [{ action: "startSong", params: { song: "1" } }, false],
  [{ action: "startSong", params: { song: 0 } }, false],
  [{ action: "startSong", params: { sonq: 1 } }, false],
  [{ action: "startSong", params: { song: "${first}", sonq: 1 } }, false],
  [{ action: "startSong", params: {} }, false],
  [{ action: "startSong" }, false],
  [{ action: "light", params: { color: "${brand}", level: 1 } }, true],
  [{ action: "light", params: { color: "#e11d48", level: "${loud}", steps: [{ at: "${loud}" }] } }, true],
  [{ action: "light", params: { color: "red" } }, false],
  [{ action: "light", params: { color: "${brand}", level: 2 } }, false],
  // Only the compiler knows a var's value.
  [{ action: "light", params: { color: "${loud}" } }, false, true],
  [{ action: "light" }, true],
  [{ action: "choose", params: { left: 1 } }, true],
  [{ action: "choose", params: { left: "${first}" } }, true],
  [{ action: "choose", params: { left: "1" } }, false],
  [{ action: "choose", params: { left: 1, right: 1 } }, false],
  [{ action: "cheer", params: { any: ["thing"] }, track: "fx", message: { en: "Sing!", fr: "Chantez !" } }, true],
  [{ action: "cheer", track: "lights" }, false],
  [{ action: "cheer", message: { de: "Singt!" } }, false],
  [{ action: "boo" }, false],
  [{ action: "cheer", time: "#first.start+5s" }, true],
  [{ action: "cheer", time: "#first.end-500ms", until: "#last.start" }, true],
  [{ action: "cheer", time: "#nobody.start" }, false, true],
  [{ action: "cheer", time: "#first.middle" }, false],
];

test("what compiles is valid by a project's schema, and a cue with the wrong params is not", () => {
  const path = `${SCRATCH}/project.json`;
  writeFileSync(path, JSON.stringify({ ...DECLARATIONS, cues: [] }));
  const ours = schema(path);
  assert.ok(isSchema(ours));
  const isValid = ajv(ours, { strictTypes: false, strictRequired: false });
  for (const [cue, good, valid = good] of CUES) {
    const first = { id: "first", time: 10, action: "cheer", duration: "10s" };
    const sheet = { ...DECLARATIONS, cues: [first, { id: "this", time: 560, until: 600, ...cue }, { ...first, id: "last", time: 900 }] };
    writeFileSync(path, JSON.stringify(sheet));
    assert.deepEqual([compiles(path), isValid(sheet)], [good, valid], JSON.stringify(cue));
  }
});

test("the good sheets are valid by their own schemas", () => {
  for (const sheet of [...sheets("good"), ...sheets("project").filter((path) => path.endsWith("evening.jsonc"))]) {
    const ours = schema(sheet);
    assert.ok(isSchema(ours), sheet);
    const isValid = ajv(ours, { strictTypes: false, strictRequired: false });
    assert.ok(isValid(read(sheet)), sheet);
  }
});
