// The operators of the tests: one token per scope, one with all, and those that must be refused.

import { createHash } from "node:crypto";

export type Scope = "operate" | "hold" | "publish" | "read" | "rooms" | "emergency" | "admin";

export const SCOPES: readonly Scope[] = ["operate", "hold", "publish", "read", "rooms", "emergency", "admin"];

export interface TokenEntry {
  id: string;
  sha256: string;
  scopes: readonly Scope[];
  events?: string[];
  expires: number | null;
}

/** 2024-01-01: past for every run. */
const LONG_AGO = 1_704_067_200_000;

/** Returns a token as `downbeat token new` makes it, with a known secret. */
export function token(id: string): string {
  return `dbt_${id}_${sha256(`edge tests: ${id}`)}`;
}

function entry(id: string, scopes: readonly Scope[], expires: number | null, events?: string[]): TokenEntry {
  return { id, sha256: sha256(token(id)), scopes, expires, ...(events === undefined ? {} : { events }) };
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export const TOKENS = {
  all: token("all"),
  operator: token("operator"),
  publisher: token("publisher"),
  reader: token("reader"),
  /** Pauses, resumes and shows messages. */
  holder: token("holder"),
  /** Everything, but only for the events "gala-…". */
  gala: token("gala"),
  /** Was valid once, for everything. */
  expired: token("expired"),
  /** Has the form of a token, but the worker has no entry for it. */
  stranger: token("stranger"),
} as const;

/** What the worker's secret DOWNBEAT_TOKENS holds in most tests. */
export const ENTRIES: TokenEntry[] = [
  entry("all", SCOPES, null),
  entry("operator", ["operate"], null),
  entry("publisher", ["publish"], null),
  entry("reader", ["read"], LONG_AGO * 3),
  entry("holder", ["hold"], null),
  entry("gala", SCOPES, null, ["gala-*"]),
  entry("expired", ["operate", "publish", "read"], LONG_AGO),
];
