#!/usr/bin/env node
// `downbeat-worker`: runs, deploys and serves the built worker.

import { parseArgs } from "node:util";
import type { Command } from "./command.ts";
import { backup, restore } from "./backup.ts";
import { deploy } from "./deploy.ts";
import { dev } from "./dev.ts";
import { init } from "./init.ts";
import { VERSION } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import { serve } from "./serve.ts";

const COMMANDS: Record<string, Command> = { init, dev, deploy, serve, backup, restore };

const firstLine = (text: string): string => text.slice(0, text.indexOf("\n"));

const HELP = `downbeat-worker ${VERSION}: the Downbeat worker, built. Needs Node 22.13 or newer, and nothing else.

usage: npx downbeat-worker COMMAND [OPTIONS]
${Object.entries(COMMANDS).map(([name, { help }]) => `  ${name.padEnd(9)}${firstLine(help)}`).join("\n")}

downbeat-worker COMMAND --help says more.
`;

async function main(words: string[]): Promise<void> {
  const [major, minor] = process.versions.node.split(".").map(Number) as [number, number];
  if (major < 22 || (major === 22 && minor < 13)) {
    throw new Refusal(`this is Node ${process.versions.node}, and Downbeat needs 22.13 or newer: https://nodejs.org/en/download`);
  }
  const [name = "--help", ...rest] = words;
  if (name === "--help" || name === "-h" || name === "help") return void process.stdout.write(HELP);
  if (name === "--version" || name === "-V") return void process.stdout.write(`downbeat-worker ${VERSION}\n`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]! : undefined;
  if (!command) throw new Refusal(`there is no command "${name}"; there are ${Object.keys(COMMANDS).join(", ")}`, 2);
  if (rest.includes("--help") || rest.includes("-h")) return void process.stdout.write(command.help);
  const { values, positionals } = parse(name, command, rest);
  if (positionals.length > command.most) {
    throw new Refusal(`"${positionals[command.most]}" is one argument too many; see downbeat-worker ${name} --help`, 2);
  }
  await command.run(values, positionals);
}

function parse(name: string, { options }: Command, args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true }) as { values: Record<string, string | boolean>; positionals: string[] };
  } catch (error) {
    throw new Refusal(`${(error as Error).message.split(". ")[0]}; see downbeat-worker ${name} --help`, 2);
  }
}

// node:sqlite announces itself as experimental at each start.
process.removeAllListeners("warning");

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exit(error.exit);
});
