// Calling the worker over HTTP.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { TOKENS } from "./tokens.ts";
import { until } from "./until.ts";
import type { CommandAnswer, LogEntry, LogPage, Problem, StateBody, TimeBody } from "./wire.ts";

/** A server: a running runtime, or anything else that answers at `url`. */
export interface Server {
  readonly url: string;
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  text: string;
  /** The text as JSON; reading it fails if it is not JSON. */
  readonly body: Body;
  /** The same, as a problem. */
  readonly problem: Problem;
}

export interface Asked {
  token?: string;
  /** A string or bytes go as they are, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Calls `path` and returns the answer, whatever its status. */
export async function call<Body>(
  server: Server,
  method: string,
  path: string,
  asked: Asked = {},
): Promise<Answer<Body>> {
  const { token, body } = asked;
  const raw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const response = await fetch(server.url + path, {
    method,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...asked.headers },
    ...(body === undefined ? {} : { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get body() { return JSON.parse(text) as Body; },
    get problem() { return JSON.parse(text) as Problem; },
  };
}

interface Command {
  command: string;
  [field: string]: unknown;
}

/** One event of a server, seen as its operator and its viewers see it. */
export class Event {
  readonly server: Server;
  readonly name: string;
  readonly path: string;

  constructor(server: Server, name: string) {
    this.server = server;
    this.name = name;
    this.path = `/v1/events/${name}`;
  }

  async time(): Promise<TimeBody> {
    return this.#read("/time");
  }

  /** The whole state, but for when the event's object last had it. */
  async state(): Promise<StateBody> {
    const { confirmed: _, ...state } = await this.#read<StateBody>("");
    return state;
  }

  /** Every entry of the log, the newest first. */
  async log(): Promise<LogEntry[]> {
    const { entries, more } = await this.#read<LogPage>("/log?limit=200");
    assert.equal(more, false, "the tests' logs fit one page");
    return entries;
  }

  put(fields: Record<string, unknown>, token: string = TOKENS.all): Promise<Answer<StateBody>> {
    return call(this.server, "PUT", this.path, { token, body: fields });
  }

  /** Sends a command, with a new id unless `fields` have one; returns the answer, whatever its status. */
  send(fields: Command, token: string = TOKENS.all): Promise<Answer<CommandAnswer>> {
    return call(this.server, "POST", `${this.path}/commands`, { token, body: { id: randomUUID(), ...fields } });
  }

  /** Asks what a command would do; returns the answer, whatever its status. */
  preview(fields: Command, token: string = TOKENS.all): Promise<Answer<CommandAnswer>> {
    return call(this.server, "POST", `${this.path}/commands?dryRun`, { token, body: { id: randomUUID(), ...fields } });
  }

  /** Sends a command that must succeed. */
  async command(command: string, fields: Record<string, unknown> = {}): Promise<CommandAnswer> {
    const answer = await this.send({ command, ...fields });
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  /** Waits until the server's own clock reaches `instant`; returns what viewers got then. */
  reaches(instant: number): Promise<TimeBody> {
    return until(() => this.time(), (time) => time.serverTime >= instant, `the server's clock to reach ${instant}`);
  }

  async #read<Body>(rest: string): Promise<Body> {
    const answer = await call<Body>(this.server, "GET", this.path + rest, { token: TOKENS.all });
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }
}

/** Returns the server's clock. */
export async function now(server: Server): Promise<number> {
  return (await call<TimeBody>(server, "GET", "/time")).body.serverTime;
}

/** Creates an event that started `since` ms ago by the server's clock; with a negative `since` it is yet to start. */
export async function begun(server: Server, name: string, since: number, more: object = {}): Promise<Event> {
  const event = new Event(server, name);
  const startsAt = (await now(server)) - since;
  let attempts = 0;
  const make = () => (attempts++, event.put({ startsAt, ...more }));
  // As the answer to it says, and as operators' clients do, since a busy machine may stall for longer than the worker waits.
  const made = await until(make, ({ status }) => status !== 503, `event "${name}" to be made`);
  assert.ok(made.status === 201 || (made.status === 200 && attempts > 1), made.text);
  return event;
}
