// A real S3 server, SeaweedFS, as its own process group: started with nothing in it, ended without ceremony.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { freePorts, ROOT } from "../../edge/harness/runtime.ts";
import { turn } from "../../edge/harness/until.ts";
import { type Credentials, signed } from "./s3.ts";

/** How long the server may take to accept its first bucket, in ms. */
const START_PATIENCE = 60_000;

/** The bucket of the tests; everyone may read it, as behind a CDN. */
export const BUCKET = "shows";

/** A bucket that everyone may write, without a signature: behind what alters signed headers. */
export const OPEN = "open";

export const ADMIN: Credentials = { accessKey: "admin-key", secretKey: "admin-secret" };
/** May read and list, and nothing else. */
export const READER: Credentials = { accessKey: "reader-key", secretKey: "reader-secret" };

const alive = new Set<Weed>();
process.on("exit", () => alive.forEach((weed) => weed.kill()));

export class Weed {
  /** Its S3 endpoint, without a slash at the end. */
  url = "";
  readonly #directory: string;
  #process: ChildProcess | undefined;

  private constructor(name: string) {
    this.#directory = `${ROOT}/target/publish/${name}`;
  }

  static async start(name: string): Promise<Weed> {
    const weed = new Weed(name);
    await weed.#start();
    return weed;
  }

  async #start(): Promise<void> {
    rmSync(this.#directory, { recursive: true, force: true });
    mkdirSync(`${this.#directory}/state`, { recursive: true });
    const identity = (name: string, actions: string[], who?: Credentials) =>
      ({ name, actions, ...(who ? { credentials: [who] } : {}) });
    const identities = [
      identity("admin", ["Admin", "Read", "Write", "List"], ADMIN),
      identity("reader", ["Read", "List"], READER),
      identity("anonymous", [`Read:${BUCKET}`, ...["Read", "Write", "List"].map((action) => `${action}:${OPEN}`)]),
    ];
    const config = `${this.#directory}/s3.json`;
    writeFileSync(config, JSON.stringify({ identities }));
    const parts = ["master.port", "volume.port", "filer.port", "master.port.grpc", "volume.port.grpc", "filer.port.grpc", "s3.port.grpc"];
    const [port, ...ports] = await freePorts(1 + parts.length);
    const others = parts.map((part, index) => `-${part}=${ports[index]}`);
    const output = openSync(`${this.#directory}/output.log`, "a");
    const child = spawn(
      "weed",
      [
        ...["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", `-dir=${this.#directory}/state`, "-volume.max=12"],
        ...["-s3", `-s3.port=${port}`, `-s3.config=${config}`, ...others],
        // These would listen on ports of their own, which two servers cannot share.
        ...["-s3.port.iceberg=0", "-s3.port.lance=0"],
      ],
      { cwd: this.#directory, detached: true, stdio: ["ignore", output, output] },
    );
    closeSync(output);
    const failed = new Promise<never>((_, reject) => child.once("error", reject));
    this.#process = child;
    this.url = `http://127.0.0.1:${port}`;
    alive.add(this);
    await Promise.race([failed, this.#ready(child)]);
  }

  /** Creates the bucket and puts something into it: the server answers long before it can do that. */
  async #ready(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_PATIENCE;
    const works = async () => {
      for (const bucket of [BUCKET, OPEN]) await signed(this.url, "PUT", `/${bucket}`, ADMIN);
      return (await signed(this.url, "PUT", `/${BUCKET}/ready`, ADMIN, "ready")).ok;
    };
    while (!(await works().catch(() => false))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`SeaweedFS did not start:\n${readFileSync(`${this.#directory}/output.log`, "utf8").slice(-4_000)}`);
      }
      await turn();
    }
  }

  /** Kills it: SIGTERM takes long, and nothing it holds is needed. */
  kill(): void {
    try {
      if (this.#process?.pid !== undefined) process.kill(-this.#process.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    alive.delete(this);
  }

  /** Stops all its processes where they are: connections stay open, and nothing answers. */
  freeze(): void {
    process.kill(-this.#process!.pid!, "SIGSTOP");
  }

  /** Lets them go on. */
  thaw(): void {
    process.kill(-this.#process!.pid!, "SIGCONT");
  }

  async end(): Promise<void> {
    const child = this.#process!;
    this.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    rmSync(`${this.#directory}/state`, { recursive: true, force: true });
  }
}
