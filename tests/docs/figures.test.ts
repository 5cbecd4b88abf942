// README.md claims only what a committed run measured.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { page, runs, written } from "../../bench/figures/page.ts";

const root = new URL("../../", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), "utf8");
const figures = new Map(runs().flatMap(([, run]) => Object.entries(run.figures)));

/** A number and its figure's name, as in `244 ms<!-- figure: push.last -->`. */
const MARKED = /([\d,.]+(?: (?:ms|s|µs|%|KB|MiB))?)<!-- figure: ([\w.-]+) -->/g;

/** What says that something was measured, in a sentence without code. */
const CLAIM = /\b(?:measured|median|p9\d|percentile)\b/i;

test("each marked number in README.md is that of its figure", () => {
  const marked = [...read("README.md").matchAll(MARKED)];
  assert.ok(marked.length > 0);
  for (const [, number, name] of marked) {
    const figure = figures.get(name!);
    assert.ok(figure, `no file in bench/figures has "${name}"`);
    assert.equal(number, written(figure), `README.md's ${name}`);
  }
  assert.equal(marked.length, read("README.md").match(/<!-- figure:/g)?.length, "a mark stands right behind its number");
});

test("a measurement without a mark is found", () => {
  const unmarked = (text: string): string[] => {
    const prose = text.replace(/^```[\s\S]*?^```/gm, "").replaceAll(MARKED, "").replaceAll(/`[^`]*`|\]\([^)]*\)/g, "");
    return prose.split(/\n(?=[-#|]|\n)/).filter((part) => CLAIM.test(part) && /\d+(?:\.\d+)? ?(?:ms|µs|%)/.test(part));
  };
  assert.deepEqual(unmarked("- Measured: the last viewer has it after 300 ms."), ["- Measured: the last viewer has it after 300 ms."]);
  assert.deepEqual(unmarked(read("README.md")), []);
});

test("bench/FIGURES.md is up to date", () => {
  assert.equal(read("bench/FIGURES.md"), page(), "run: node bench/figures/page.ts >bench/FIGURES.md");
});
