// Prints a TypeScript file in which every answer of crates/wire/fixtures is a literal of its generated type: the
// compiler then says which members are missing, of a different type, or unknown to crates/web/ts/wire.ts.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("../../crates/wire/fixtures", import.meta.url));
const TYPES = fileURLToPath(new URL("../../crates/web/ts/wire.ts", import.meta.url));

/**
 * The type of a fixture, by the beginning of its name. Commands and configurations are asked, not answered; what a
 * store's pointer says is for the command line.
 */
const TYPE_OF: [prefix: string, type: string | null][] = [
  ["time", "TimeBody"],
  ["state", "StateBody"],
  ["rundown-pointer", "RundownPointer"],
  ["rundown-page", "RundownPage"],
  ["command-answer", "CommandAnswer"],
  ["command-", null],
  ["configuration", null],
  ["publication", null],
  ["token-entry", null],
  ["audience", "Audience"],
  ["live-state", "StateFrame"],
  ["live-ack", "Ack"],
  ["emergency", "EmergencyDocument"],
  ["event-list", "EventList"],
  ["grant", "Grant"],
  ["log-page", "LogPage"],
  ["problem-", "Problem & Record<string, unknown>"],
];

console.log(`import type * as wire from ${JSON.stringify(TYPES)};`);
for (const file of readdirSync(FIXTURES)) {
  const name = file.replace(/\.json$/, "");
  const known = TYPE_OF.find(([prefix]) => name.startsWith(prefix));
  if (known === undefined) throw new Error(`tests/types/fixtures.ts does not say which type ${file} has`);
  const [, type] = known;
  if (type === null) continue;
  console.log(`export const ${name.replaceAll("-", "_")}: wire.${type} = ${readFileSync(`${FIXTURES}/${file}`, "utf8")};`);
}
