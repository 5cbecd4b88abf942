// What `run.ts` prints.
import type { Crowd } from "./crowd.ts";
import { FRAME, quantile } from "./frames.ts";
import { DELAY, type Late, RATE } from "./late.ts";
import { type After, DELAYS, FROM, TO } from "./together.ts";

/** Everything that was measured. */
export interface Measured {
  rounds: number;
  frames: { ours: After[]; plain: After[] }[];
  late: Late[];
  stall: { max: number; held: number[] } | undefined;
  /** What stalls cost in simulated rooms: by one that never ends, and by stalls without a pause for ten minutes; in ms. */
  worlds: { rooms: number; forever: number; again: number } | undefined;
  crowds: Crowd[];
}

const ms = (number: number) => (Number.isFinite(number) ? number.toFixed(0) : "–");

export function print({ rounds, frames, late, stall, worlds, crowds }: Measured): void {
  if (frames.length > 0) {
    console.log(`\nFive pages, ${DELAYS.join(", ")} ms away one way: how far apart the frames are that they show at the same instants,`);
    console.log(`from ${FROM / 1_000} s to ${TO / 1_000} s after a change, in ms of the film (a frame has ${FRAME}); ${rounds} rounds\n`);
    console.log("| room | after | median | p95 | largest | within a frame | instants | unknown |");
    console.log("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (const [name, kind] of [["ours", "ours"], ["receipt + 200 ms", "plain"]] as const) {
      for (const commands of [["play"], ["seek"], ["rate"], ["pause"], ["play", "seek", "rate", "pause"]] as After["command"][][]) {
        const after = frames.flatMap((round) => round[kind]).filter(({ command }) => commands.includes(command));
        const spreads = after.flatMap((one) => one.spreads);
        const unknown = after.reduce((sum, one) => sum + one.unknown, 0);
        const within = spreads.filter((spread) => spread <= FRAME + 1).length / spreads.length;
        const [half, most] = [quantile(spreads, 0.5), quantile(spreads, 0.95)];
        console.log(`| ${name} | ${commands.length > 1 ? "all" : commands[0]} | ${ms(half)} | ${ms(most)} | ${ms(Math.max(...spreads))} | ${(within * 100).toFixed(0)} % | ${spreads.length} | ${unknown} |`);
      }
    }
  }
  if (late.length > 0) {
    console.log(`\nA link opened on a line of ${RATE / 1e6} Mbit/s and ${2 * DELAY} ms there and back, s after that; the largest step after the first picture in ms\n`);
    console.log("| round | picture | in step | step | after the picture |");
    console.log("| ---: | ---: | ---: | ---: | ---: |");
    late.forEach(({ picture, inStep, step, stepAfter }, round) =>
      console.log(`| ${round + 1} | ${(picture / 1_000).toFixed(1)} | ${(inStep / 1_000).toFixed(1)} | ${ms(step)} | ${ms(stepAfter)} |`));
  }
  if (stall) console.log(`\nA member that stalls for ever in a room that waits ${stall.max} ms: held for ${stall.held.map(ms).join(" + ")} ms`);
  if (worlds) {
    console.log(`Simulated, the worst of ${worlds.rooms} rooms: a stall without an end holds the others for ${ms(worlds.forever)} ms in 15 min;`);
    console.log(`members that stall again and again, for ${ms(worlds.again)} ms in any ten minutes`);
  }
  if (crowds.length > 0) {
    console.log("\n| members | frames about presence | for each | gestures | from the first to the last, ms: median, largest | until the last: median, largest |");
    console.log("| ---: | ---: | ---: | ---: | ---: | ---: |");
    for (const { members, presence, spread, last } of crowds) {
      const both = (numbers: number[]) => `${ms(quantile(numbers, 0.5))}, ${ms(Math.max(...numbers))}`;
      console.log(`| ${members} | ${presence} | ${(presence / members).toFixed(1)} | ${spread.length} | ${both(spread)} | ${both(last)} |`);
    }
  }
}
