// A viewer as bare as it can be: one socket, what came through it, and why it was closed.

import { WebSocket } from "ws";
import { turn } from "./until.ts";
import type { StateBody } from "./wire.ts";
import type { Server } from "./calls.ts";

export interface StateFrame extends StateBody {
  type: "state";
  hub: number;
  ack: boolean;
}

export interface Joining {
  /** The header `Origin`; a program sends none. */
  origin?: string;
  /** The hub that was just lost. */
  not?: number;
}

/** How long a viewer waits for something before the test gives up, in ms: two thousand of them need a while. */
const PATIENCE = 60_000;

export class Viewer {
  readonly #socket: WebSocket;
  /** Waiters for the next thing to happen here. Thousands of polling viewers would keep each other busy. */
  readonly #waiting = new Set<() => void>();
  #refused: string | undefined;
  /** Every state that arrived, the first one first. */
  readonly states: StateFrame[] = [];
  /** Every other text that arrived. */
  readonly texts: string[] = [];
  /** Why the socket was closed. */
  closed: { code: number; reason: string } | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (bytes) => {
      const text = String(bytes);
      if (text.startsWith("{")) this.states.push(JSON.parse(text) as StateFrame);
      else this.texts.push(text);
      this.#happened();
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#happened();
    });
    socket.on("unexpected-response", (request, response) => {
      let body = "";
      response.on("data", (bytes) => (body += String(bytes)));
      response.on("end", () => {
        this.#refused = `${response.statusCode} ${body}`;
        this.#happened();
        request.destroy();
      });
    });
    // A broken connection is closed too, and the tests use that event.
    socket.on("error", () => {});
  }

  /** Joins, again if it is asked to come back; resolves with the first state. Fails with the HTTP status if it is refused. */
  static async join(server: Server, event: string, joining: Joining = {}): Promise<Viewer> {
    for (;;) {
      const viewer = await Viewer.#try(server, event, joining);
      const wait = viewer.states.length > 0 ? undefined : viewer.#wait;
      if (wait !== undefined) {
        // Without a wait the machine would be busy with refusals.
        await new Promise((resolve) => setTimeout(resolve, wait * (1 + Math.random() / 2)));
        continue;
      }
      if (viewer.#refused !== undefined) throw new Error(viewer.#refused);
      if (viewer.states.length === 0) throw new Error(`closed with ${viewer.closed?.code}`);
      return viewer;
    }
  }

  /** Tries once; resolves with what came first: a state, a refusal or the end. */
  static async #try(server: Server, event: string, joining: Joining): Promise<Viewer> {
    const query = joining.not === undefined ? "" : `?not=${joining.not}`;
    const url = `${server.url.replace("http", "ws")}/v1/events/${event}/live${query}`;
    const socket = new WebSocket(url, { ...(joining.origin === undefined ? {} : { origin: joining.origin }) });
    const viewer = new Viewer(socket);
    await viewer.#until(() => viewer.states.length > 0 || viewer.#refused !== undefined || viewer.closed !== undefined, "the first state");
    return viewer;
  }

  /** Tries to join once; resolves with the code with which it is refused, or undefined if it is let in. */
  static async refusal(server: Server, event: string): Promise<number | undefined> {
    const viewer = await Viewer.#try(server, event, {});
    viewer.end();
    return viewer.states.length > 0 ? undefined : viewer.closed?.code;
  }

  /** Joins, retrying while the server is down or busy, as viewers do. */
  static async joinAtLast(server: Server, event: string): Promise<Viewer> {
    for (;;) {
      try {
        return await Viewer.join(server, event);
      } catch {
        await turn();
      }
    }
  }

  /** How long to wait before the next try, in ms, if it was refused for now. */
  get #wait(): number | undefined {
    const told = /^retry in (\d+) ms$/.exec(this.closed?.reason ?? "") ?? /"retryAfter":(\d+)/.exec(this.#refused ?? "");
    return told === null ? undefined : Number(told[1]);
  }

  get last(): StateFrame { return this.states.at(-1)!; }
  get hub(): number { return this.states[0]!.hub; }

  send(frame: string | Uint8Array): void {
    this.#socket.send(frame);
  }

  /** Pings as viewers do; returns the answer. */
  async ping(): Promise<string> {
    const count = this.texts.length;
    this.send("p");
    await this.#until(() => this.texts.length > count, "the answer to a ping");
    return this.texts.at(-1)!;
  }

  /** Waits until a state of `rev` has arrived. */
  async has(rev: number): Promise<StateFrame> {
    await this.#until(() => this.last.rev >= rev, `revision ${rev} at hub ${this.hub}`);
    return this.last;
  }

  async isClosed(): Promise<{ code: number; reason: string }> {
    await this.#until(() => this.closed !== undefined, "the socket to be closed");
    return this.closed!;
  }

  #happened(): void {
    for (const look of this.#waiting) look();
  }

  /** Waits until `satisfied`, checked whenever something happens here. */
  #until(satisfied: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!satisfied()) return;
        clearTimeout(patience);
        this.#waiting.delete(look);
        resolve();
      };
      const patience = setTimeout(() => {
        reject(new Error(`waited in vain for ${what}; revisions: ${this.states.map(({ rev }) => rev)}`));
      }, PATIENCE);
      this.#waiting.add(look);
      look();
    });
  }

  end(): void {
    this.#socket.terminate();
  }

  /** Returns whether the revisions never went down. One may come twice: to a viewer who joins amid a broadcast. */
  get neverWentBack(): boolean {
    return this.states.every(({ rev }, index) => index === 0 || rev >= this.states[index - 1]!.rev);
  }
}

/** Lets `count` viewers join at once. */
export function join(server: Server, event: string, count: number): Promise<Viewer[]> {
  return Promise.all(Array.from({ length: count }, () => Viewer.join(server, event)));
}
