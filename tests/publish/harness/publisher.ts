// The built command line, run by somebody who publishes to a store; it may be killed at any moment.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { ROOT } from "../../edge/harness/runtime.ts";
import type { Printed } from "../../edge/harness/cli.ts";
import type { Credentials } from "./s3.ts";

export interface Ran {
  /** Null if it was killed. */
  exit: number | null;
  stdout: string;
  stderr: string;
}

export class Publisher {
  readonly directory: string;
  readonly environment: Record<string, string>;

  constructor(name: string, who?: Credentials) {
    this.directory = `${ROOT}/target/publish/people/${name}`;
    rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(this.directory, { recursive: true });
    // Nothing of the developer's own environment: no profile, no zone, no credentials.
    this.environment = {
      PATH: `${ROOT}/target/debug:/usr/bin:/bin`,
      HOME: this.directory,
      TZ: "UTC",
      DOWNBEAT_ACTOR: name,
    };
    if (who) {
      this.environment["AWS_ACCESS_KEY_ID"] = who.accessKey;
      this.environment["AWS_SECRET_ACCESS_KEY"] = who.secretKey;
    }
  }

  /** Writes a sheet with one cue at `second`, and returns its path. A different second gives a different rundown. */
  sheet(second: number): string {
    const path = `${this.directory}/sheet-${second}.json`;
    writeFileSync(path, JSON.stringify([{ time: second, action: "flash" }]));
    return path;
  }

  /** Starts `downbeat` with `args`; returns the process, to be killed, and a promise of how it ended. */
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ran> } {
    // Where a store is named, there is no server whose event could be told.
    const releases = args.includes("cues") && args.some((arg) => ["publish", "plan", "rollback"].includes(arg));
    if (releases && (args.includes("--target") || this.environment["DOWNBEAT_TARGET"])) args.push("--store-only");
    const child = spawn("downbeat", args, { cwd: this.directory, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => void (output[name] += text));
    }
    const ended = new Promise<Ran>((resolve, reject) => {
      child.once("error", reject).once("close", (exit) => resolve({ exit, ...output }));
    });
    return { child, ended };
  }

  run(...args: string[]): Promise<Ran> {
    return this.start(...args).ended;
  }

  /** Runs `downbeat --json` with `args`; checks that it prints one object that says how it ended. */
  async json(...args: string[]): Promise<Printed> {
    const { exit, stdout, stderr } = await this.run("--json", ...args);
    assert.equal(stdout.split("\n").length, 2, `one line, not: ${stdout}${stderr}`);
    const printed = JSON.parse(stdout) as Printed;
    assert.deepEqual([printed.code, printed.ok], [exit, exit === 0], stdout);
    return printed;
  }

  /** The same for a command that must succeed. */
  async done(...args: string[]): Promise<Printed> {
    const printed = await this.json(...args);
    assert.equal(printed.code, 0, JSON.stringify(printed));
    return printed;
  }
}
