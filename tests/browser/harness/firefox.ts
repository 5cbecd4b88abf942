// A real Firefox, driven by WebDriver BiDi.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { asJson, type EngineBrowser, type EngineContext, type EnginePage } from "./engine-page.ts";
import { onPath } from "./on-path.ts";
import { endGroup, spawnGroup } from "./process-group.ts";

/** Media play without a gesture, windows that nobody sees are not slowed down, and nothing is sent home. */
const PREFERENCES = {
  "media.autoplay.default": 0,
  "dom.min_background_timeout_value": 4,
  "dom.timeout.enable_budget_timer_throttling": false,
  "media.suspend-background-video.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.safebrowsing.downloads.remote.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "toolkit.telemetry.enabled": false,
};

/** How long it may take to do as it is told, in ms: far more than on a busy machine. */
const ANSWER_MAX = 120_000;

export class Firefox implements EngineBrowser {
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve: (result: any) => void; reject: (error: Error) => void }>();
  #last = 0;
  /** Ends when the last window that was asked for is open. */
  #opened: Promise<unknown> = Promise.resolve();

  private constructor(process: ChildProcess, directory: string, socket: WebSocket) {
    [this.#process, this.#directory, this.#socket] = [process, directory, socket];
    // Otherwise each command would wait in vain for as long as an answer may take.
    socket.onclose = ({ code }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the connection to Firefox was closed with ${code}`));
    };
    socket.onmessage = ({ data }) => {
      const { id, type, result, error, message } = JSON.parse(data as string);
      const waiting = this.#waiting.get(id);
      if (!waiting) return;
      this.#waiting.delete(id);
      if (type === "error") waiting.reject(new Error(`${error}: ${message}`));
      else waiting.resolve(result);
    };
  }

  /** Starts it, with further preferences. */
  static async launch(preferences: Record<string, string | number | boolean> = {}): Promise<Firefox> {
    const directory = mkdtempSync(`${tmpdir()}/downbeat-firefox-`);
    const lines = Object.entries({ ...PREFERENCES, ...preferences }).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
    writeFileSync(`${directory}/user.js`, lines.join(""));
    const flags = ["--headless", "--no-remote", "--profile", directory, "--remote-debugging-port", "0"];
    const process = spawnGroup(onPath(["firefox-esr", "firefox"])!, flags, { stdio: ["ignore", "ignore", "pipe"] });
    let url: string | undefined;
    for await (const line of createInterface({ input: process.stderr! })) {
      url = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
      if (url) break;
    }
    if (!url) throw new Error("Firefox ended before it listened");
    process.stderr!.resume();
    // Not the one of Node (22.23), which drops this connection after 4096 answers.
    const socket = new WebSocket(`${url}/session`);
    await once(socket, "open");
    const firefox = new Firefox(process, directory, socket);
    await firefox.send("session.new", { capabilities: {} });
    return firefox;
  }

  async newContext(): Promise<EngineContext> {
    const { userContext } = await this.send("browser.createUserContext");
    return {
      newPage: () => this.#newPage(userContext),
      close: () => this.send("browser.removeUserContext", { userContext }),
    };
  }

  newPage(): Promise<EnginePage> {
    return this.#newPage("default");
  }

  async close(): Promise<void> {
    this.#socket.close();
    await endGroup(this.#process);
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  async send(method: string, params: object = {}): Promise<any> {
    if (this.#socket.readyState !== WebSocket.OPEN) throw new Error(`the connection to Firefox was closed before ${method}`);
    const id = ++this.#last;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const last = setTimeout(() => this.#waiting.get(id)?.reject(new Error(`Firefox did not answer ${method} within ${ANSWER_MAX} ms`)), ANSWER_MAX);
    this.#socket.send(JSON.stringify({ id, method, params }));
    try {
      return await answer;
    } finally {
      clearTimeout(last);
      this.#waiting.delete(id);
    }
  }

  async #newPage(userContext: string): Promise<EnginePage> {
    // A window of its own: one tab of several would be hidden. One after another: of several that are
    // asked for at the same time none is ever there (Firefox 153).
    const opening = this.#opened.then(() => this.send("browsingContext.create", { type: "window", userContext }));
    this.#opened = opening.catch(() => {});
    const { context } = await opening;
    return {
      goto: (url) => this.send("browsingContext.navigate", { context, url, wait: "complete" }),
      close: () => this.send("browsingContext.close", { context }),
      evaluate: async (inPage, argument) => {
        const script = { expression: asJson(inPage, argument), target: { context }, awaitPromise: true, resultOwnership: "none" };
        const { type, result, exceptionDetails } = await this.send("script.evaluate", script);
        if (type === "exception") throw new Error(exceptionDetails.text);
        return JSON.parse(result.value).value;
      },
    };
  }
}
