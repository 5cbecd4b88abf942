// Members that are other people's software: a process that speaks the same messages, one a line of JSON.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { until } from "../../edge/harness/until.ts";
import type { Receiver, Signalling } from "./peers.ts";

export class ForeignMember implements Receiver {
  readonly events: { event: string; [name: string]: unknown }[] = [];
  readonly #process: ChildProcess;
  #wrong = "";

  /** Starts it as the member `id`. */
  constructor(signalling: Signalling, id: string, [program, ...args]: string[]) {
    this.#process = spawn(program!, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stderr!.on("data", (text) => void (this.#wrong += text));
    // One that has ended reads nothing.
    this.#process.stdin!.on("error", () => undefined);
    createInterface({ input: this.#process.stdout! }).on("line", (line) => {
      const said = JSON.parse(line);
      if (said.event) this.events.push(said);
      else void signalling.pass({ from: id, ...said });
    });
    signalling.members.set(id, this);
  }

  async receive(from: string, message: unknown): Promise<void> {
    this.#process.stdin!.write(`${JSON.stringify({ from, message })}\n`);
  }

  /** Waits until it has said this. */
  async says(wanted: Record<string, unknown>): Promise<void> {
    const fits = (said: Record<string, unknown>) => Object.entries(wanted).every(([name, value]) => JSON.stringify(said[name]) === JSON.stringify(value));
    await until(async () => ({ events: this.events, wrong: this.#wrong }), ({ events }) => events.some(fits), JSON.stringify(wanted));
  }

  end(): void {
    this.#process.kill("SIGKILL");
  }
}
