// coturn, a TURN server, on 127.0.0.1, with credentials that expire.

import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdirSync } from "node:fs";
import { once } from "node:events";
import { ROOT, freePort } from "../../edge/harness/runtime.ts";
import { until } from "../../edge/harness/until.ts";
import { onPath } from "./on-path.ts";

const SECRET = "for tests alone";

export class Coturn {
  readonly #process: ChildProcess;
  readonly #port: number;

  private constructor(process: ChildProcess, port: number) {
    [this.#process, this.#port] = [process, port];
    globalThis.process.once("exit", () => process.kill("SIGKILL"));
  }

  static get isInstalled(): boolean {
    return onPath(["turnserver"]) !== undefined;
  }

  static async start(): Promise<Coturn> {
    const port = await freePort();
    const directory = `${ROOT}/target/browser/coturn-${port}`;
    mkdirSync(directory, { recursive: true });
    const flags = [
      ...["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--log-file=stdout", "--simple-log", "--realm=downbeat.example", "--allow-loopback-peers"],
      ...["--use-auth-secret", `--static-auth-secret=${SECRET}`, "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"],
      ...[`--listening-port=${port}`, `--pidfile=${directory}/pid`, `--userdb=${directory}/users`],
    ];
    const process = spawn("turnserver", flags, { stdio: "ignore", cwd: directory });
    const server = new Coturn(process, port);
    const probe = createSocket("udp4");
    let answered = false;
    probe.on("message", () => void (answered = true));
    // A binding request of STUN (RFC 8489), which anybody may send.
    const request = Buffer.from("000100002112a442000102030405060708090a0b", "hex");
    await until(async () => { probe.send(request, port, "127.0.0.1"); return answered; }, Boolean, "coturn to answer");
    probe.close();
    return server;
  }

  /** Returns the ICE servers for a member, with credentials that expire `seconds` from now. */
  servers(seconds: number): object[] {
    const username = `${Math.floor(Date.now() / 1_000) + seconds}:member`;
    const credential = createHmac("sha1", SECRET).update(username).digest("base64");
    return [{ urls: `turn:127.0.0.1:${this.#port}?transport=udp`, username, credential }];
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await gone;
  }
}
