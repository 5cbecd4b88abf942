// The last resort: a state that an operator signed, where the event says that it may lie.

import { type EmergencyBody, type EmergencyChannel, type EmergencyDocument, type EventName, SIGNED_PREFIX } from "./wire.ts";

/** What was rightly signed. */
export interface Signed {
  /** What it says. */
  body: EmergencyBody;
  /** As it is handed in. */
  document: string;
}

const ED25519 = "Ed25519";

/**
 * Looks at the pointer; gives what was rightly signed for `event` there, if anything was. Fails where there is no
 * pointer, and in browsers that cannot check the signature: those without Ed25519, and pages that came unencrypted.
 */
export async function look({ url, key }: EmergencyChannel, event: EventName, signal: AbortSignal): Promise<Signed | undefined> {
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
