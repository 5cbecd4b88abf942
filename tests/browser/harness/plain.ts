// A Chromium driven without Playwright, which keeps every page visible: only a hidden page can freeze.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { until } from "../../edge/harness/until.ts";
import { executable, FLAGS } from "./chromium.ts";
import { endGroup, spawnGroup } from "./process-group.ts";

/** One page, driven through the browser's own protocol. */
export class PlainPage {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #directory: string;
  readonly #waiting = new Map<number, (answer: any) => void>();
  #last = 0;

  private constructor(process: ChildProcess, socket: WebSocket, directory: string) {
    this.#process = process;
    this.#socket = socket;
    this.#directory = directory;
    socket.onmessage = ({ data }) => {
      const { id, result, error } = JSON.parse(data as string);
      this.#waiting.get(id)?.(error === undefined ? result : Promise.reject(new Error(error.message)));
      this.#waiting.delete(id);
    };
  }

  /** Starts a browser with a fresh profile, and opens `url`. */
  static async open(url: string): Promise<PlainPage> {
    const directory = mkdtempSync(`${tmpdir()}/downbeat-browser-`);
    const flags = [...FLAGS, "--headless", "--remote-debugging-port=0", `--user-data-dir=${directory}`, url];
    const process = spawnGroup(executable(), flags, { stdio: "ignore" });
    const port = await until(async () => portIn(directory), (port) => port !== undefined, "Chromium to start");
    const pages = async () => {
      const targets: any[] = await fetch(`http://127.0.0.1:${port}/json`).then((response) => response.json(), () => []);
      return targets.find((target) => target.type === "page" && target.url.startsWith(url));
    };
    const { webSocketDebuggerUrl } = await until(pages, (page) => page !== undefined, "the page to open");
    const socket = new WebSocket(webSocketDebuggerUrl);
    await once(socket as any, "open");
    const page = new PlainPage(process, socket, directory);
    const there = () => page.evaluate<string>("document.readyState + location.href");
    await until(there, (seen) => seen.startsWith(`complete${url}`), "the page to load");
    return page;
  }

  /** Runs `inPage` with `argument` in the page, as Playwright does. */
  async evaluate<R, A = undefined>(inPage: ((argument: A) => R | Promise<R>) | string, argument?: A): Promise<R> {
    const expression = typeof inPage === "string" ? inPage : `(${inPage})(${JSON.stringify(argument)})`;
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", asked);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Hides and freezes the page, as the browser does with a tab unused for long. */
  async freeze(): Promise<void> {
    await this.#send("Page.setWebLifecycleState", { state: "frozen" });
  }

  /** Unfreezes the page and makes it visible. */
  async thaw(): Promise<void> {
    await this.#send("Page.setWebLifecycleState", { state: "active" });
    await this.#send("Emulation.setFocusEmulationEnabled", { enabled: true });
  }

  async end(): Promise<void> {
    this.#socket.close();
    await endGroup(this.#process);
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  #send(method: string, params: object = {}): Promise<any> {
    const id = ++this.#last;
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer;
  }
}

/** Returns the port that Chromium has written; `undefined` before its line is whole: the file is empty first. */
function portIn(directory: string): string | undefined {
  try {
    return /^(\d+)\n/.exec(readFileSync(`${directory}/DevToolsActivePort`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}
