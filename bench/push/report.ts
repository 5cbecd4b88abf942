// What `run.ts` prints: every figure as the median over the rounds, with the minimum and the maximum.
import type { Kind } from "./servers.ts";

/** One of the servers, with a number of viewers. */
export interface Case {
  name: string;
  kind: Kind;
  hubs: number;
  viewers: number;
}

/** When the viewers received a change, in ms since the request. */
export interface Seen {
  first: number;
  median: number;
  p99: number;
  last: number;
  answered: number;
  processor: number | null; // the server's, all its threads together
  missed: number;
  twice: number;
  back: number;
  lost: number;
}

/** One round of a case: the first change after joining, those that follow, and at the end one after idling. */
export interface Round {
  joining: { sockets: number; took: number; median: number; p99: number }; // in ms
  memory: number[]; // in KB: before, with the sockets, after the changes, and after idling
  seen: Seen[];
  answer: string; // to the last change
}

/** Everything that was measured. */
export interface Measured {
  cases: Case[];
  rounds: Record<string, Round[]>;
  changes: number;
  idle: number; // in s
  bytes: number; // of a frame
  pinned: boolean;
  realtime: boolean;
  stored: string;
  json: boolean;
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
const integer = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function print(measured: Measured) {
  if (measured.json) return console.log(JSON.stringify({ ...measured, verdicts: verdicts(measured) }));
  const { cases, rounds, changes, idle, bytes, pinned, realtime, stored } = measured;
  const count = Object.values(rounds)[0]!.length;
  console.log(`A change pushed as ${bytes} bytes, ms since its HTTP request left; median of ${count} rounds (min–max)`);
  console.log(pinned ? "Server and viewers on a core each;" : "Server and viewers wherever the system puts them (no taskset here);",
    realtime ? "with real-time priority;" : "without real-time priority: whatever else runs is in the figures;",
    `objects' storage ${stored}`);
  table(measured, `${changes} changes a round, the median of them`, {
    first: (round) => median(warm(round, changes).map((seen) => seen.first)),
    median: (round) => median(warm(round, changes).map((seen) => seen.median)),
    p99: (round) => median(warm(round, changes).map((seen) => seen.p99)),
    last: (round) => median(warm(round, changes).map((seen) => seen.last)),
    answer: (round) => median(warm(round, changes).map((seen) => seen.answered)),
    "last − answer": (round) => median(warm(round, changes).map((seen) => seen.last - seen.answered)),
    "server's CPU": (round) => median(warm(round, changes).map((seen) => seen.processor ?? NaN)),
  });
  table(measured, "The first change after everyone joined", single((round) => round.seen[0]!));
  if (idle > 0) table(measured, `A change after ${idle} s of silence`, single((round) => round.seen.at(-1)!));
  table(measured, "Joining: sockets a second, and ms for one (64 at a time)", {
    "a second": ({ joining }) => joining.sockets / (joining.took / 1e3),
    median: ({ joining }) => joining.median,
    p99: ({ joining }) => joining.p99,
  });
  const memory = (at: number) => (round: Round) => (round.memory[at]! - round.memory[0]!) / round.joining.sockets;
  table(measured, "The server's memory: MB with nobody there, then KB more per socket", {
    nobody: (round) => round.memory[0]! / 1024,
    joined: memory(1),
    changes: memory(2),
    ...(idle > 0 ? { [`${idle} s of silence`]: memory(3) } : {}),
  });
  const sum = (what: "missed" | "twice" | "back" | "lost") => (round: Round) => round.seen.reduce((sum, seen) => sum + seen[what], 0);
  table(measured, "Viewers who missed a change, got it twice, got an older one after a newer one, lost their socket", {
    missed: sum("missed"), twice: sum("twice"), back: sum("back"), lost: sum("lost"),
  });
  console.log("");
  for (const one of cases) {
    const answers = rounds[one.name]!.map(({ answer }) => answer);
    if (one.kind === "room" && idle > 0) {
      const anew = answers.filter((answer) => (JSON.parse(answer) as { made: number }).made > 1).length;
      console.log(`${label(one)}: hibernated during the silence (its object was made anew) in ${anew} of ${count} rounds`);
    }
    if (one.kind === "ours") console.log(`${label(one)}: the operator was told`, JSON.stringify(JSON.parse(answers.at(-1)!).delivery));
  }
  console.log("\nWhat is to be reached");
  for (const { what, is, most, unit, reached } of verdicts(measured)) {
    const verdict = `${is.toFixed(unit === "×" ? 2 : 1)} ${unit}`.padStart(9) + `  (at most ${most} ${unit}, ${reached ? "reached" : "missed"})`;
    console.log(`  ${what.padEnd(64)}${verdict}`);
  }
}

/** The options of a run, and its results. */
function verdicts({ cases, rounds, changes, idle }: Measured) {
  const found = [] as { what: string; is: number; most: number; unit: string; reached: boolean }[];
  const has = (name: string) => cases.some((one) => one.name === name);
  const judge = (what: string, numbers: number[], most: number, unit: string) => {
    const is = median(numbers);
    found.push({ what, is, most, unit, reached: is <= most });
  };
  const of = (what: "first" | "median" | "last") => (round: Round) => median(warm(round, changes).map((seen) => seen[what]));
  const kept = (at: number) => (round: Round) => round.memory[at]! - round.memory[0]!;
  const ratio = (name: string, other: string, figure: (round: Round) => number) =>
    rounds[name]!.map((round, index) => figure(round) / figure(rounds[other]![index]!));
  for (const [name, hubs] of [["ours-4", "4 hubs"], ["ours-1", "1 hub"]] as const) {
    if (!has(name)) continue;
    judge(`${hubs}: the first viewer`, rounds[name]!.map(of("first")), 10, "ms");
    if (!has("room")) continue;
    judge(`${hubs}: the median viewer, ours / PartyServer's`, ratio(name, "room", of("median")), 0.6, "×");
    judge(`${hubs}: the last viewer, ours / PartyServer's`, ratio(name, "room", of("last")), 0.9, "×");
    judge(`${hubs}: memory of a socket, ours / PartyServer's`, ratio(name, "room", kept(1)), 1, "×");
    if (idle > 0) judge(`${hubs}: memory of a socket after silence, ours / PartyServer's`, ratio(name, "room", kept(3)), 1, "×");
  }
  if (has("ours-few")) judge("1 hub with few viewers: the last one", rounds["ours-few"]!.map(of("last")), 50, "ms");
  if (has("ours-4") && has("ours-1")) judge("the last viewer, 4 hubs / 1 hub", ratio("ours-4", "ours-1", of("last")), 1, "×");
  return found;
}

/** The changes after the first one. */
function warm(round: Round, changes: number): Seen[] {
  return round.seen.slice(1, 1 + changes);
}

function single(of: (round: Round) => Seen) {
  const pick = (what: "first" | "median" | "p99" | "last" | "answered") => (round: Round) => of(round)[what];
  return { first: pick("first"), median: pick("median"), p99: pick("p99"), last: pick("last"), answer: pick("answered") };
}

function table({ cases, rounds }: Measured, title: string, columns: Record<string, (round: Round) => number>) {
  console.log(`\n${title}`);
  const [first, width] = [26, 19];
  console.log(`  ${"".padEnd(first)}${Object.keys(columns).map((name) => name.padStart(width)).join("")}`);
  for (const one of cases) {
    const cells = Object.values(columns).map((of) => spread(rounds[one.name]!.map(of)).padStart(width));
    console.log(`  ${label(one).padEnd(first)}${cells.join("")}`);
  }
}

function label({ kind, hubs, viewers }: Case): string {
  const what = { ours: `ours, ${hubs} hub${hubs === 1 ? "" : "s"}`, room: "PartyServer room", "socket.io": "Socket.IO", ws: "ws" }[kind];
  return `${what} × ${integer.format(viewers)}`;
}

function spread(numbers: number[]): string {
  if (numbers.some(Number.isNaN)) return "–";
  const text = (number: number) => number.toFixed(Number.isInteger(number) || Math.abs(number) >= 20 ? 0 : 1);
  if (numbers.every((number) => number === numbers[0])) return text(numbers[0]!);
  return `${text(median(numbers))} (${text(Math.min(...numbers))}–${text(Math.max(...numbers))})`;
}
