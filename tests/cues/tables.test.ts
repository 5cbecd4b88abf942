// Workbooks that openpyxl writes, as the command line reads them and as openpyxl itself does.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, test } from "node:test";
import { ROOT } from "../edge/harness/runtime.ts";

const FOLDER = mkdtempSync(`${tmpdir()}/downbeat-tables-`);
after(() => rmSync(FOLDER, { recursive: true }));

function python(...args: string[]): string {
  return execFileSync("python3", ["-X", "utf8", ...args], { encoding: "utf8" });
}

function downbeat(args: string[], input = ""): string {
  return execFileSync(`${ROOT}/target/debug/downbeat`, ["cues", ...args], { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
}

/** Prints the rows that have a number and an item: number, seconds of the day, length in seconds, item. */
const JUDGE = `
import datetime, json, sys
from openpyxl import load_workbook
rows = []
for row in load_workbook(sys.argv[1], data_only=True)["Show"].iter_rows(min_row=4, values_only=True):
    number, time, length, item = row[:4]
    if number is None or item is None: continue
    begin = None if time is None else time.hour * 3600 + time.minute * 60 + time.second
    rows.append([str(number), begin, None if length is None else length.total_seconds(), item])
print(json.dumps(rows))
`;

python(`${import.meta.dirname}/harness/workbooks.py`, FOLDER);

test("a running order has the times that openpyxl reads", () => {
  const book = `${FOLDER}/running-order.xlsx`;
  const rows = JSON.parse(python("-c", JUDGE, book)) as [string, number | null, number | null, string][];
  const start = 19.5 * 3600;
  const expected: Record<string, [number, number | undefined]> = {};
  let before = 0;
  for (const [, time, length, item] of rows) {
    // After midnight it is the next day; what is more than half a day ahead is before the start.
    const ahead = time === null ? before : (time - start + 86_400) % 86_400;
    const begin = ahead > 43_200 ? ahead - 86_400 : ahead;
    before = begin + (length ?? 0);
    expected[item] = [begin * 1000, length ? before * 1000 : undefined];
  }
  assert.equal(rows.length, 6);
  const sheet = downbeat(["import", "xlsx", book, "--start", "19:30"]);
  const { cues } = JSON.parse(downbeat(["compile", "-"], sheet)) as { cues: { action: string; time: number; end?: number }[] };
  assert.deepEqual(Object.fromEntries(cues.map(({ action, time, end }) => [action, [time, end]])), expected);
});

test("the workbooks of the other tests are those that openpyxl writes", () => {
  const script = "import json, sys\nfrom openpyxl import load_workbook\n" +
    "book = load_workbook(sys.argv[1])\nprint(json.dumps([[s.title, [[str(c) for c in r] for r in s.iter_rows(max_row=50, max_col=10, values_only=True)]] for s in book]))";
  for (const name of ["running-order", "typed", "dated", "uncached", "headless"]) {
    const committed = `${ROOT}/crates/sheet/tests/workbooks/${name}.xlsx`;
    assert.ok(readFileSync(committed).length > 1_000);
    assert.equal(python("-c", script, committed), python("-c", script, `${FOLDER}/${name}.xlsx`), name);
  }
});
