// What `run.ts` prints.
import { loadavg } from "node:os";

/** What became of viewers who arrived; spans in ms. */
export interface Opened {
  kind: "ours" | "room" | "socket.io";
  viewers: number;
  sockets: number; // that were open at the end
  attempts: number;
  questions: number;
  processor: number | null; // the server's, all its threads together
  memory: number; // the server's at the end, in KB
  all: number | null; // from the first arrival until all had a socket
  joined: [median: number, p99: number, last: number] | null; // from arriving to the first socket
  known: Record<50 | 99 | 100, number | null> | null; // by that share of viewers, in percent, after the pause was sent
  bySocket: number;
  byRequest: number;
  unaware: number;
}

/** Everything that was measured. */
export interface Measured {
  opened: Opened[];
  single: number; // the viewers who all have sockets at once
  over: number; // in s
  calm: number; // in s
  pinned: boolean;
  stored: string;
  json: boolean;
  capped: boolean;
}

const NAMES = { ours: "ours, 4 hubs", room: "PartyServer room", "socket.io": "Socket.IO" };
const integer = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const s = (ms: number | null | undefined) => (ms === null || ms === undefined ? "never" : `${(ms / 1e3).toFixed(1)} s`);

/** Returns how many sockets a second viewers had until the last of those who got one. */
function rate({ sockets, all, joined }: Opened, over: number): number | null {
  const last = all ?? (joined ? joined[2] + over * 1e3 : null);
  return last === null ? null : sockets / (last / 1e3);
}

export function print(measured: Measured) {
  if (measured.json) return console.log(JSON.stringify({ ...measured, load: loadavg() }));
  const { opened, single, over, calm, pinned, stored, capped } = measured;
  console.log(`Doors: ${integer.format(single)} viewers within ${over} s all have sockets${capped ? " (more cannot be tried four times over here)" : ""};`
    + ` they, twice and four times as many arrive, the event is paused 2 s after the last, and ${calm} s after it sockets are counted.`);
  console.log(pinned ? "Server and viewers on a core each;" : "Server and viewers wherever the system puts them;",
    `objects' storage ${stored}; the machine's load average is ${loadavg().map((load) => load.toFixed(1)).join(", ")}`);
  const columns = ["server", "viewers", "sockets", "all had one", "per s", "attempts", "questions", "known 50 %", "99 %", "100 %", "by socket", "by polling", "never"];
  const rows = opened.map((one) => [
    NAMES[one.kind], integer.format(one.viewers), integer.format(one.sockets), s(one.all),
    integer.format(rate(one, over) ?? 0), integer.format(one.attempts), integer.format(one.questions),
    ...([50, 99, 100] as const).map((share) => (share === 100 && one.unaware > 0 ? "never" : s(one.known?.[share]))),
    integer.format(one.bySocket), integer.format(one.byRequest), integer.format(one.unaware),
  ]);
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]!.length)) + 2);
  for (const row of [columns, ...rows]) {
    console.log(row.map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!))).join(""));
  }
  const ours = opened.filter(({ kind }) => kind === "ours");
  if (ours.length === 0) return;
  console.log("\nWhat is to be reached");
  const best = Math.max(...ours.map((one) => rate(one, over) ?? 0));
  for (const one of ours) {
    const times = `${one.viewers / single} ×`;
    const known = one.unaware === 0 ? (one.known?.[100] ?? Infinity) : Infinity;
    verdict(`${times}: everyone knows of the pause`, known / 1e3, 10, "s");
    const all = one.all === null ? Infinity : one.all / 1e3 - over;
    verdict(`${times}: everyone has a socket, after the last arrival`, all, 60, "s");
    if (one.viewers > single) verdict(`${times}: sockets a second, of the best`, (rate(one, over) ?? 0) / best, 0.9, "×", "at least");
  }
}

function verdict(what: string, is: number, bound: number, unit: string, way: "at most" | "at least" = "at most") {
  const reached = way === "at most" ? is <= bound : is >= bound;
  const shown = Number.isFinite(is) ? `${is.toFixed(unit === "×" ? 2 : 1)} ${unit}` : "never";
  console.log(`  ${what.padEnd(56)}${shown.padStart(9)}  (${way} ${bound} ${unit}, ${reached ? "reached" : "missed"})`);
}
