// The built worker with something between it and its objects: they answer when the test lets them.

import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Miniflare, Response } from "miniflare";
import { ROOT, type RundownStore } from "./runtime.ts";
import { ENTRIES } from "./tokens.ts";
import type { CommandAnswer } from "./wire.ts";

/** What happens to a request to an object. An exception is thrown by the object. */
export type Decision = () => Promise<Fate> | Fate;

/**
 * `answer`: the real object answers. `lose`: it does what was asked, and then its answer is lost. `drop`: the question
 * never arrives. `twice`: it arrives twice, and the second answer counts.
 */
export type Fate = "answer" | "lose" | "drop" | "twice";

/** A worker whose requests to its objects the test controls. */
export interface StandIn {
  url: string;
  /** How often readers asked `event` for its state: its hubs, or itself if these are silent. */
  asked(event: string): number;
  /** How often `event` was asked for rundowns. */
  askedRundowns(event: string): number;
  /**
   * Decides from now on what becomes of the questions to `event`: those of operators, and those of readers at its hubs.
   * What the event and its hubs send each other is passed on as usual.
   */
  decide(event: string, decision: Decision): void;
  /** Decides from now on what happens to what the event or another hub sends to hub `hub` of `event`. */
  decideRelay(event: string, hub: number, decision: Decision): void;
  /** Decides from now on what happens to the hubs' requests to `event` itself. */
  decideLook(event: string, decision: Decision): void;
  /** Puts the clocks of all events' objects `ahead` ms ahead of the worker's and the hubs'. */
  shiftClock(ahead: number): Promise<void>;
  /** Sends a command to the object of `event` without the worker, as one that says nothing about time. */
  ask(event: string, method: string, path: string, body: object): Promise<CommandAnswer>;
  /** Decides from now on what happens to requests to the list of events. */
  decideList(decision: Decision): void;
  /** How often the list of events was asked anything. */
  askedList(): number;
  /** Decides from now on what happens to questions to the object that keeps the tokens. */
  decideTokens(decision: Decision): void;
  /** How often that object was asked anything. */
  askedTokens(): number;
  /** Calls the same worker in another isolate. */
  elsewhere(path: string, token: string): Promise<number>;
  /** Drops an event's object, or a hub (`event/3`), out of memory; sockets stay, asleep. */
  evict(object: string): Promise<void>;
  end(): Promise<void>;
}

/** Further options. */
export interface Options {
  /** The most sockets of a hub. */
  socketsMax?: number;
  /** Where rundowns are stored; by default in a bucket. */
  store?: RundownStore;
  /** Who makes rooms; by default nobody. */
  rooms?: "operators" | "open";
}

/** Takes the place of the worker's objects, and asks the test through the binding TEST. */
const OBJECTS = `
  async function pass(object, real, request, way) {
    const body = await request.clone().arrayBuffer();
    const send = () => real.getByName(object.name).fetch(new Request(request, body.byteLength ? { body } : {}));
    // A socket cannot be held back: who joins is let through.
    if (request.headers.get("upgrade") === "websocket") return real.getByName(object.name).fetch(request);
    const path = new URL(request.url).pathname;
    const decision = await object.env.TEST.fetch("http://test/" + way + "/" + object.name + "?" + path);
    const fate = await decision.text();
    if (!decision.ok) throw new Error(fate);
    if (fate === "drop") throw new Error("the question is lost");
    if (fate === "twice") await (await send()).text();
    const answer = await send();
    const text = await answer.text();
    if (fate === "lose") throw new Error("the answer is lost");
    return new Response(text, answer);
  }
  class Base {
    constructor(state, env) { this.name = state.id.name; this.env = env; }
  }
  export class EventDo extends Base {
    fetch(request) {
      return pass(this, this.env.REAL_EVENT, request, "ask");
    }
  }
  export class EventOfHubs extends Base {
    fetch(request) {
      return pass(this, this.env.REAL_EVENT, request, "look");
    }
  }
  export class TokensDo extends Base {
    fetch(request) {
      return pass(this, this.env.REAL_TOKENS, request, "keep");
    }
  }
  export class HubDo extends Base {
    fetch(request) {
      return pass(this, this.env.REAL_HUB, request, new URL(request.url).pathname === "/relay" ? "relay" : "ask");
    }
  }
  export class CatalogDo extends Base {
    fetch(request) {
      return pass(this, this.env.REAL_CATALOG, request, "list");
    }
  }
  export default { fetch: () => new Response(null, { status: 404 }) };
`;

/**
 * Goes before the events' modules: their clock is `ahead` ms ahead of this machine's. A request to /shift sets how far; it
 * reaches the object of the event it is sent to, and all objects of the worker share the clock.
 */
const OTHER_CLOCK = `
  import * as worker from "./$MAIN";
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  export * from "./$MAIN";
  export default worker.default;
  export class EventDo extends worker.EventDo {
    fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname !== "/shift") return super.fetch(request);
      ahead = Number(searchParams.get("ahead"));
      return new Response(null);
    }
  }
`;

export async function standIn(options: Options = {}): Promise<StandIn> {
  const configuration = readFileSync(`${ROOT}/wrangler.toml`, "utf8");
  const setting = (name: string) => new RegExp(`^${name} = "(.*)"`, "m").exec(configuration)![1]!;
  const compatibilityDate = setting("compatibility_date");
  const asked = new Map<string, number>();
  const decisions = new Map<string, Decision>();

  async function decide(request: { url: string }): Promise<Response> {
    const { pathname: path, search } = new URL(request.url);
    const [, way, event] = path.split("/");
    const subject = way === "relay" ? path.slice(1) : `${way}/${event}`;
    const subjects = search.includes("/rundowns/") ? [subject, `rundowns/${event}`] : [subject];
    for (const subject of subjects) asked.set(subject, (asked.get(subject) ?? 0) + 1);
    try {
      return new Response((await decisions.get(subject)?.()) ?? "answer");
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  }

  const sqlite = { type: "durable-object", storage: "sqlite" } as const;
  const object = (worker: string, exportName: string) => ({ type: "durable-object", worker, exportName }) as const;
  const manifest = { mainModule: basename(setting("main")), modulesRoot: `${ROOT}/build`, modules: built() };
  const shared = {
    DEFAULT_EVENT: { type: "text", value: "main" },
    DOWNBEAT_TOKENS: { type: "text", value: JSON.stringify(ENTRIES) },
    ...(options.store === "event" ? {} : { RUNDOWNS: { type: "r2", name: "rundowns" } }),
    ...(options.socketsMax === undefined ? {} : { HUB_SOCKETS_MAX: { type: "text", value: `${options.socketsMax}` } }),
    ...(options.rooms === undefined ? {} : { ROOMS: { type: "text", value: options.rooms } }),
  } as const;
  /** Returns the built worker for one kind of its objects; they differ in where they find the events. */
  const part = (name: string, events: ReturnType<typeof object>, ...kinds: string[]) => ({
    config: {
      name,
      compatibilityDate,
      manifest,
      env: {
        ...shared,
        EVENT: events,
        HUB: object("stand-in", "HubDo"),
        CATALOG: object("stand-in", "CatalogDo"),
        TOKENS: object("stand-in", "TokensDo"),
      },
      exports: Object.fromEntries(kinds.map((kind) => [kind, sqlite])),
    },
  });
  /** Gives a part a clock of its own. */
  const withOtherClock = ({ config }: ReturnType<typeof part>) => {
    const contents = OTHER_CLOCK.replaceAll("$MAIN", manifest.mainModule);
    const modules: Record<string, Module> = { ...manifest.modules, "clock.js": { type: "esm", contents } };
    return { config: { ...config, manifest: { ...manifest, mainModule: "clock.js", modules } } };
  };
  const miniflare = new Miniflare({
    // As from nowhere: viewers spread over all hubs.
    cf: {},
    workers: [
      part("downbeat", object("stand-in", "EventDo"), "CatalogDo", "TokensDo"),
      // The real events, with the stand-ins for their hubs.
      withOtherClock(part("events", object("events", "EventDo"), "EventDo")),
      // The real hubs, with a stand-in of their own for their event.
      part("hubs", object("stand-in", "EventOfHubs"), "HubDo"),
      {
        config: {
          name: "stand-in",
          compatibilityDate,
          manifest: { mainModule: "objects.js", modules: { "objects.js": { type: "esm", contents: OBJECTS } } },
          env: {
            TEST: { type: "fetcher", handler: decide },
            REAL_EVENT: object("events", "EventDo"),
            REAL_HUB: object("hubs", "HubDo"),
            REAL_CATALOG: object("downbeat", "CatalogDo"),
            REAL_TOKENS: object("downbeat", "TokensDo"),
          },
          exports: { EventDo: sqlite, EventOfHubs: sqlite, HubDo: sqlite, CatalogDo: sqlite, TokensDo: sqlite },
        },
      },
    ],
    // The worker reports each failure of the object; here those are wanted.
    handleStructuredLogs: () => {},
  });
  const { origin } = await miniflare.ready;
  return {
    url: origin,
    asked: (event) => asked.get(`ask/${event}`) ?? 0,
    askedRundowns: (event) => asked.get(`rundowns/${event}`) ?? 0,
    decide: (event, decision) => void decisions.set(`ask/${event}`, decision),
    decideRelay: (event, hub, decision) => void decisions.set(`relay/${event}/${hub}`, decision),
    decideLook: (event, decision) => void decisions.set(`look/${event}`, decision),
    shiftClock: async (ahead) => {
      const events = await miniflare.getDurableObjectNamespace("REAL_EVENT", "stand-in");
      const shifted = await events.get(events.idFromName("shift")).fetch(`http://object/shift?ahead=${ahead}`);
      if (!shifted.ok) throw new Error(`the clock was not shifted: ${shifted.status}`);
    },
    ask: async (event, method, path, body) => {
      const events = await miniflare.getDurableObjectNamespace("REAL_EVENT", "stand-in");
      const url = `http://object/v1/events/${event}${path}`;
      const answer = await events.get(events.idFromName(event)).fetch(url, { method, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as CommandAnswer;
    },
    decideList: (decision) => void decisions.set("list/catalog", decision),
    askedList: () => asked.get("list/catalog") ?? 0,
    decideTokens: (decision) => void decisions.set("keep/tokens", decision),
    askedTokens: () => asked.get("keep/tokens") ?? 0,
    elsewhere: async (path, token) => {
      const worker = await miniflare.getWorker("hubs");
      const answer = await worker.fetch(`https://downbeat.test${path}`, { headers: { authorization: `Bearer ${token}` } });
      await answer.text();
      return answer.status;
    },
    evict: async (name) => {
      const [script, className] = name.includes("/") ? ["hubs", "HubDo"] as const : ["events", "EventDo"] as const;
      try {
        await miniflare.unsafeEvictDurableObject(script, className, { name, webSockets: "hibernate" });
      } catch (error) {
        // It is out of memory already, as requested.
        if (!String(error).includes("not currently running")) throw error;
      }
    },
    end: () => miniflare.dispose(),
  };
}

type Module = { type: "esm"; contents: string } | { type: "wasm"; contents: Uint8Array<ArrayBuffer> };

/** Returns the modules in `build/`, as they are deployed. */
function built(): Record<string, Module> {
  const modules: Record<string, Module> = {};
  for (const name of readdirSync(`${ROOT}/build`)) {
    const path = `${ROOT}/build/${name}`;
    if (name.endsWith(".js")) modules[name] = { type: "esm", contents: readFileSync(path, "utf8") };
    if (name.endsWith(".wasm")) modules[name] = { type: "wasm", contents: new Uint8Array(readFileSync(path)) };
  }
  return modules;
}
