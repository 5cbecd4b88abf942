// The network between viewers and the runtime: it cuts, delays, and falls silent with its connections open.

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export class Cable {
  /** The URL by which the runtime is reached through it. */
  url = "";
  /** How long each piece takes, in ms. */
  delay = 0;
  /** Whether nothing passes, although connections stay open and new ones are accepted: half-open. */
  silent = false;
  readonly #open = new Set<Socket>();
  readonly #server = createServer((near) => this.#join(near));
  readonly #port: number;

  private constructor(port: number) {
    this.#port = port;
  }

  static async start(port: number): Promise<Cable> {
    const cable = new Cable(port);
    cable.#server.listen(0, "127.0.0.1");
    await once(cable.#server, "listening");
    cable.url = `http://127.0.0.1:${(cable.#server.address() as AddressInfo).port}`;
    return cable;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Lets everything pass again. What was held back is lost with its connections. */
  heal(): void {
    if (this.silent) this.cut();
    [this.delay, this.silent] = [0, false];
  }

  end(): void {
    this.cut();
    this.#server.close();
  }

  #join(near: Socket): void {
    const far = connect(this.#port, "127.0.0.1");
    for (const [from, to] of [[near, far], [far, near]] as const) {
      this.#open.add(from);
      from.setNoDelay(true);
      from.on("data", (bytes) => {
        if (this.silent) return;
        if (this.delay === 0) return void to.write(bytes);
        setTimeout(() => void (to.destroyed || to.write(bytes)), this.delay);
      });
      from.on("error", () => {}).on("close", () => {
        this.#open.delete(from);
        to.destroy();
      });
    }
  }
}
