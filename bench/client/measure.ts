// Measures the WebAssembly half in Chromium: how long it takes to start, to join, and for each tick.

import { buildSync } from "esbuild";
import { ROOT } from "../../tests/edge/harness/runtime.ts";
import { launch } from "../../tests/browser/harness/chromium.ts";
import { site } from "../../tests/browser/harness/site.ts";

const COUNTS = [100, 1_000, 10_000, 100_000];

const made = `${ROOT}/target/client`;
const { outputFiles } = buildSync({
  stdin: {
    contents: `export * from "./core.ts"; export { columns } from "./rundown.ts";`,
    resolveDir: `${ROOT}/crates/web/ts`,
  },
  alias: { "#wasm": `${made}/wasm.js` },
  ...{ bundle: true, format: "esm", minify: true, write: false },
});

const [browser, ours] = await Promise.all([launch(), site()]);
ours.put("/core.js", Buffer.from(outputFiles[0]!.contents));
console.log("Chromium:      cues     first   columns      join      idle       due");
for (const count of COUNTS) {
  // A new context has new processes, in which nothing has run before.
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(ours.url);
  const { started, first, columns, join, idle, due } = await page.evaluate(inPage, count);
  if (count === COUNTS[0]) console.log(`started in ${ms(started)} (inflated, compiled, instantiated)`);
  console.log(`${String(count).padStart(19)} ${[ms(first), ms(columns), ms(join), us(idle), us(due)].map((text) => text.padStart(9)).join(" ")}`);
  await context.close();
}
await browser.close();
ours.end();

function ms(number: number): string { return `${number.toFixed(2)} ms`; }
function us(number: number): string { return `${(number * 1_000).toFixed(1)} µs`; }

/** In the page: a 24-hour event with that many cues, half of them states, joined in its middle. */
async function inPage(count: number) {
  const path = "/core.js";
  const began = performance.now();
  const { createViewer, columns } = await import(path);
  const imported = performance.now();
  await createViewer();
  const started = performance.now() - imported;
  void began;

  const day = 86_400_000;
  const startsAt = 1_704_067_200_000;
  const cues = Array.from({ length: count }, (_, index) => {
    const time = Math.floor((index * day) / count);
    const state = index % 2 === 0;
    const end = Math.floor(((index + 2) * day) / count);
    const more = index % 10 === 0 ? { jitter: 200, preload: { assets: ["a"], lead: 30_000, spread: 20_000 } } : {};
    return { id: `cue-${index}`, time, action: "x", kind: state ? "state" : "moment", ...(state ? { end, track: "t" } : {}), ...more };
  });
  const rundown = { format: "downbeat.rundown/1", id: "day", title: "Day", tracks: {}, cues };
  const digest = "ab".repeat(32);

  async function viewer() {
    const viewer = await createViewer();
    viewer.begin(1, 2, new BigUint64Array(), 0);
    viewer.set_state("a", 1, new Float64Array([startsAt, 0, 1]), NaN, digest);
    viewer.set_details(startsAt, new Float64Array(), false);
    viewer.handle_answer(600, NaN, startsAt + day / 2, 620, NaN, 620);
    drain(viewer);
    return viewer;
  }
  function drain(viewer: any) { while (viewer.poll_effect() !== 0); }
  function timed(what: () => void): number {
    const before = performance.now();
    what();
    return performance.now() - before;
  }
  function middle(numbers: number[]): number { return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!; }

  // A viewer waits for both once in the life of a page, with code that has not run before.
  const newcomer = await viewer();
  const first = timed(() => { newcomer.handle_rundown(digest, columns(rundown), 620); drain(newcomer); });
  const reading = middle(Array.from({ length: 15 }, () => timed(() => columns(rundown))));
  const handed = columns(rundown);
  const joins: number[] = [];
  for (let round = 0; round < 15; round++) {
    const one = await viewer();
    joins.push(timed(() => { one.handle_rundown(digest, handed, 620); drain(one); }));
  }
  const one = await viewer();
  one.handle_rundown(digest, handed, 620);
  drain(one);
  let now = 621;
  const rounds = 2_000;
  const idle = middle(Array.from({ length: 20 }, () => timed(() => {
    for (let round = 0; round < rounds; round++) { one.handle_tick(now, now); one.poll_effect(); one.next_tick_in(now); }
  }))) / rounds;
  // From deadline to deadline, as a page does; the page's clock is too coarse for one, so a hundred are measured together.
  const due = middle(Array.from({ length: 20 }, () => timed(() => {
    for (let round = 0; round < 100; round++) { now += one.next_tick_in(now); one.handle_tick(now, now); drain(one); }
  }))) / 100;
  return { started, first, columns: reading, join: middle(joins), idle, due };
}
