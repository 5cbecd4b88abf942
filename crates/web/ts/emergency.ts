// The last resort when the server is down: a state that an operator signed, at the address that the event names.

import { now } from "./clock.ts";
import type { Viewer } from "./core.ts";
import {
  type EmergencyBody, type EmergencyChannel, type EmergencyDocument, type EventName, type PublishedEvent, SIGNED_PREFIX, type StateBody,
} from "./wire.ts";

/** A state whose signature is valid. */
export interface SignedState {
  body: EmergencyBody;
  /** The signed document, as the server accepts it. */
  document: string;
}

const ED25519 = "Ed25519";

/** The statuses with which an event refuses a signed state: the signature is not its own, or its state has moved on. */
const REFUSALS = [403, 409];

/**
 * Fetches the pointer. Returns the state in it that is signed for `event`, if there is one and its signature is valid.
 * Rejects where there is no pointer, and in browsers that cannot check signatures: those without Ed25519, and any page
 * that was loaded without encryption.
 */
export async function fetchSigned(
  { url, key }: EmergencyChannel,
  event: EventName,
  signal: AbortSignal,
): Promise<SignedState | undefined> {
  const response = await fetch(url, { credentials: "omit", signal });
  const { emergency } = (await response.json()) as { emergency?: EmergencyDocument };
  if (!emergency) return;
  const { state, signature } = emergency;
  const by = await importKey(key);
  const bytes = Uint8Array.from(atob(signature.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  if (!(await crypto.subtle.verify(ED25519, by, bytes, new TextEncoder().encode(SIGNED_PREFIX + state)))) return;
  const body = JSON.parse(state) as EmergencyBody;
  if (body.event === event) return { body, document: JSON.stringify({ state, signature }) };
}

/** Resolves to the event's key; rejects in browsers that cannot check signatures. */
export async function importKey(key: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("jwk", { kty: "OKP", crv: ED25519, x: key }, ED25519, false, ["verify"]);
}

/**
 * Posts a signed document to the server. As plain text, so that the browser sends no preflight request. Resolves to whether the
 * event refused it.
 */
export async function submitSigned(url: string, { document }: SignedState): Promise<boolean> {
  const { status } = await fetch(url, { method: "POST", body: document, credentials: "omit" });
  return REFUSALS.includes(status);
}

/**
 * Fetches the event as it was published beside the pointer. Returns it as a state, with the absolute URL of its rundown; undefined
 * if it is of another event.
 */
export async function fetchPublished(pointer: string, event: EventName, signal: AbortSignal): Promise<(PublishedEvent & StateBody) | undefined> {
  const url = new URL("event.json", pointer);
  const published = await (await fetch(url, { credentials: "omit", signal })).json();
  if (published.event === event) return { messages: [], ...published, url: published.url && `${new URL(published.url, url)}` };
}

/** Asks sources of UTC, one after the other, until one answers. Returns what to tell core: the time, and when it was asked and answered. */
export async function askUtc(sources: string[], signal: AbortSignal): Promise<Parameters<Viewer["handle_utc"]> | undefined> {
  for (const source of sources) {
    try {
      const t1 = now();
      const response = await fetch(source, { cache: "no-store", credentials: "omit", signal });
      const t4 = now();
      const text = await response.text();
      // JSON of a worker, the text of a time server, or the header, which pages of other sites may not see.
      const utc = text[0] === "{" ? JSON.parse(text).serverTime : Date.parse(text.trim() || response.headers.get("date")!);
      if (utc > 0) return [utc, t1, t4, now()];
    } catch {
      // The next one.
    }
  }
}
