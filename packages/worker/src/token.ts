// Operators' tokens: `dbt_<id>_<64 hexadecimal digits>`, of which the worker knows the SHA-256 only.

import { createHash, randomBytes } from "node:crypto";

/** An entry of the secret DOWNBEAT_TOKENS. */
export interface TokenEntry {
  id: string;
  sha256: string;
  scopes: string[];
  /** In ms since 1970; `null` for never. */
  expires: number | null;
}

/** What the first operator may do: everything, including giving others access. */
export const ALL_SCOPES = ["operate", "publish", "read", "emergency", "admin"];

/** Makes a token. Its text is for its owner, and for nobody else. */
export function makeToken(id: string, scopes: string[]): { text: string; entry: TokenEntry } {
  const text = `dbt_${id}_${randomBytes(32).toString("hex")}`;
  return { text, entry: { id, sha256: createHash("sha256").update(text).digest("hex"), scopes, expires: null } };
}
