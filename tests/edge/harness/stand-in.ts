// The built worker with something between it and its events' objects: they answer when the test lets them.

import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Miniflare, Response } from "miniflare";
import { ROOT } from "./runtime.ts";
import { ENTRIES } from "./tokens.ts";

/** What becomes of a question to an object. What is thrown, the object throws. */
export type Decision = () => Promise<Fate> | Fate;

/** `answer`: the real object answers. `lose`: it does what was asked, and then its answer is lost. */
export type Fate = "answer" | "lose";

/** A worker whose way to its events is in the test's hands. */
export interface StandIn {
  url: string;
  /** How often the object of `event` was asked. */
  asked(event: string): number;
  /** Decides from now on what becomes of the questions to the object of `event`. */
  decide(event: string, decision: Decision): void;
  end(): Promise<void>;
}

/** Stands where the worker looks for its events, and asks the test through the binding TEST. */
const OBJECT = `
  export class EventDo {
    constructor(state, env) { this.name = state.id.name; this.env = env; }
    async fetch(request) {
      const decision = await this.env.TEST.fetch("http://test/" + this.name);
      const fate = await decision.text();
      if (!decision.ok) throw new Error(fate);
      const answer = await this.env.REAL.getByName(this.name).fetch(request);
      const text = await answer.text();
      if (fate === "lose") throw new Error("the answer is lost");
      return new Response(text, answer);
    }
  }
  export default { fetch: () => new Response(null, { status: 404 }) };
`;

export async function standIn(): Promise<StandIn> {
  const configuration = readFileSync(`${ROOT}/wrangler.toml`, "utf8");
  const setting = (name: string) => new RegExp(`^${name} = "(.*)"`, "m").exec(configuration)![1]!;
  const compatibilityDate = setting("compatibility_date");
  const asked = new Map<string, number>();
  const decisions = new Map<string, Decision>();

  async function decide(request: { url: string }): Promise<Response> {
    const event = new URL(request.url).pathname.slice(1);
    asked.set(event, (asked.get(event) ?? 0) + 1);
    try {
      return new Response((await decisions.get(event)?.()) ?? "answer");
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  }

  const sqlite = { type: "durable-object", storage: "sqlite" } as const;
  const miniflare = new Miniflare({
    workers: [
      {
        config: {
          name: "downbeat",
          compatibilityDate,
          manifest: { mainModule: basename(setting("main")), modulesRoot: `${ROOT}/build`, modules: built() },
          env: {
            DEFAULT_EVENT: { type: "text", value: "main" },
            DOWNBEAT_TOKENS: { type: "text", value: JSON.stringify(ENTRIES) },
            EVENT: { type: "durable-object", worker: "stand-in", exportName: "EventDo" },
            CATALOG: { type: "durable-object", worker: "downbeat", exportName: "CatalogDo" },
            RUNDOWNS: { type: "r2", name: "rundowns" },
          },
          exports: { EventDo: sqlite, CatalogDo: sqlite },
        },
      },
      {
        config: {
          name: "stand-in",
          compatibilityDate,
          manifest: { mainModule: "object.js", modules: { "object.js": { type: "esm", contents: OBJECT } } },
          env: {
            TEST: { type: "fetcher", handler: decide },
            REAL: { type: "durable-object", worker: "downbeat", exportName: "EventDo" },
          },
          exports: { EventDo: sqlite },
        },
      },
    ],
    // The worker reports each failure of the object; here those are wanted.
    handleStructuredLogs: () => {},
  });
  const { origin } = await miniflare.ready;
  return {
    url: origin,
    asked: (event) => asked.get(event) ?? 0,
    decide: (event, decision) => void decisions.set(event, decision),
    end: () => miniflare.dispose(),
  };
}

type Module = { type: "esm"; contents: string } | { type: "wasm"; contents: Uint8Array<ArrayBuffer> };

/** Gives the modules in `build/`, as they are deployed. */
function built(): Record<string, Module> {
  const modules: Record<string, Module> = {};
  for (const name of readdirSync(`${ROOT}/build`)) {
    const path = `${ROOT}/build/${name}`;
    if (name.endsWith(".js")) modules[name] = { type: "esm", contents: readFileSync(path, "utf8") };
    if (name.endsWith(".wasm")) modules[name] = { type: "wasm", contents: new Uint8Array(readFileSync(path)) };
  }
  return modules;
}
