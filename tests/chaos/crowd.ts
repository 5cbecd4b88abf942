// Viewers: a few whose every frame is seen here, and hundreds of real ones (`downbeat load`), which the command line counts.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Server } from "../edge/harness/calls.ts";
import { ROOT } from "../edge/harness/runtime.ts";
import { turn } from "../edge/harness/until.ts";
import { type StateFrame, Viewer } from "../edge/harness/viewer.ts";

/** What each revision was, by all who saw it. */
export class Revisions {
  /** The revisions that were two different states. */
  readonly torn = new Set<string>();
  readonly #seen = new Map<string, string>();

  note({ epoch, rev, timeline, messages, rundown, startsAt, endedAt }: StateFrame): void {
    const [name, state] = [`${epoch}.${rev}`, JSON.stringify({ timeline, messages, rundown, startsAt, endedAt })];
    if ((this.#seen.get(name) ?? state) !== state) this.torn.add(name);
    this.#seen.set(name, state);
  }
}

/** A viewer who joins again whenever the socket is lost. */
export class Witness {
  rev = 0;
  /** Whether a revision lower than the highest ever came as the first or a later one of one socket. */
  wentBack = false;
  #viewer: Viewer | undefined;
  #over = false;
  readonly #server: Server;
  readonly #event: string;
  readonly #revisions: Revisions;
  readonly #done: Promise<void>;

  constructor(server: Server, event: string, revisions: Revisions) {
    [this.#server, this.#event, this.#revisions] = [server, event, revisions];
    this.#done = this.#watch();
  }

  get isConnected(): boolean { return this.#viewer !== undefined && this.#viewer.closed === undefined; }
  /** The socket it has now, so that it can be seen whether it is still the same. */
  get socket(): Viewer | undefined { return this.#viewer; }

  async #watch(): Promise<void> {
    let read = 0;
    while (!this.#over) {
      if (!this.isConnected) {
        this.#viewer = await Viewer.join(this.#server, this.#event).catch(() => undefined);
        if (this.#viewer === undefined) {
          for (let turns = 0; turns < 40; turns++) await turn();
          continue;
        }
        read = 0;
      }
      const { states } = this.#viewer!;
      for (; read < states.length; read++) this.#revisions.note(states[read]!);
      this.wentBack ||= !this.#viewer!.neverWentBack;
      this.rev = Math.max(this.rev, this.#viewer!.last.rev);
      await turn();
    }
    this.#viewer?.end();
  }

  end(): Promise<void> {
    this.#over = true;
    return this.#done;
  }
}

/** What `downbeat load` prints at the end, as far as it is used here. */
export interface Loaded {
  viewers: number;
  behind: number;
  wentBack: number;
  cues: { fired: number; twice: number };
}

/** Hundreds of real viewers, for `seconds`. */
export class Crowd {
  readonly #process: ChildProcess;
  #output = "";

  constructor(server: Server, event: string, viewers: number, seconds: number) {
    const args = ["load", server.url, "--event", event, "--viewers", `${viewers}`, "--duration", `${seconds}s`, "--arrive", "5s", "--json", "--yes"];
    this.#process = spawn(`${ROOT}/target/debug/downbeat`, args, {
      stdio: ["ignore", "pipe", "inherit"], env: { PATH: process.env["PATH"], HOME: `${ROOT}/target/chaos` },
    });
    process.once("exit", () => this.#process.kill("SIGKILL"));
    this.#process.stdout!.setEncoding("utf8").on("data", (text: string) => void (this.#output += text));
  }

  /** Waits for the end of the test, and returns what it counted. */
  async finish(): Promise<Loaded> {
    if (this.#process.exitCode === null) await once(this.#process, "close");
    try {
      return JSON.parse(this.#output) as Loaded;
    } catch {
      throw new Error(`downbeat load ended with ${this.#process.exitCode}: ${this.#output.slice(-500)}`);
    }
  }
}
