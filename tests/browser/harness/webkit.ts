// A real WebKit (WebKitGTK's MiniBrowser), driven by W3C WebDriver, on a screen that nobody sees.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { until } from "../../edge/harness/until.ts";
import { asJson, type EngineBrowser, type EngineContext, type EnginePage } from "./engine-page.ts";
import { endGroup, spawnGroup } from "./process-group.ts";

/** Where distributions put it. */
const MINI_BROWSER = "/usr/lib/*/webkit2gtk-4.1/MiniBrowser";

export class WebKit implements EngineBrowser {
  readonly #screen: ChildProcess;
  readonly #display: string;
  readonly #sessions = new Set<Session>();

  private constructor(screen: ChildProcess, display: string) {
    [this.#screen, this.#display] = [screen, display];
  }

  static async launch(): Promise<WebKit> {
    // It chooses a number that is free, and says which.
    const screen = spawnGroup("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = await once(createInterface({ input: screen.stdout! }), "line");
    return new WebKit(screen, `:${line}`);
  }

  /** Each context is a browser of its own: a driver has one session, and a session one storage. */
  async newContext(): Promise<EngineContext> {
    const session = await Session.begin(this.#display);
    this.#sessions.add(session);
    return { newPage: async () => session, close: () => session.close() };
  }

  async newPage(): Promise<EnginePage> {
    return (await this.newContext()).newPage();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    await endGroup(this.#screen);
  }
}

class Session implements EnginePage {
  readonly #driver: ChildProcess;
  readonly #url: string;

  private constructor(driver: ChildProcess, url: string) {
    [this.#driver, this.#url] = [driver, url];
  }

  static async begin(display: string): Promise<Session> {
    const [binary] = globSync(MINI_BROWSER);
    const port = await freePort();
    const driver = spawnGroup("WebKitWebDriver", [`--port=${port}`], {
      stdio: "ignore",
      env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", GDK_BACKEND: "x11" },
    });
    const server = `http://127.0.0.1:${port}`;
    const isReady = () => fetch(`${server}/status`).then((response) => response.ok, () => false);
    await until(isReady, Boolean, "WebKitWebDriver to start");
    const options = { binary, args: ["--automation", "--autoplay-policy=allow"] };
    const { sessionId } = await send("POST", `${server}/session`, {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } },
    });
    const session = new Session(driver, `${server}/session/${sessionId}`);
    await send("POST", `${session.#url}/timeouts`, { script: 120_000, pageLoad: 60_000 });
    return session;
  }

  goto(url: string): Promise<unknown> {
    return send("POST", `${this.#url}/url`, { url });
  }

  async evaluate<R, A = undefined>(inPage: ((argument: A) => R | Promise<R>) | string, argument?: A): Promise<R> {
    const script = `const done = arguments[0]; ${asJson(inPage, argument)}.then(done, (error) => done("!" + error));`;
    const answer: string = await send("POST", `${this.#url}/execute/async`, { script, args: [] });
    if (answer.startsWith("!")) throw new Error(answer.slice(1));
    return JSON.parse(answer).value;
  }

  async close(): Promise<void> {
    await send("DELETE", this.#url).catch(() => {});
    await endGroup(this.#driver);
  }
}

async function send(method: string, url: string, body?: object): Promise<any> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = await response.json() as { value: any };
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
