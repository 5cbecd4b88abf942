// The built command line, run as an operator runs it: without a terminal, in a directory of its own.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import type { Server } from "./calls.ts";
import { ROOT } from "./runtime.ts";
import { TOKENS } from "./tokens.ts";

/** How long a command may run, in ms: far longer than any takes. One that does not end by itself must not hold up all tests. */
const COMMAND_MAX = 300_000;

const BINARY_DIRECTORY = `${ROOT}/target/debug`;

export interface Ran {
  exit: number;
  stdout: string;
  stderr: string;
}

/** The part of what `--json` prints that the tests use. */
export interface Printed {
  ok: boolean;
  code: number;
  error?: { code: string; message: string; hint?: string };
  [member: string]: any;
}

/** Somebody at a terminal: their directory and their environment. */
export class Operator {
  readonly directory: string;
  readonly environment: Record<string, string>;

  /** `token` undefined: somebody without one. */
  constructor(name: string, server: Server, token: string | undefined = TOKENS.all) {
    // Test files run side by side, and some have operators of the same name.
    this.directory = `${ROOT}/target/edge/operators/${basename(process.argv[1]!, ".test.ts")}/${name}`;
    rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(this.directory, { recursive: true });
    // Nothing of the developer's own environment: no profile, no zone, no colour.
    this.environment = {
      PATH: `${BINARY_DIRECTORY}:/usr/bin:/bin`,
      HOME: this.directory,
      TZ: "UTC",
      DOWNBEAT_SERVER: server.url,
      DOWNBEAT_ACTOR: name,
    };
    if (token !== undefined) {
      this.file("operator.token", `${token}\n`);
      this.environment["DOWNBEAT_TOKEN_FILE"] = "operator.token";
    }
  }

  /** Writes a file into the operator's directory. */
  file(name: string, text: string): void {
    writeFileSync(`${this.directory}/${name}`, text, { mode: 0o600 });
  }

  /** Runs `downbeat` with `args`. */
  run(...args: string[]): Promise<Ran> {
    return this.#execute("downbeat", args);
  }

  /** Runs a command line as it was printed. */
  shell(line: string): Promise<Ran> {
    return this.#execute("sh", ["-c", line]);
  }

  /** Runs `downbeat --json` with `args`; checks that it prints one object that says how it ended. */
  async json(...args: string[]): Promise<Printed> {
    const { exit, stdout, stderr } = await this.run("--json", ...args);
    assert.equal(stdout.split("\n").length, 2, `one line, not: ${stdout}${stderr}`);
    const printed = JSON.parse(stdout) as Printed;
    assert.deepEqual([printed.code, printed.ok], [exit, exit === 0], stdout);
    assert.equal("error" in printed, exit !== 0, stdout);
    return printed;
  }

  #execute(file: string, args: string[]): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const options = { cwd: this.directory, env: this.environment, maxBuffer: 1 << 26, timeout: COMMAND_MAX };
      const child = execFile(file, args, options, (error, stdout, stderr) => {
        const exit = error === null ? 0 : error.code;
        if (error?.killed) error.message += `\nit was ended, since it did not end by itself within ${COMMAND_MAX / 1_000} s`;
        if (typeof exit === "number") resolve({ exit, stdout, stderr });
        else reject(error!);
      });
      child.stdin!.end();
    });
  }
}
