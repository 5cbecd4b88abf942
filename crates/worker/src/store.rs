//! What an event's object keeps: the state, and the log.

use downbeat_core::{CommandId, Digest, EventState, Receipt};
use downbeat_wire::LogEntry;
use downbeat_wire::log::CHAIN_START;
use serde::Deserialize;
use wasm_bindgen::closure::ScopedClosure;
use wasm_bindgen::{JsCast as _, JsValue};
use worker::{Error, Result, SqlStorage, SqlStorageValue, State, Storage};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS log (rev INTEGER PRIMARY KEY, id TEXT UNIQUE, entry TEXT NOT NULL, answer TEXT NOT NULL);
";

/// The SQLite database of one event. Every call is synchronous: between two of them nothing else runs.
pub(crate) struct Store {
    storage: Storage,
    sql: SqlStorage,
}

/// An applied command, as it was answered.
pub(crate) struct Answered {
    pub(crate) receipt: Receipt,
    pub(crate) answer: String,
}

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    json: String,
    #[serde(default)]
    entry: String,
    #[serde(default)]
    answer: String,
}

impl Store {
    pub(crate) fn new(state: &State) -> Self {
        Self { storage: state.storage(), sql: state.storage().sql() }
    }

    /// Gives the state; nothing if the event was never made. Then nothing is written either: an object that was only
    /// asked leaves no trace.
    pub(crate) fn state(&self) -> Result<Option<EventState>> {
        if self.rows("SELECT name AS json FROM sqlite_master WHERE name = 'state'", vec![])?.is_empty() {
            return Ok(None);
        }
        match self.rows("SELECT json FROM state", vec![])?.first() {
            Some(row) => Ok(Some(serde_json::from_str(&row.json)?)),
            None => Ok(None),
        }
    }

    /// Gives what was answered to the command with this id, if it was applied.
    pub(crate) fn answered(&self, id: &CommandId) -> Result<Option<Answered>> {
        let rows = self.rows("SELECT entry, answer FROM log WHERE id = ?", vec![id.as_str().into()])?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let entry: LogEntry = serde_json::from_str(&row.entry)?;
        let request = downbeat_wire::command::parse(entry.body.to_string().as_bytes(), &entry.actor)
            .map_err(|problem| Error::RustError(format!("the log has a command that cannot be read: {problem}")))?;
        let receipt =
            Receipt { id: request.id, command: request.command, rev: entry.rev, effective_at: entry.effective_at };
        Ok(Some(Answered { receipt, answer: row.answer }))
    }

    /// Gives the hash of the last entry.
    pub(crate) fn last_hash(&self) -> Result<Digest> {
        if self.rows("SELECT name AS json FROM sqlite_master WHERE name = 'log'", vec![])?.is_empty() {
            return Ok(CHAIN_START);
        }
        let rows = self.rows("SELECT entry FROM log ORDER BY rev DESC LIMIT 1", vec![])?;
        match rows.first() {
            Some(row) => Ok(serde_json::from_str::<LogEntry>(&row.entry)?.hash.unwrap_or(CHAIN_START)),
            None => Ok(CHAIN_START),
        }
    }

    /// Gives up to `limit` entries with revisions below `before`, the newest first.
    pub(crate) fn log(&self, before: Option<u64>, limit: u32) -> Result<Vec<LogEntry>> {
        let before = before.map_or(i64::from(u32::MAX), |rev| i64::try_from(rev).unwrap_or(i64::MAX)) as f64;
        let rows = self.rows(
            "SELECT entry FROM log WHERE rev < ? ORDER BY rev DESC LIMIT ?",
            vec![before.into(), f64::from(limit).into()],
        )?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.entry)?)).collect()
    }

    /// Keeps the new state and its entry in the log, both or neither.
    ///
    /// The runtime holds back the answer until this is on the disk (its output gate), so what was answered is never
    /// lost.
    pub(crate) fn keep(
        &self,
        state: &EventState,
        id: Option<&CommandId>,
        entry: &LogEntry,
        answer: &str,
    ) -> Result<()> {
        let state_json = serde_json::to_string(state)?;
        let entry_json = serde_json::to_string(entry)?;
        let id: SqlStorageValue = id.map(|id| id.as_str().to_owned()).into();
        let rev = entry.rev.number() as f64;
        self.transaction(|| {
            self.sql.exec(TABLES, None)?;
            self.sql.exec(
                "INSERT INTO log (rev, id, entry, answer) VALUES (?, ?, ?, ?)",
                vec![rev.into(), id.clone(), entry_json.as_str().into(), answer.into()],
            )?;
            self.sql.exec(
                "INSERT INTO state (one, json) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET json = excluded.json",
                vec![state_json.as_str().into()],
            )?;
            Ok(())
        })
    }

    fn rows(&self, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<Row>> {
        self.sql.exec(query, bindings)?.to_array()
    }

    /// Runs `work` in `transactionSync`, which workers-rs does not have: if it fails, nothing of it remains.
    fn transaction(&self, work: impl Fn() -> Result<()>) -> Result<()> {
        let storage: &JsValue = self.storage.as_raw().as_ref();
        let run: js_sys::Function = js_sys::Reflect::get(storage, &"transactionSync".into())?.unchecked_into();
        let work = || work().map_err(JsValue::from);
        let closure = ScopedClosure::<dyn Fn() -> core::result::Result<(), JsValue>>::borrow_aborting(&work);
        run.call1(storage, closure.as_ref())?;
        Ok(())
    }
}
