import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Command } from "./command.ts";
import { VERSION } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import { KEPT, STATE, open, release } from "./state.ts";

const BACKUP = `writes the state of "serve" into one file, also while it is serving

usage: downbeat-worker backup FILE [--state DIR]
  FILE         a new file, such as backup.tar.gz. It has the secrets too, so only you can read it
  --state DIR  the state to save (${STATE})

Each event is saved as it is at one moment; two events may be some milliseconds apart.
`;

const RESTORE = `puts the state from a backup in the place of what "serve" has now

usage: downbeat-worker restore FILE [--state DIR] [--replace]
  FILE         what "downbeat-worker backup" wrote
  --state DIR  the state to restore, while nothing serves from it (${STATE})
  --replace    although there is a state already; it is kept beside it, in before-restore-TIME

Each event begins a new epoch: pages that know a later revision from before accept the restored one at once.
`;

/** What a backup says of itself. */
interface About {
  downbeat: string;
  /** In ms since 1970. */
  at: number;
}

const ABOUT = "backup.json";

/** Where workerd keeps the alarms of a class. */
const ALARMS = "metadata.sqlite";

export const backup: Command = {
  help: BACKUP,
  options: { state: { type: "string" } },
  most: 1,
  async run({ state: folder }, [given]) {
    if (given === undefined) throw new Refusal("name the file to write: downbeat-worker backup FILE", 2);
    const file = resolve(given);
    const state = resolve((folder as string | undefined) ?? STATE);
    if (!existsSync(`${state}/objects`)) throw new Refusal(`${state} has no state of "downbeat-worker serve"; name its folder with --state`);
    if (existsSync(file)) throw new Refusal(`${file} is there already, and a backup replaces no file; choose another name`);
    const copy = mkdtempSync(join(dirname(file), ".downbeat-backup-"));
    try {
      const count = copyObjects(`${state}/objects`, `${copy}/objects`);
      for (const name of KEPT) if (name !== "objects" && existsSync(`${state}/${name}`)) copyFileSync(`${state}/${name}`, `${copy}/${name}`);
      writeFileSync(`${copy}/${ABOUT}`, JSON.stringify({ downbeat: VERSION, at: Date.now() } satisfies About));
      writeFileSync(`${copy}.tar.gz`, "", { mode: 0o600 });
      execFileSync("tar", ["-czf", `${copy}.tar.gz`, "-C", copy, "."]);
      renameSync(`${copy}.tar.gz`, file);
      process.stdout.write(`wrote ${file}: ${count} objects of ${state}\n`);
    } finally {
      rmSync(copy, { recursive: true, force: true });
      rmSync(`${copy}.tar.gz`, { force: true });
    }
  },
};

export const restore: Command = {
  help: RESTORE,
  options: { state: { type: "string" }, replace: { type: "boolean" } },
  most: 1,
  async run({ state: folder, replace }, [given]) {
    if (given === undefined) throw new Refusal("name the backup to read: downbeat-worker restore FILE", 2);
    const file = resolve(given);
    if (!existsSync(file)) throw new Refusal(`${file} does not exist`);
    const state = open((folder as string | undefined) ?? STATE);
    const has = readdirSync(`${state}/objects`).length > 0 || existsSync(`${state}/worker.env`);
    if (has && !replace) throw new Refusal(`${state} has a state already; --replace puts the backup in its place and keeps the old one beside it`);
    const copy = mkdtempSync(`${state}/restoring-`);
    try {
      const about = extract(file, copy);
      const count = check(`${copy}/objects`, file);
      beginNewEpochs(`${copy}/objects`);
      const old = `${state}/before-restore-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}`;
      if (has) mkdirSync(old, { mode: 0o700 });
      for (const name of KEPT) {
        if (existsSync(`${state}/${name}`)) has ? renameSync(`${state}/${name}`, `${old}/${name}`) : rmSync(`${state}/${name}`, { recursive: true });
        if (existsSync(`${copy}/${name}`)) renameSync(`${copy}/${name}`, `${state}/${name}`);
      }
      process.stdout.write(`restored ${count} objects into ${state}, as they were at ${new Date(about.at).toISOString()}\n`);
      if (has) process.stdout.write(`what was there before is in ${old}\n`);
    } finally {
      rmSync(copy, { recursive: true, force: true });
      release();
    }
  },
};

/** Copies every object's database, each as it is at one moment, whether or not the runtime has it open; returns how many. */
function copyObjects(from: string, to: string): number {
  let count = 0;
  for (const kind of readdirSync(from)) {
    mkdirSync(`${to}/${kind}`, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(`${from}/${kind}`).filter((file) => file.endsWith(".sqlite"))) {
      const database = new DatabaseSync(`${from}/${kind}/${file}`, { readOnly: true });
      try {
        database.exec("PRAGMA busy_timeout = 10000");
        database.prepare("VACUUM INTO ?").run(`${to}/${kind}/${file}`);
      } finally {
        database.close();
      }
      count += 1;
    }
  }
  return count;
}

function extract(file: string, to: string): About {
  try {
    execFileSync("tar", ["-xzf", file, "-C", to], { stdio: "pipe" });
    return JSON.parse(readFileSync(`${to}/${ABOUT}`, "utf8")) as About;
  } catch {
    throw new Refusal(`${file} is not a backup that "downbeat-worker backup" wrote, or it is damaged; nothing was changed`);
  }
}

/** Checks that every database can be read; returns how many there are. */
function check(objects: string, file: string): number {
  let count = 0;
  for (const kind of existsSync(objects) ? readdirSync(objects) : []) {
    for (const name of readdirSync(`${objects}/${kind}`)) {
      const database = new DatabaseSync(`${objects}/${kind}/${name}`);
      const [{ quick_check: found }] = database.prepare("PRAGMA quick_check").all() as [{ quick_check: string }];
      database.close();
      if (found !== "ok") throw new Refusal(`${kind}/${name} in ${file} is damaged (${found}); nothing was changed`);
      count += 1;
    }
  }
  return count;
}

/**
 * Gives each event another epoch, which names the one that it replaces. In the same one, viewers would ignore the restored state for
 * being older than theirs.
 */
function beginNewEpochs(objects: string): void {
  // Hubs have copies of what the event says, and ask it where they have none.
  const hubs = `${objects}/downbeat-HubDo`;
  if (existsSync(hubs)) for (const file of readdirSync(hubs)) if (file !== ALARMS) rmSync(`${hubs}/${file}`);
  const events = `${objects}/downbeat-EventDo`;
  for (const file of existsSync(events) ? readdirSync(events) : []) {
    const database = new DatabaseSync(`${events}/${file}`);
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'state'").get()) {
      const row = database.prepare("SELECT json FROM state").get() as { json: string } | undefined;
      // As text: JavaScript would round the greatest numbers.
      if (row) database.prepare("UPDATE state SET json = ?").run(inNewEpoch(row.json));
    }
    database.close();
  }
}

/** Returns the stored state of an event in an epoch of its own. */
function inNewEpoch(state: string): string {
  const epoch = randomBytes(8).toString("hex");
  return state
    .replace(/,"replaces":"[^"]*"/, "")
    .replace(/"epoch":"([^"]*)"/, (_, replaced) => `"epoch":"${epoch}","replaces":"${replaced}"`);
}
