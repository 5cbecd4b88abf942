// Measures rooms: whether pages show the same frames, how soon a late one does, what a stalled member costs, and many members.
// `scripts/bench rooms` runs it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { launch } from "../../tests/browser/harness/chromium.ts";
import { site } from "../../tests/browser/harness/site.ts";
import { Room } from "../../tests/edge/harness/room.ts";
import { ROOT, Runtime } from "../../tests/edge/harness/runtime.ts";
import { TOKENS } from "../../tests/edge/harness/tokens.ts";
import { crowd } from "./crowd.ts";
import { late } from "./late.ts";
import { publish } from "./page.ts";
import { plainRoom } from "./plain.ts";
import { type Measured, print } from "./report.ts";
import { round } from "./together.ts";
import { stall } from "./waits.ts";

const { values: given } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "frames,late,waits,crowd" }, // names of cases, with commas
    json: { type: "boolean", default: false },
  },
});
const [rounds, only] = [Number(given.rounds), given.only.split(",")];
const say = (text: string) => console.error(text);

const measured: Measured = { rounds, frames: [], late: [], stall: undefined, worlds: undefined, crowds: [] };
const runtime = await Runtime.start("bench-rooms", { variables: { ROOMS: "open" } });
// A room's content has no part in this: pages play what they load themselves.
const make = () => Room.make(runtime, { content: "/clip.mp4", wait: false }, TOKENS.all);
try {
  if (only.includes("crowd")) {
    for (const members of [50, 100, 200]) {
      say(`${members} members`);
      measured.crowds.push(await crowd(runtime, members, members === 200 ? 10 * rounds : 1));
    }
  }
  if (only.includes("waits")) {
    say("a member that stalls for ever");
    measured.stall = await stall(runtime);
    const flags = ["run", "--locked", "--quiet", "--release", "--package", "downbeat-sim", "--example", "waits"];
    measured.worlds = JSON.parse(execFileSync("cargo", flags, { cwd: ROOT, encoding: "utf8" }));
  }
  if (only.includes("frames") || only.includes("late")) {
    const [browser, own, plain] = await Promise.all([launch(), site(), plainRoom()]);
    try {
      own.put("/clip.mp4", readFileSync(`${ROOT}/pages/clip.mp4`));
      publish(own);
      for (let n = 1; n <= rounds; n++) {
        if (only.includes("frames")) {
          say(`frames, round ${n} of ${rounds}`);
          measured.frames.push(await round({ browser, site: own, room: await make(), plain }));
        }
        if (only.includes("late")) {
          say(`a late joiner, round ${n} of ${rounds}`);
          measured.late.push(await late(browser, own, await make()));
        }
      }
    } finally {
      await browser.close();
      own.end();
      plain.end();
    }
  }
  if (given.json) console.log(JSON.stringify(measured));
  else print(measured);
} finally {
  await runtime.end();
}
