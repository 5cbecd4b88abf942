// The folder in which `serve` keeps everything: the objects, the variables and secrets, the first operator's token.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseEnv } from "node:util";
import { Refusal } from "./refusal.ts";
import { ALL_SCOPES, makeToken } from "./token.ts";

/** The names of what is kept. Everything else in the folder is made anew at each start. */
export const KEPT = ["objects", "worker.env", "operator.token"] as const;

/** Where `serve` keeps its state unless told otherwise. */
export const STATE = "downbeat-state";

const ENVIRONMENT = `# Variables and secrets of the worker, a line each. Read when "downbeat-worker serve" starts.
# DEFAULT_EVENT=main            the event that GET /time answers for
# TRUSTED_PROXIES=10.0.0.1      a proxy on another machine, whose X-Forwarded-For counts; several with commas
# EMERGENCY_URL=https://…       where pages look for a signed pause while this server is gone: docs/emergency.md
# EMERGENCY_KEY=…               the key that signs it
# EMBED_SITES=https://…         sites that may show the viewer and the stage display in a frame; several with spaces

# The first operators' tokens, as a JSON array. More are added without a restart: downbeat token add NAME
`;

/** Opens the folder, made if it is not there, and keeps others from serving from it until this process ends. */
export function open(path: string): string {
  const state = resolve(path);
  mkdirSync(`${state}/objects`, { recursive: true, mode: 0o700 });
  lock(state);
  return state;
}

let held: DatabaseSync | undefined;

// The system releases SQLite's lock when the process ends, however it ends.
function lock(state: string): void {
  const database = new DatabaseSync(`${state}/lock`);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    held = database;
  } catch {
    database.close();
    throw new Refusal(`${state} is in use: something serves from it; stop that first, or name another folder with --state`);
  }
}

/** Releases the folder. */
export function release(): void {
  held?.close();
  held = undefined;
}

/** Returns the variables and secrets. The first time, makes the first operator's token. */
export function variables(state: string): NodeJS.Dict<string> {
  const file = `${state}/worker.env`;
  if (!existsSync(file)) {
    const { text, entry } = makeToken("owner", ALL_SCOPES);
    writeFileSync(`${state}/operator.token`, `${text}\n`, { mode: 0o600 });
    writeFileSync(file, `${ENVIRONMENT}DOWNBEAT_TOKENS='${JSON.stringify([entry])}'\n`, { mode: 0o600 });
  }
  return parseEnv(readFileSync(file, "utf8"));
}
