// The link that signs a device in: `/console?event=gala#sign-in=dbl_<id>_<code>`, as `downbeat token add` prints it.
//
// The code works once, and for ten minutes. It is not the token: the page makes that, and nobody else ever has it.

import { eventName } from "../shared/event.ts";
import { hex } from "./api.ts";

/** A link that was opened. */
export interface SignInLink {
  /** The id of the token that this device will have. */
  id: string;
  /** What the worker gets, once. */
  code: string;
  /** The token that this page has made for it. */
  token: string;
}

const FRAGMENT = "#sign-in=";

/** The longest id of a token, in characters. */
const ID_CHARS_MAX = 32;

/** Returns an id for a new key of the holder of `id`: `otto-phone-3f2a9c`. */
export function newId(id: string, kind: "device" | "phone"): string {
  const end = `-${kind}-${random(3)}`;
  return id.slice(0, ID_CHARS_MAX - end.length) + end;
}

/** Makes a token, of which the worker learns the SHA-256 only. */
export function newToken(id: string): string {
  return `dbt_${id}_${random(32)}`;
}

/** Makes the code of a link that signs a device in as `id`. */
export function newCode(id: string): string {
  return `dbl_${id}_${random(20)}`;
}

/** Returns the link with a code: the console of this event, at the address of this page. */
export function linkOf(code: string): string {
  return `${location.origin}${location.pathname}?${new URLSearchParams({ event: eventName() })}${FRAGMENT}${code}`;
}

/** Returns random bytes as hexadecimal digits. */
function random(bytes: number): string {
  return hex(crypto.getRandomValues(new Uint8Array(bytes)).buffer);
}

/**
 * Takes the link out of the page's address, where it would stay in the history and in whatever is copied from there.
 * Returns it, or what is wrong with it; undefined if the address has none.
 */
export function takeLink(): SignInLink | string | undefined {
  const { hash, pathname, search } = location;
  if (!hash.startsWith(FRAGMENT)) return undefined;
  history.replaceState(history.state, "", pathname + search);
  const code = hash.slice(FRAGMENT.length);
  const id = /^dbl_([a-z0-9-]{1,32})_[0-9a-f]{40}$/.exec(code)?.[1];
  if (id === undefined) return "The link is not complete. Open it again, whole.";
  // Browsers hash on pages that nobody can have changed on their way.
  if (!isSecureContext) return "A link signs in over https only. Open the console at its https address.";
  return { id, code, token: newToken(id) };
}
