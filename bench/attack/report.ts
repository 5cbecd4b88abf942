// Runs the attacks one file after another, and prints what each came to.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const root = new URL("../../", import.meta.url).pathname;
interface Row { attack: string; tries: number; pauses: number; worst: number }
const rows: Row[] = [];
for (const file of readdirSync(`${root}tests/attack`).filter((name) => name.endsWith(".test.ts")).sort()) {
  const ran = spawnSync(process.execPath, ["--no-warnings", `${root}tests/attack/${file}`], { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  if (ran.status !== 0) console.error(`${file} failed; node --test tests/attack/${file} says why`);
  rows.push(...[...ran.stdout.matchAll(/^REPORT (.*)$/gm)].map(([, json]) => JSON.parse(json!) as Row));
}
console.log("| attack | tries | pauses amid it and after it | the slowest, until the last viewer had it |\n| --- | ---: | ---: | ---: |");
for (const { attack, tries, pauses, worst } of rows) console.log(`| ${attack} | ${tries} | ${pauses} | ${Math.round(worst)} ms |`);
