// An empty folder outside the checkout, with Node, npm and the system's own programs, and without cargo: what a stranger has.

import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../edge/harness/runtime.ts";

/** What scripts/release made. */
export const DIST = `${ROOT}/dist`;

/** Returns the one file of the release whose name fits. */
export function artefact(name: RegExp): string {
  const found = readdirSync(DIST).filter((file) => name.test(file));
  assert.equal(found.length, 1, `dist/ has ${found.length} files like ${name}; run scripts/release --debug`);
  return `${DIST}/${found[0]}`;
}

/** How long a line of shell may take, in ms: a registry that does not answer is no reason to wait for ever. */
const PATIENCE = 240_000;

/** What says how this machine reaches npm's registry: also behind a proxy with a certificate of its own. */
const NETWORK = [
  ...["npm_config_cache", "npm_config_registry", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"],
  ...["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"],
];

export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "downbeat-release-"));
  readonly #env: NodeJS.ProcessEnv;
  readonly #running = new Set<ChildProcess>();

  constructor() {
    mkdirSync(`${this.path}/bin`);
    // npm would install into a folder above that has one.
    mkdirSync(`${this.path}/node_modules`);
    symlinkSync(process.execPath, `${this.path}/bin/node`);
    this.#env = {
      PATH: `${this.path}/bin:/usr/bin:/bin`, HOME: process.env["HOME"], TMPDIR: process.env["TMPDIR"],
      ...Object.fromEntries(NETWORK.map((name) => [name, process.env[name]])),
      WRANGLER_SEND_METRICS: "false", npm_config_update_notifier: "false",
    };
    assert.notEqual(this.run("command -v cargo").exit, 0, "there is no cargo");
  }

  file(name: string, text: string): void {
    writeFileSync(`${this.path}/${name}`, text);
  }

  /** Runs a line of shell. */
  run(line: string): { exit: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", line], { cwd: this.path, env: this.#env, encoding: "utf8", input: "", timeout: PATIENCE });
    return { exit: status, stdout, stderr };
  }

  /** Runs a line of shell while this process goes on, and may serve it. */
  runBeside(line: string): Promise<{ exit: number | null; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      const child = execFile("sh", ["-c", line], { cwd: this.path, env: this.#env, timeout: PATIENCE }, (_, stdout, stderr) => {
        resolve({ exit: child.exitCode, stdout, stderr });
      });
      child.stdin!.end();
    });
  }

  /** Runs a line of shell that must succeed; returns what it printed. */
  ok(line: string): string {
    const { exit, stdout, stderr } = this.run(line);
    assert.equal(exit, 0, `${line}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Starts a program and returns what it has printed once that contains `ready`. */
  async start(line: string, ready: string): Promise<{ output: string; end(): Promise<number | null> }> {
    const child = spawn("sh", ["-c", `exec ${line}`], { cwd: this.path, env: this.#env, stdio: ["ignore", "pipe", "inherit"], detached: true });
    this.#running.add(child);
    let output = "";
    for await (const bytes of child.stdout.iterator({ destroyOnReturn: false })) {
      output += String(bytes);
      if (output.includes(ready)) break;
    }
    assert.ok(output.includes(ready), `${line} printed ${output}`);
    child.stdout.resume();
    return { output, end: () => this.#end(child) };
  }

  /** Ends a program as Ctrl-C does, with its whole group; returns its exit code. */
  async #end(child: ChildProcess): Promise<number | null> {
    this.#running.delete(child);
    process.kill(-child.pid!, "SIGINT");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child.exitCode;
  }

  /** Ends what still runs, and deletes the folder. */
  async remove(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.#end(child)));
    rmSync(this.path, { recursive: true, force: true });
  }
}
