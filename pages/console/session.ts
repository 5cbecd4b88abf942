// Who is at the console: the token and the name, and what the token allows. Both are kept for this tab only, unless the operator
// wants a key of this device to stay.

import { type Lifetime, onStoredElsewhere, readStored, store } from "../shared/storage.ts";
import { Observable } from "./observable.ts";

/** The keys of what is stored. */
const TOKEN = "downbeat console token";
const ACTOR = "downbeat console actor";

/** The longest name that the log accepts, in characters. */
export const ACTOR_CHARS_MAX = 100;

/** What a token allows here, as far as is known. */
export interface Rights {
  /** Holding, going on, messages. */
  hold: boolean;
  /** All other commands, but for the rundown. */
  operate: boolean;
  /** The rundown. */
  publish: boolean;
  /** The log, the audience, the list of events. */
  read: boolean;
  /** Whether the token is for this event. */
  isForEvent: boolean;
  /** The token's id, scopes and so on as the worker says them; nothing before it has. */
  id: string;
  scopes: readonly string[];
  /** The events that the token is for; undefined for all. */
  events?: readonly string[];
  /** When it expires, in ms since 1970; null for never. */
  expires: number | null;
}

/** What is assumed before the worker has said it: the worker refuses whatever the token does not allow. */
const ALL: Rights = { hold: true, operate: true, publish: true, read: true, isForEvent: true, id: "", scopes: [], expires: null };

export class Session extends Observable {
  #token = storedToken("tab") ?? storedToken("device");
  #lifetime: Lifetime = storedToken("tab") === null ? "device" : "tab";
  #isKept = true;
  #actor = (readStored(ACTOR) ?? readStored(ACTOR, "device") ?? "").slice(0, ACTOR_CHARS_MAX);
  #rights = ALL;
  #why = "";

  constructor() {
    super();
    // Another tab has signed this device out, or in as somebody else.
    onStoredElsewhere(TOKEN, (text) => {
      if (this.isRemembered && text !== this.#token) this.#forget("this device was signed out in another tab");
    });
  }

  /** The token; null while nobody is signed in. It is sent in the header `Authorization` and nowhere else. */
  get token(): string | null { return this.#token; }

  /** The operator's name for the log; may be empty. */
  get actor(): string { return this.#actor; }

  /** Whether the token stays on this device when the tab is closed. */
  get isRemembered(): boolean { return this.#token !== null && this.#lifetime === "device"; }

  /** Whether the browser has kept the token: otherwise it is lost with the next reload. */
  get isKept(): boolean { return this.#isKept; }

  get rights(): Rights { return this.#rights; }

  /** Returns why the token does not allow something; undefined if it may. */
  cannot(right: "hold" | "operate" | "publish" | "read"): string | undefined {
    if (!this.#rights.isForEvent) return "This token is not for this event: choose another event, or sign in with another token.";
    if (this.#rights[right]) return undefined;
    return right === "read" ? "This token cannot read this: it lacks the scope “read”."
      : `This token cannot change this: it lacks the scope “${right}”.`;
  }

  /** Why the session ended; empty if the operator signed out. */
  get why(): string { return this.#why; }

  /** Begins a session with a token that the server has accepted. What is for the device must be a token of its own. */
  begin(token: string, actor: string, rights: Rights, lifetime: Lifetime = "tab"): void {
    // Where the device refuses, the tab may not.
    this.#lifetime = lifetime === "device" && store(TOKEN, token, "device") ? "device" : "tab";
    this.#isKept = this.#lifetime === "device" ? store(TOKEN, null) : store(TOKEN, token);
    store(ACTOR, actor, this.#lifetime);
    [this.#token, this.#actor, this.#rights, this.#why] = [token, actor, rights, ""];
    this.notify();
  }

  /** Updates what the token allows. */
  updateRights(rights: Partial<Rights>): void {
    this.#rights = { ...this.#rights, ...rights };
    this.notify();
  }

  /** Forgets the token. Keeps the name, which is not secret. */
  end(why = ""): void {
    if (this.#token === null) return;
    store(TOKEN, null, this.#lifetime);
    this.#forget(why);
  }

  #forget(why: string): void {
    [this.#token, this.#why, this.#rights] = [null, why, ALL];
    this.notify();
  }
}

/** Returns the stored token; null if what is stored is none. */
function storedToken(lifetime: Lifetime): string | null {
  const token = readStored(TOKEN, lifetime) ?? "";
  return tokenProblem(token) === undefined ? token : null;
}

/** Returns the id that is part of a token, and of the log. */
export function tokenId(token: string): string {
  return token.split("_")[1] ?? "";
}

/** Returns what is wrong with the form of a token; undefined if it may be valid. Never repeats the token. */
export function tokenProblem(token: string): string | undefined {
  if (token === "") return "Paste the token, or open the link that “downbeat token add” printed.";
  if (!token.startsWith("dbt_")) return "This is not a Downbeat token: tokens begin with dbt_. Copy it again.";
  if (/\s/.test(token)) return "There is a space or a line break inside the token. Copy it again, in one piece.";
  if (!/^dbt_[a-z0-9-]{1,32}_[0-9a-f]{64}$/.test(token)) {
    return "The token is incomplete: the form is dbt_<id>_<64 hexadecimal digits>. Copy it again.";
  }
  return undefined;
}
