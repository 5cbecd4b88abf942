// Calls of the operator's API, at the worker that the page came from.

import type { Audience, CommandAnswer, EventList, Grant, LastChange, LogPage, Problem, StateBody } from "downbeat-client";
import type { Rights, Session } from "./session.ts";

/** A problem (RFC 9457) with what some of them carry besides. */
export interface Refusal extends Problem {
  /** The field that is wrong. */
  pointer?: string;
  /** The state that the command did not fit. */
  state?: StateBody;
  /** Who changed that last. */
  lastChange?: LastChange;
}

/** What became of a call. */
export type Outcome<Body> =
  | { kind: "answered"; body: Body }
  /** The worker has decided: no. Asking again changes nothing. */
  | { kind: "refused"; refusal: Refusal }
  /** Nobody knows whether it was done. */
  | { kind: "silent"; why: string };

/** How long an answer is waited for where nothing hangs on it, in ms. */
const PATIENCE = 10_000;

export class Api {
  readonly #event: string;
  readonly #session: Session;

  constructor(event: string, session: Session) {
    this.#event = event;
    this.#session = session;
  }

  /** Sends a command. The same body may be sent again until there is an answer: its id makes it one command. */
  command(body: object, signal: AbortSignal): Promise<Outcome<CommandAnswer>> {
    return this.#call("POST", `/v1/events/${this.#event}/commands`, { body, signal });
  }

  /** Asks for a page of the log, the newest entries first, or those before a revision. */
  log(limit: number, before?: number): Promise<Outcome<LogPage>> {
    const older = before === undefined ? "" : `&before=${before}`;
    return this.#call("GET", `/v1/events/${this.#event}/log?limit=${limit}${older}`);
  }

  audience(): Promise<Outcome<Audience>> {
    return this.#call("GET", `/v1/events/${this.#event}/audience`);
  }

  events(): Promise<Outcome<EventList>> {
    return this.#call("GET", "/v1/events");
  }

  /** Asks what `token` may do. */
  async rights(token: string): Promise<Outcome<Rights>> {
    const outcome = await this.#call<Grant>("GET", "/v1/token", { token });
    if (outcome.kind !== "answered") return outcome;
    const { scopes } = outcome.body;
    return { kind: "answered", body: { read: scopes.includes("read"), operate: scopes.includes("operate") } };
  }

  async #call<Body>(
    method: string,
    path: string,
    { token = this.#session.token, body, signal }: { token?: string | null; body?: object; signal?: AbortSignal } = {},
  ): Promise<Outcome<Body>> {
    try {
      const response = await fetch(path, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ?? AbortSignal.timeout(PATIENCE),
        cache: "no-store",
        credentials: "omit",
      });
      if (response.ok) return { kind: "answered", body: (await response.json()) as Body };
      const outcome = await refused(response);
      // Only the token in use ends with its refusal, not one that came in its place meanwhile.
      if (isUnauthorized(outcome) && token === this.#session.token) this.#session.end(outcome.refusal.detail);
      return outcome;
    } catch (error) {
      const late = error instanceof DOMException && error.name === "TimeoutError";
      return { kind: "silent", why: late ? "no answer in time" : "the server cannot be reached" };
    }
  }
}

/** Returns whether the token is not one, or not any more. */
function isUnauthorized(outcome: Outcome<unknown>): outcome is { kind: "refused"; refusal: Refusal } {
  return outcome.kind === "refused" && outcome.refusal.status === 401;
}

/** Reads an error. What stands between the page and the worker has errors of its own, which are no problems. */
async function refused(response: Response): Promise<Outcome<never>> {
  const { status } = response;
  const read: Partial<Refusal> = await response.json().catch(() => ({}));
  if (status >= 500 || status === 408 || status === 429) {
    return { kind: "silent", why: `the server failed: ${read.detail ?? `it answered with status ${status}`}` };
  }
  const detail = read.detail ?? `the server refused with status ${status}`;
  return { kind: "refused", refusal: { type: "about:blank", title: "", code: "", ...read, status, detail } };
}
