// The storage of events in a runtime that has ended: SQLite files, which are read and altered as an earlier version may
// have left them.

import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { ROOT, type Runtime } from "./runtime.ts";

/** A row of the log. The numbers are texts, since some are greater than JavaScript can count. */
export interface StoredRow {
  rev: string;
  id: string | null;
  effective_at: string;
  body: string;
  answer: string;
  entry: string;
  hash: string;
}

/** What an event's object stores. */
export interface StoredEvent {
  /** The JSON text of its state. */
  state: string;
  log: StoredRow[];
}

/** Returns what version 1 stored of the event `name`. */
export function storedByVersion1(name: string): StoredEvent {
  return JSON.parse(readFileSync(`${ROOT}/crates/wire/fixtures/v1/stored/${name}.json`, "utf8")) as StoredEvent;
}

/** Puts `stored` in the place of what the event `name` has stored. The runtime must have ended. */
export function store(runtime: Runtime, name: string, stored: StoredEvent): void {
  const database = open(runtime, name);
  database.exec("DELETE FROM log");
  const insert = database.prepare(
    "INSERT INTO log (rev, id, effective_at, body, answer, entry, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  for (const { rev, id, effective_at, body, answer, entry, hash } of stored.log) {
    insert.run(BigInt(rev), id, BigInt(effective_at), body, answer, entry, hash);
  }
  database.prepare("UPDATE state SET json = ?").run(stored.state);
  database.close();
}

/** Alters the state of the event `name` and nothing else. The runtime must have ended. */
export function alterState(runtime: Runtime, name: string, alter: (state: any) => void): void {
  const database = open(runtime, name);
  const state = JSON.parse((database.prepare("SELECT json FROM state").get() as { json: string }).json);
  alter(state);
  database.prepare("UPDATE state SET json = ?").run(JSON.stringify(state));
  database.close();
}

/** Opens the database of an event, which its first answer names. */
function open(runtime: Runtime, name: string): DatabaseSync {
  const directory = `${runtime.objects}/downbeat-EventDo`;
  for (const file of readdirSync(directory).filter((file) => file.endsWith(".sqlite"))) {
    const database = new DatabaseSync(`${directory}/${file}`);
    const has = database.prepare("SELECT name FROM sqlite_master WHERE name = 'log'").get();
    const first = has && (database.prepare("SELECT answer FROM log WHERE rev = 1").get() as { answer: string } | undefined);
    if (first && JSON.parse(first.answer).event === name) return database;
    database.close();
  }
  throw new Error(`no object of the event ${name} in ${directory}`);
}
