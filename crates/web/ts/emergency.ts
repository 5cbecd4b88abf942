// The last resort when the server is down: a state that an operator signed, at the address that the event names.

import { type EmergencyBody, type EmergencyChannel, type EmergencyDocument, type EventName, SIGNED_PREFIX } from "./wire.ts";

/** A state whose signature is valid. */
export interface SignedState {
  body: EmergencyBody;
  /** The signed document, as the server accepts it. */
  document: string;
}

const ED25519 = "Ed25519";

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
  const { subtle } = crypto;
  const by = await subtle.importKey("jwk", { kty: "OKP", crv: ED25519, x: key }, ED25519, false, ["verify"]);
  const bytes = Uint8Array.from(atob(signature.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  if (!(await subtle.verify(ED25519, by, bytes, new TextEncoder().encode(SIGNED_PREFIX + state)))) return;
  const body = JSON.parse(state) as EmergencyBody;
  if (body.event === event) return { body, document: JSON.stringify({ state, signature }) };
}

/** Posts a signed document to the server. As plain text, so that the browser sends no preflight request. */
export function submitSigned(url: string, { document }: SignedState): void {
  fetch(url, { method: "POST", body: document, credentials: "omit" }).catch(() => {});
}
