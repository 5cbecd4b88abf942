// What is being built, and how far it is: a line that changes on a terminal, plain lines elsewhere.

import { type ChildProcess, spawn } from "node:child_process";

/** How often the line is drawn, in ms. */
const DRAWN_EVERY = 250;

/** A step that takes less is not worth a line, in ms: it had nothing to do. */
const SHORT = 2_000;

/** How far Cargo is, as it draws it. */
const PROGRESS = /\[[=> ]+\] +(\d+\/\d+)/g;

interface Step {
  name: string;
  /** How many crates are compiled, as Cargo counts them: "34/61". */
  crates: string;
  child: ChildProcess;
}

/** Commands that run beside each other. */
export class Steps {
  readonly #running = new Set<Step>();
  readonly #started = performance.now();
  readonly #terminal = process.stdout.isTTY;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Runs `command` under the name of what it makes; `priority` is 0, or up to 19 for what may wait. Fails with what it printed if
   * it fails.
   */
  async run(name: string, priority: number, ...command: string[]): Promise<void> {
    const began = performance.now();
    const child = spawn("nice", ["-n", `${priority}`, ...command], {
      // A group of its own, so that Ctrl-C ends compilers, too.
      ...{ detached: true, stdio: ["ignore", "pipe", "pipe"] },
      env: { ...process.env, CARGO_TERM_PROGRESS_WHEN: "always", CARGO_TERM_PROGRESS_WIDTH: "60", CARGO_TERM_COLOR: "never" },
    });
    const step: Step = { name, crates: "", child };
    this.#running.add(step);
    this.#timer ??= setInterval(() => this.#draw(), DRAWN_EVERY).unref();
    const announced = setTimeout(() => this.#terminal || this.say(`building ${name}`), SHORT);
    let printed = "";
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        const counts = [...text.matchAll(PROGRESS)];
        step.crates = counts.at(-1)?.[1] ?? step.crates;
        printed = (printed + text).slice(-20_000);
      });
    }
    const code = await new Promise<number | null>((resolve) => void child.once("close", resolve));
    clearTimeout(announced);
    this.#running.delete(step);
    if (code !== 0) throw new Error(`${name} did not build:\n${lines(printed)}`);
    if (performance.now() - began > SHORT) this.say(`built ${name}`);
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** Prints a line, with the time since the start. */
  say(line: string): void {
    if (this.#terminal) process.stdout.write("\r\u001b[K");
    process.stdout.write(`${this.#time()}  ${line}\n`);
  }

  /** Clears the line that changes, for text that is printed after it. */
  clear(): void {
    if (this.#terminal) process.stdout.write("\r\u001b[K");
  }

  /** Ends what runs. */
  end(): void {
    for (const { child } of this.#running) {
      try {
        process.kill(-child.pid!, "SIGTERM");
      } catch {
        // It has ended.
      }
    }
  }

  #draw(): void {
    if (!this.#terminal) return;
    const parts = [...this.#running].map(({ name, crates }) => (crates === "" ? name : `${name} (${crates} crates)`));
    const line = `${this.#time()}  building ${parts.join(", ")}`;
    process.stdout.write(`\r\u001b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
  }

  #time(): string {
    const seconds = Math.floor((performance.now() - this.#started) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

/** Returns what was printed, without Cargo's line that changes. */
function lines(printed: string): string {
  return printed.split(/[\r\n]/).filter((line) => line.trim() !== "" && line.match(PROGRESS) === null).join("\n");
}
