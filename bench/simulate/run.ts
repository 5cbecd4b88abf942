// The same audience twice: real viewers of `downbeat load` on the real runtime, and those of `downbeat simulate`. Prints what both
// measured beside each other. `scripts/bench simulate` runs it.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { endWhenInterrupted, say } from "../push/audience.ts";
import { downbeat, endAll, loaded, pinned, prepare, start, stored } from "../push/servers.ts";

const { values: given } = parseArgs({
  options: {
    viewers: { type: "string", default: "2000" },
    rounds: { type: "string", default: "3" },
    client: { type: "string", default: downbeat }, // another build of the command line
    json: { type: "boolean", default: false },
  },
});
const viewers = Number(given.viewers);
const hubs = 4;
/** The scenario: when they arrive, how long they watch, and when the event is paused, each in s and from the one before. */
const [ARRIVE, WATCH, PAUSE_AT] = [30, 120, 60];

/** What both sides measure: times in ms, requests for each viewer. */
interface Measured {
  joined: Shares;
  pause: Shares;
  asked: number; // for the time, the state or the status
  sockets: number;
  pings: number;
  unaware: number;
}

type Shares = Record<"median" | "p99" | "last", number>;

async function real(): Promise<Measured> {
  const server = await start("ours", hubs);
  try {
    const args = ["--viewers", `${viewers}`, "--arrive", `${ARRIVE}s`, "--duration", `${WATCH}s`, "--pause-after", `${PAUSE_AT}s`];
    const found = (await loaded(server, given.client!, args)) as {
      joined: Shares; pause: { knownAfter: Shares; unaware: number }; questions: number; attempts: number; pings: number;
    };
    const each = (count: number) => count / viewers;
    return {
      joined: found.joined, pause: found.pause.knownAfter, unaware: found.pause.unaware,
      asked: each(found.questions), sockets: each(found.attempts), pings: each(found.pings),
    };
  } finally {
    await server.end();
  }
}

function simulated(seed: number, mix: string): Measured {
  const args = [
    "simulate", "--viewers", `${viewers}`, "--arrive", `${ARRIVE}s`, "--duration", `${WATCH}s`, "--pause-at", `${PAUSE_AT}s`,
    "--hubs", `${hubs}`, "--mix", mix, "--seed", `${seed}`, "--json",
  ];
  const found = JSON.parse(execFileSync(given.client!, args, { encoding: "utf8" }));
  const shares = ({ p50, p99, most }: { p50: number; p99: number; most: number }): Shares => ({ median: p50, p99, last: most });
  const { time, state, status, live, ping } = found.requests.total;
  return {
    joined: shares(found.joined), pause: shares(found.pause.latency), unaware: found.pause.unaware,
    asked: (time + state + status) / viewers, sockets: live / viewers, pings: ping / viewers,
  };
}

const ROWS: [string, (one: Measured) => number, number][] = [
  ["live after opening the page, median, ms", ({ joined }) => joined.median, 0],
  ["… 99 of 100, ms", ({ joined }) => joined.p99, 0],
  ["… the last one, ms", ({ joined }) => joined.last, 0],
  ["pause known after the command, median, ms", ({ pause }) => pause.median, 0],
  ["… 99 of 100, ms", ({ pause }) => pause.p99, 0],
  ["… the last one, ms", ({ pause }) => pause.last, 0],
  ["never knew", ({ unaware }) => unaware, 0],
  ["requests of a viewer: time, state, status", ({ asked }) => asked, 2],
  ["sockets of a viewer", ({ sockets }) => sockets, 2],
  ["pings of a viewer", ({ pings }) => pings, 2],
];

/** Writes the median of the rounds, and what they lie between. */
function written(rounds: Measured[], of: (one: Measured) => number, digits: number): string {
  const values = rounds.map(of).sort((one, other) => one - other);
  const [least, median, most] = [values[0]!, values[values.length >> 1]!, values.at(-1)!].map((value) => value.toFixed(digits));
  return least === most ? median! : `${median} (${least}–${most})`;
}

endWhenInterrupted();
try {
  prepare();
  const rounds = Array.from({ length: Number(given.rounds) }, (_, round) => round + 1);
  const measured: Record<string, Measured[]> = { real: [], "simulated, lan": [], "simulated, at home": [] };
  for (const round of rounds) {
    say(`round ${round}: ${viewers} viewers, ${ARRIVE + WATCH} s`);
    measured.real!.push(await real());
    measured["simulated, lan"]!.push(simulated(round, "lan=100"));
    measured["simulated, at home"]!.push(simulated(round, "segment-downloads=40,wifi=25,mobile=25,long-bufferbloat=10"));
  }
  say("");
  writeFileSync(new URL("../../target/bench/simulate.json", import.meta.url), JSON.stringify({ viewers, hubs, measured, load: loadavg() }));
  if (given.json) {
    console.log(JSON.stringify({ viewers, hubs, measured, load: loadavg() }));
  } else {
    console.log(`${viewers} viewers arrive within ${ARRIVE} s at ${hubs} hubs and watch for ${WATCH} s; after ${PAUSE_AT} s a pause. Median of`
      + ` ${rounds.length} rounds and seeds (least–most). ${pinned ? "Server and viewers on a core each" : "Not pinned"}; storage ${stored};`
      + ` load average ${loadavg().map((load) => load.toFixed(1)).join(", ")}.\n`);
    const names = Object.keys(measured);
    console.log(`| | ${names.join(" | ")} |\n| --- |${" ---: |".repeat(names.length)}`);
    for (const [what, of, digits] of ROWS) {
      console.log(`| ${what} | ${names.map((name) => written(measured[name]!, of, digits)).join(" | ")} |`);
    }
  }
} finally {
  endAll();
}
