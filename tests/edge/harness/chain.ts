// Checking an event's log as an auditor would: from what it says, and with nothing of Downbeat's own.

import assert from "node:assert/strict";
import { sha256 } from "./tokens.ts";
import type { LogEntry } from "./wire.ts";

/**
 * Checks that `newestFirst` is the whole log: revisions 1, 2, 3, …, and each entry sealed by the SHA-256 of its JSON
 * text without `hash`, which the next one names as `prev`.
 */
export function assertChain(newestFirst: LogEntry[]): void {
  let prev = "0".repeat(64);
  for (const [index, entry] of newestFirst.toReversed().entries()) {
    const { hash, ...unsealed } = entry;
    assert.equal(entry.rev, index + 1, "no revision is missing or repeated");
    assert.equal(entry.prev, prev, `revision ${entry.rev} names the hash of the one before`);
    assert.equal(hash, sha256(JSON.stringify(unsealed)), `revision ${entry.rev} is what was sealed`);
    prev = hash;
  }
}
