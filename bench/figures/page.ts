// Prints bench/FIGURES.md: the measured figures that README.md may claim, from the files beside this one.
//
// usage: node bench/figures/page.ts >bench/FIGURES.md
import { readdirSync, readFileSync } from "node:fs";

/** A figure, as README.md names it in a comment: `<!-- figure: push.last -->`. */
export interface Figure { value: number; unit: string; what: string }
export interface Run { measured: string; machine: string; command: string; figures: Record<string, Figure> }

const folder = new URL("./", import.meta.url);

/** Returns the committed runs, by the names of their files. */
export function runs(): [string, Run][] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
  return names.map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Run]);
}

/** Returns a figure as README.md writes it, such as `8,000` or `244 ms`. */
export const written = ({ value, unit }: Figure): string => `${value.toLocaleString("en-US")}${unit === "" ? "" : ` ${unit}`}`;

/** Returns the text of bench/FIGURES.md. */
export function page(): string {
  const lines = ["# The figures that README.md claims", "", "Made by `node bench/figures/page.ts` from `bench/figures/*.json`; a test compares README.md with it.", ""];
  for (const [, { measured, machine, command, figures }] of runs()) {
    lines.push(`## \`${command}\``, "", `Measured on ${measured}, ${machine}.`, "", "| figure | value | what |", "| --- | ---: | --- |");
    for (const [name, figure] of Object.entries(figures)) lines.push(`| ${name} | ${written(figure)} | ${figure.what} |`);
    lines.push("");
  }
  return lines.join("\n");
}

if (process.argv[1] === import.meta.filename) process.stdout.write(page());
