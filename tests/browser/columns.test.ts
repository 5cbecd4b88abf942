// A rundown on its way into WebAssembly: what the page writes into columns is what core does, without a browser.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { buildSync } from "esbuild";
import { ROOT } from "../edge/harness/runtime.ts";

const STARTS_AT = 1_704_067_200_000;
const [FIRST, SECOND] = ["ab".repeat(32), "cd".repeat(32)];

const { createViewer, columns, EffectKind } = await client();

/** Returns the package's inner parts, which it does not export. */
async function client() {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `export * from "./core.ts"; export { columns } from "./rundown.ts"; export { EffectKind } from "./codes.ts";`,
      resolveDir: `${ROOT}/crates/web/ts`,
    },
    alias: { "#wasm": `${ROOT}/target/client/wasm.js` },
    ...{ bundle: true, format: "esm", write: false },
  });
  const folder = `${ROOT}/target/tests/columns`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/client.mjs`, outputFiles[0]!.contents);
  return import(`${folder}/client.mjs`);
}

/** One viewer who joins at `position` ms and whose clock may be wrong by half of `roundTrip`, or a little more. */
class Viewer {
  readonly #core: any;
  #rundown: any;
  #former: any;

  private constructor(core: any) {
    this.#core = core;
  }

  static async join(position: number, roundTrip: number): Promise<Viewer> {
    const viewer = new Viewer(await createViewer());
    viewer.#core.begin(1, 2, new BigUint64Array(), 0);
    viewer.#tell(1, FIRST);
    viewer.#core.handle_answer(1_000 - roundTrip, NaN, STARTS_AT + position - roundTrip / 2, 1_000, NaN, 1_000);
    viewer.turns();
    return viewer;
  }

  /** Hands over a rundown at `now`, and gives what follows from it. */
  gets(rundown: { cues: object[] }, now = 1_000, digest = FIRST): string[] {
    if (digest !== FIRST) {
      this.#tell(2, digest);
      this.#core.handle_status(now);
      this.turns();
    }
    assert.ok(this.#core.handle_rundown(digest, columns(rundown, this.#rundown), now), "it is wanted");
    [this.#former, this.#rundown] = [this.#rundown, rundown];
    return this.turns();
  }

  passes(now: number): string[] {
    this.#core.handle_tick(now, now);
    return this.turns();
  }

  #tell(rev: number, digest: string): void {
    this.#core.set_state("a", rev, new Float64Array([STARTS_AT, 0, 1]), NaN, digest);
    this.#core.set_details(STARTS_AT, new Float64Array(), false);
  }

  turns(): string[] {
    const turns = [];
    for (let kind; (kind = this.#core.poll_effect()) !== EffectKind.Nothing;) {
      if (kind < EffectKind.Standby) continue;
      const [index, into, second, , certain] = [0, 1, 2, 3, 4].map((place) => this.#core.value(place));
      const cue = (kind === EffectKind.Leave && into === 1 ? this.#former : this.#rundown).cues[index];
      const timed = kind === EffectKind.Fire || kind === EffectKind.Enter;
      const said = timed ? ` from ${Math.round(into)}${certain ? "" : ", uncertain"}` : kind === EffectKind.Adjust ? ` from ${Math.round(into)} at ${second}` : "";
      turns.push(`${EffectKind[kind]} ${cue.id}${said}`);
    }
    return turns;
  }
}

test("core gets every field of every cue", async () => {
  const rundown = {
    cues: [
      { id: "over", time: 1_000, end: 30_000, action: "scene", kind: "state" },
      { id: "scène ♪", time: 2_000, end: 90_000, action: "scene", kind: "state", track: "stage" },
      { id: "stays", time: 3_000, action: "scene", kind: "state" },
      { id: "skipped", time: 4_000, end: 90_000, action: "scene", kind: "state", late: "skip" },
      { id: "caption1", time: 5_000, action: "caption", kind: "moment", late: "latest", track: "text" },
      { id: "caption2", time: 6_000, action: "caption", kind: "moment", late: "latest", track: "text" },
      { id: "other", time: 7_000, action: "caption", kind: "moment", late: "latest" },
      { id: "moment", time: 58_000, action: "flash", kind: "moment" },
      { id: "too-late", time: 58_000, action: "flash", kind: "moment", late: { within: 1_000 } },
      { id: "in-time", time: 58_000, action: "flash", kind: "moment", late: { within: 3_000 } },
      { id: "goes-on", time: 59_000, end: 70_000, action: "flash", kind: "moment", late: "resume" },
      { id: "exact", time: 62_000, action: "flash", kind: "moment", needs: { bound: 50, otherwise: "skip" } },
      { id: "marked", time: 62_000, action: "flash", kind: "moment", needs: { bound: 50, otherwise: "fire" } },
      { id: "easy", time: 62_000, action: "flash", kind: "moment", needs: { bound: 5_000, otherwise: "skip" } },
      { id: "spread", time: 63_000, action: "flash", kind: "moment", jitter: 30_000 },
      { id: "fetched", time: 80_000, action: "flash", kind: "moment", preload: { assets: ["a"], lead: 17_000, spread: 0 } },
    ],
  };
  const viewer = await Viewer.join(60_000, 200);
  const landed = viewer.gets(rundown).sort();
  assert.deepEqual(landed, [
    "Enter scène ♪ from 58000", "Enter stays from 57000",
    "Fire caption2 from 0", "Fire goes-on from 1000", "Fire in-time from 0", "Fire other from 0",
  ]);
  assert.deepEqual(viewer.passes(3_100).sort(), ["Fire easy from 0", "Fire marked from 0, uncertain", "Withhold exact"]);
  assert.deepEqual(viewer.passes(4_500), ["Standby fetched"], "the one that is spread is still to come");
});

test("a state that a new rundown leaves as it is goes on; a changed one begins anew", async () => {
  const scene = (id: string, more: object = {}) => {
    return { id, time: 10_000, end: 90_000, action: "scene", kind: "state", params: { name: id }, ...more };
  };
  const before = { cues: [scene("changed"), scene("gone"), scene("moved"), scene("same", { message: { en: "Hi" } })] };
  const after = {
    cues: [
      scene("added", { time: 9_000 }),
      scene("changed", { params: { name: "other" } }),
      scene("same", { message: { en: "Hi" } }),
      scene("moved", { time: 12_000 }),
    ],
  };
  const viewer = await Viewer.join(60_000, 20);
  assert.equal(viewer.gets(before).length, 4);
  assert.deepEqual(viewer.gets(after, 1_500, SECOND).sort(), [
    "Adjust moved from 48500 at 1", "Enter added from 51500", "Enter changed from 50500", "Leave changed", "Leave gone",
  ]);
});
