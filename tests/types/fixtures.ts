// Prints a TypeScript file in which every answer of crates/wire/fixtures, and every one of version 1, is a literal of its
// generated type: the client reads what this worker answers, and what an older one does. The compiler then says which members are missing, of a different type, or unknown to crates/web/ts/wire.ts.

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
  ["status", "StateBody"],
  ["configured", "StateBody"],
  ["pong", null],
  ["rundown-pointer", "RundownPointer"],
  ["rundown-page", "RundownPage"],
  ["notes", "Notes"],
  ["command-answer", "CommandAnswer"],
  ["command-", null],
  ["configuration", null],
  ["publication", null],
  ["token-entry", null],
  ["audience-history", "AudienceHistory"],
  ["audience", "Audience"],
  ["live-state", "StateFrame"],
  ["live-ack", "Ack"],
  ["emergency-answer", "StateBody"],
  ["emergency", "EmergencyDocument"],
  ["event-list", "EventList"],
  ["grant", "Grant"],
  ["log-page", "LogPage"],
  ["room-answer", "RoomAnswer"],
  ["room-audience", "RoomAudience"],
  ["room-state", "StateBody"],
  ["room-welcome", "Welcome"],
  ["room-refused", "Refused"],
  ["room-presence", "PresenceFrame"],
  ["room-command-answer", "RoomCommandAnswer"],
  ["room-signal-refused", "SignalRefused"],
  ["room-signal", "SignalFrame"],
  ["room-send-", null],
  ["problem-", "Problem & Record<string, unknown>"],
];

console.log(`import type * as wire from ${JSON.stringify(TYPES)};`);
for (const folder of ["", "v1/answers/"]) {
  for (const file of readdirSync(`${FIXTURES}/${folder}`).filter((file) => file.endsWith(".json"))) print(folder, file);
}

function print(folder: string, file: string): void {
  const name = file.replace(/\.json$/, "");
  const known = TYPE_OF.find(([prefix]) => name.startsWith(prefix));
  if (known === undefined) throw new Error(`tests/types/fixtures.ts does not say which type ${file} has`);
  const [, type] = known;
  if (type === null) return;
  const constant = `${folder}${name}`.replaceAll(/[-\/]/g, "_");
  console.log(`export const ${constant}: wire.${type} = ${readFileSync(`${FIXTURES}/${folder}${file}`, "utf8")};`);
}
