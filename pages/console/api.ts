// Calls of the operator's API, at the worker that served the page.

import type { Audience, CommandAnswer, Digest, EventList, Grant, LastChange, LogPage, Notes, Problem, StateBody } from "downbeat-client";
import { type Rights, type Session, tokenId } from "./session.ts";

/** A problem (RFC 9457), with the members that some problems add. */
export interface Refusal extends Problem {
  /** The field that is wrong. */
  pointer?: string;
  /** The state that the command did not fit. */
  state?: StateBody;
  /** The last change, and who made it. */
  lastChange?: LastChange;
}

/** The outcome of a call. */
export type Outcome<Body> =
  | { kind: "answered"; body: Body }
  /** The worker refused. Trying again changes nothing. */
  | { kind: "refused"; refusal: Refusal }
  /** No answer: it is not known whether the call was carried out. */
  | { kind: "no-answer"; why: string };

/** What a console needs: the key of a device has no more than this. */
const DEVICE_SCOPES: readonly string[] = ["hold", "operate", "publish", "read"];

/** How long to wait for an answer, in ms, unless the caller has a signal of its own. */
const TIMEOUT = 10_000;

export class Api {
  readonly #event: string;
  readonly #session: Session;

  constructor(event: string, session: Session) {
    this.#event = event;
    this.#session = session;
  }

  /** Sends a command. The same body may be sent again until it is answered: its id makes it one command. */
  command(body: object, signal: AbortSignal): Promise<Outcome<CommandAnswer>> {
    return this.#call("POST", `/v1/events/${this.#event}/commands`, { body, signal });
  }

  /** Requests the answer that a command would get now. Nothing is changed. */
  preview(fields: object): Promise<Outcome<CommandAnswer>> {
    return this.#call("POST", `/v1/events/${this.#event}/commands?dryRun`, { body: { ...fields, id: "preview" } });
  }

  /** Requests a page of the log: the newest entries, or those before a revision. Newest first. */
  log(limit: number, before?: number): Promise<Outcome<LogPage>> {
    const older = before === undefined ? "" : `&before=${before}`;
    return this.#call("GET", `/v1/events/${this.#event}/log?limit=${limit}${older}`);
  }

  audience(): Promise<Outcome<Audience>> {
    return this.#call("GET", `/v1/events/${this.#event}/audience`);
  }

  /** Requests what the crew should know about the cues of a rundown. */
  notes(digest: Digest): Promise<Outcome<Notes>> {
    return this.#call("GET", `/v1/events/${this.#event}/rundowns/${digest}/notes`);
  }

  events(): Promise<Outcome<EventList>> {
    return this.#call("GET", "/v1/events");
  }

  /** Requests what `token` allows. */
  async rights(token: string): Promise<Outcome<Rights>> {
    const outcome = await this.#call<Grant>("GET", "/v1/token", { token });
    if (outcome.kind !== "answered") return outcome;
    return { kind: "answered", body: this.#rightsOf(outcome.body) };
  }

  /**
   * Redeems the code of a sign-in link for `token`, which this page has made and of which the worker learns the SHA-256.
   * The same code and token may be sent again until they are answered.
   */
  async redeem(code: string, token: string): Promise<Outcome<Rights>> {
    const outcome = await this.#call<Grant>("POST", "/v1/token", { token: null, body: { code, sha256: await sha256(token) } });
    return outcome.kind === "answered" ? { kind: "answered", body: this.#rightsOf(outcome.body) } : outcome;
  }

  /**
   * Adds a key of its own for this device, which has what the token in use has, ends with it, and can be revoked alone.
   * `token` is the key, which this page has made and of which the worker learns the SHA-256.
   */
  async addDevice(token: string, maker: { token: string; rights: Rights }): Promise<Outcome<unknown>> {
    return this.#addToken({ id: tokenId(token), sha256: await sha256(token) }, maker.rights, maker.token);
  }

  /** Adds a key for another device, and the code of the link that signs it in. */
  async addLink(id: string, code: string): Promise<Outcome<{ codeUntil?: number }>> {
    return this.#addToken({ id, codeSha256: await sha256(code) }, this.#session.rights);
  }

  /** Ends the token itself: the key of a device that is signed out. */
  revokeOwn(token: string): Promise<Outcome<unknown>> {
    return this.#call("DELETE", `/v1/tokens/${tokenId(token)}?own`, { token });
  }

  #addToken<Body>(body: object, { scopes, events, expires }: Rights, token?: string): Promise<Outcome<Body>> {
    const own = scopes.filter((scope) => DEVICE_SCOPES.includes(scope));
    return this.#call("POST", "/v1/tokens", {
      body: { ...body, device: true, scopes: own, expires, ...(events && { events }) },
      ...(token !== undefined && { token }),
    });
  }

  #rightsOf(grant: Grant): Rights {
    const { scopes, events } = grant;
    const operate = scopes.includes("operate");
    return {
      ...grant,
      hold: operate || scopes.includes("hold"),
      operate,
      publish: scopes.includes("publish"),
      read: scopes.includes("read"),
      isForEvent: events?.some((one) => one.endsWith("*") ? this.#event.startsWith(one.slice(0, -1)) : one === this.#event) ?? true,
    };
  }

  async #call<Body>(
    method: string,
    path: string,
    { token = this.#session.token, body, signal }: { token?: string | null; body?: object; signal?: AbortSignal } = {},
  ): Promise<Outcome<Body>> {
    try {
      const response = await fetch(path, {
        method,
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ?? AbortSignal.timeout(TIMEOUT),
        cache: "no-store",
        credentials: "omit",
      });
      if (response.ok) return { kind: "answered", body: (await response.json()) as Body };
      const outcome = await readError(response);
      // Ends the session only if this token is still the one in use.
      if (isUnauthorized(outcome) && token === this.#session.token) this.#session.end(outcome.refusal.detail);
      return outcome;
    } catch (error) {
      const isLate = error instanceof DOMException && error.name === "TimeoutError";
      return { kind: "no-answer", why: isLate ? "no answer in time" : "the server cannot be reached" };
    }
  }
}

/** Returns the SHA-256 of a text, as hexadecimal digits. Only on pages that nobody can have changed on their way. */
async function sha256(text: string): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** Writes bytes as hexadecimal digits. */
export function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Returns whether the token is not valid, or no longer. */
function isUnauthorized(outcome: Outcome<unknown>): outcome is { kind: "refused"; refusal: Refusal } {
  return outcome.kind === "refused" && outcome.refusal.status === 401;
}

/** Reads an error response. Proxies between page and worker send errors that are not problems. */
async function readError(response: Response): Promise<Outcome<never>> {
  const { status } = response;
  const read: Partial<Refusal> = (await response.json().catch(() => undefined)) ?? {};
  if (status >= 500 || status === 408 || status === 429) {
    return { kind: "no-answer", why: `the server failed: ${read.detail ?? `it answered with status ${status}`}` };
  }
  const detail = read.detail ?? `the server refused with status ${status}`;
  return { kind: "refused", refusal: { type: "about:blank", title: "", code: "", ...read, status, detail } };
}
