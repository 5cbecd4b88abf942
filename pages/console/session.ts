// Who is at the console: the token and the name, kept for this tab and no longer, and what the token allows.

import { Changing } from "./observable.ts";

/** Where they are kept. `sessionStorage` ends with the tab, and other tabs do not see it. */
const TOKEN = "downbeat console token";
const ACTOR = "downbeat console actor";

/** The longest name that the log takes, in characters. */
export const ACTOR_CHARS_MAX = 100;

/** Why commands cannot be given with a token without the scope. */
export const MAY_NOT_OPERATE = "This token may not change the event: it has no scope “operate”.";

/** What a token may do here, as far as is known. */
export interface Rights {
  /** Commands. */
  operate: boolean;
  /** The log, the audience, the list of events. */
  read: boolean;
}

export class Session extends Changing {
  #token = sessionStorage.getItem(TOKEN);
  #actor = sessionStorage.getItem(ACTOR) ?? "";
  #rights: Rights = { operate: true, read: true };
  #why = "";

  /** The token; nothing while nobody is signed in. It goes into the header `Authorization` and nowhere else. */
  get token(): string | null { return this.#token; }

  /** The name that the log shows; may be empty. */
  get actor(): string { return this.#actor; }

  get rights(): Rights { return this.#rights; }

  /** Why the last token is no longer used; empty if the operator signed out. */
  get why(): string { return this.#why; }

  /** Begins, with a token that the server has accepted. */
  begin(token: string, actor: string, rights: Rights): void {
    sessionStorage.setItem(TOKEN, token);
    sessionStorage.setItem(ACTOR, actor);
    [this.#token, this.#actor, this.#rights, this.#why] = [token, actor, rights, ""];
    this.changed();
  }

  /** Notes what the token allows. */
  learn(rights: Partial<Rights>): void {
    this.#rights = { ...this.#rights, ...rights };
    this.changed();
  }

  /** Forgets the token. The name stays: it is no secret. */
  end(why = ""): void {
    if (this.#token === null) return;
    sessionStorage.removeItem(TOKEN);
    [this.#token, this.#why, this.#rights] = [null, why, { operate: true, read: true }];
    this.changed();
  }
}

/** Says what is wrong with the form of a token; nothing if that may be one. It never repeats the token. */
export function wrongWith(token: string): string | undefined {
  if (token === "") return "Paste the token that “downbeat token new” printed.";
  if (!token.startsWith("dbt_")) return "This is no Downbeat token: one begins with dbt_. Copy it once more.";
  if (/\s/.test(token)) return "There is a space or a new line inside the token. Copy it once more, in one piece.";
  if (!/^dbt_[a-z0-9-]{1,32}_[0-9a-f]{64}$/.test(token)) {
    return "The token is not whole: it looks like dbt_<id>_<64 hexadecimal digits>. Copy it once more.";
  }
  return undefined;
}
