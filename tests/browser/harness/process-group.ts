// Browsers that are processes with children of their own, each a group: they end together, at the latest with the test.

import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";

const groups = new Set<ChildProcess>();
process.on("exit", () => groups.forEach(kill));
// A signal ends Node without that. The code is what shells give for one.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

/** Starts a program in a group of its own. */
export function spawnGroup(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(program, args, { ...options, detached: true });
  groups.add(child);
  child.once("exit", () => groups.delete(child));
  return child;
}

/** Ends a program and those that it started. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  kill(child);
  await gone;
}

function kill(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, "SIGKILL");
  } catch {
    // It has ended.
  }
}
