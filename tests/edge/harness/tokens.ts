// The operators of the tests: one token per scope, one with all, and those that must be refused.

import { createHash } from "node:crypto";

type Scope = "operate" | "publish" | "read";

export interface TokenEntry {
  id: string;
  sha256: string;
  scopes: Scope[];
  expires: number | null;
}

/** 2024-01-01: past for every run. */
const LONG_AGO = 1_704_067_200_000;

/** Returns a token as `downbeat token new` makes it, with a known secret. */
function token(id: string): string {
  return `dbt_${id}_${sha256(`edge tests: ${id}`)}`;
}

function entry(id: string, scopes: Scope[], expires: number | null): TokenEntry {
  return { id, sha256: sha256(token(id)), scopes, expires };
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export const TOKENS = {
  all: token("all"),
  operator: token("operator"),
  publisher: token("publisher"),
  reader: token("reader"),
  /** Was valid once, for everything. */
  expired: token("expired"),
  /** Has the form of a token, but the worker has no entry for it. */
  stranger: token("stranger"),
} as const;

/** What the worker's secret DOWNBEAT_TOKENS holds in most tests. */
export const ENTRIES: TokenEntry[] = [
  entry("all", ["operate", "publish", "read"], null),
  entry("operator", ["operate"], null),
  entry("publisher", ["publish"], null),
  entry("reader", ["read"], LONG_AGO * 3),
  entry("expired", ["operate", "publish", "read"], LONG_AGO),
];
