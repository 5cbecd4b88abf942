// Measures the cue toolchain: compiling compared with serde_json and ajv, its memory, its growth, and a small sheet as a
// whole process. `scripts/bench cues` runs it.
import { Ajv2020 } from "ajv/dist/2020.js";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { plain } from "../../tests/cues/harness/jsonc.ts";

const root = new URL("../../", import.meta.url).pathname;
const place = `${root}target/bench/cues`;
mkdirSync(place, { recursive: true });
const [rounds, binaries] = [Number(process.argv[2]), process.argv[3]!];
const measure = (what: string, kind: string, cues: number) =>
  execFileSync(`${binaries}/examples/compile_speed`, [what, kind, `${cues}`], { encoding: "utf8", maxBuffer: 1 << 26 });

/** Times in nanoseconds, sizes in bytes. */
interface Measured {
  bytes: number;
  serde: number;
  compile: number;
  published: number;
  /** Null if the system does not report it. */
  peak: number | null;
}

/** Returns the least disturbed run. */
function compiled(kind: string, cues: number): Measured {
  const runs = Array.from({ length: rounds }, () => JSON.parse(measure("time", kind, cues)) as Measured);
  const least = (of: "serde" | "compile") => Math.min(...runs.map((run) => run[of]));
  return { ...JSON.parse(measure("peak", kind, cues)), serde: least("serde"), compile: least("compile") };
}

const ms = (nanoseconds: number) => `${(nanoseconds / 1e6).toFixed(nanoseconds < 1e7 ? 2 : 0)} ms`;
const mb = (bytes: number) => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);
const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;

function table(rows: string[][]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)));
    console.log(cells.join("  ").trimEnd());
  }
  console.log();
}

const cpu = cpus();
console.log(`${cpu.length} × ${cpu[0]?.model ?? "?"}, ${mb(totalmem())} of memory, ${process.platform} ${release()}`);
console.log(`${execFileSync("rustc", ["--version"], { encoding: "utf8" }).trim()}, Node ${process.versions.node}\n`);

console.log(`Check and compile, to the bytes to publish, beside serde_json (parse to Value, write again); best of ${7 * rounds}.`);
console.log("Peak: the most memory the process had, program and sheet included. Lean: the fewest bytes a cue takes; rich: ids,");
console.log("references, params by a schema, ends on exclusive tracks; wide: the same as people write it, with messages and vars.");
const head = ["sheet", "cues", "file", "serde_json", "compile", "× serde", "reach", "per cue", "peak", "× file", "reach"];
const rows = [head];
const sizes: [string, number[]][] = [
  ["lean", [1_000, 10_000, 50_000, 100_000, 200_000]],
  ["rich", [1_000, 10_000, 50_000, 100_000]],
  ["wide", [1_000, 10_000, 50_000]],
];
for (const [kind, counts] of sizes) {
  for (const cues of counts) {
    const { bytes, serde, compile, peak } = compiled(kind, cues);
    // A process without a sheet uses some megabytes, so small sheets say nothing.
    const large = cues >= 50_000;
    rows.push([
      kind, cues.toLocaleString("en"), mb(bytes), ms(serde), ms(compile), (compile / serde).toFixed(2), "≤ 3",
      `${(compile / cues / 1e3).toFixed(2)} µs`, peak === null ? "?" : mb(peak),
      peak === null || !large ? "" : (peak / bytes).toFixed(1), large ? "≤ 12" : "",
    ]);
  }
}
table(rows);

console.log("The same sheets by our schema, in npm's ajv (parsing and validating, nothing else); best of 5.");
const schema = JSON.parse(execFileSync(`${binaries}/downbeat`, ["cues", "schema"], { encoding: "utf8" })) as object;
const took = <T>(run: () => T): [number, T] => {
  const from = performance.now();
  const result = run();
  return [(performance.now() - from) * 1e6, result];
};
const [making, validate] = took(() => new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema));
const validated = [["sheet", "cues", "ajv", "compile", "ajv ÷ compile"]];
const largest = ([kind, cues]: string[]) => cues === (kind === "wide" ? "50,000" : "100,000");
for (const [kind, cues, , , compile] of rows.filter(largest) as [string, string, string, string, string][]) {
  const text = measure("sheet", kind, Number(cues.replaceAll(",", "")));
  writeFileSync(`${place}/${kind}.json`, text);
  const runs = Array.from({ length: 5 }, () => took(() => validate(JSON.parse(text))));
  if (!runs.every(([, valid]) => valid)) throw new Error(`ajv refuses the ${kind} sheet: ${JSON.stringify(validate.errors)}`);
  const least = Math.min(...runs.map(([time]) => time));
  validated.push([kind, cues, ms(least), compile, (least / 1e6 / Number.parseFloat(compile)).toFixed(2)]);
}
table(validated);

const gala = `${root}cues/good/gala.json`;
const processes = 20 * rounds;
console.log(`cues/good/gala.json (${mb(readFileSync(gala).length)}) as a whole process; median and 95th percentile of ${processes}.`);
const whole = (command: string, ...args: string[]) => {
  const times = Array.from({ length: processes }, () => {
    const [time, ran] = took(() => spawnSync(command, args, { cwd: place, encoding: "utf8" }));
    if (ran.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${ran.error ?? ""}${ran.stdout}${ran.stderr}`);
    return time;
  });
  return [ms(median(times)), ms(times[Math.floor(times.length * 0.95)]!)];
};
// ajv reads plain JSON: the gala without its comments, which gives it less to do.
writeFileSync(`${place}/gala.json`, plain(readFileSync(gala, "utf8")));
writeFileSync(`${place}/schema.json`, JSON.stringify(schema));
table([
  ["process", "median", "95 %", "reach"],
  ["downbeat cues check", ...whole(`${binaries}/downbeat`, "cues", "check", gala), "≤ 15 ms"],
  ["node, ajv: compile the schema, validate", ...whole(process.execPath, `${root}bench/cues/ajv.js`, `${place}/schema.json`, `${place}/gala.json`), ""],
  ["node that does nothing", ...whole(process.execPath, "--eval", "0"), ""],
]);
console.log(`ajv took ${ms(making)} to compile the schema in a process that was warm.`);
