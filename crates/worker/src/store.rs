//! What an event's object saves: the state and the log.

use downbeat_core::fanout::{Kept, SampleNumber};
use downbeat_core::{CommandId, Digest, EventState, Receipt, Rev, ServerTime};
use downbeat_wire::LogEntry;
use downbeat_wire::audience::history;
use downbeat_wire::emergency::DOCUMENT_BYTES_MAX;
use downbeat_wire::live::STATE_FRAME_BYTES_MAX;
use downbeat_wire::log::{CHAIN_START, ROW_BYTES_MAX};
use wasm_bindgen::closure::ScopedClosure;
use wasm_bindgen::{JsCast as _, JsValue};
use worker::{Error, Result, SqlStorage, SqlStorageValue, State, Storage};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS log (
        rev INTEGER PRIMARY KEY, -- the revision the change made
        id TEXT UNIQUE,          -- the command's id, so that its repetition is found
        effective_at INTEGER NOT NULL,
        body TEXT NOT NULL,      -- the command, to tell a repetition from another command with the same id
        answer TEXT NOT NULL,    -- what was answered, to answer it again
        entry TEXT NOT NULL,     -- the entry as it is shown, chained by its hash
        hash TEXT NOT NULL
    );
";

/// Numbers the entries whose `rev` is not from 1 to the greatest anew, after the others.
const RENUMBER: &str = "
    UPDATE log SET rev = renumbered.place
    FROM (
        SELECT rev AS was, (SELECT coalesce(max(rev), 0) FROM log WHERE rev BETWEEN 1 AND ?)
            + row_number() OVER (ORDER BY rev <= 0, rev) AS place
        FROM log WHERE rev NOT BETWEEN 1 AND ?
    ) AS renumbered
    WHERE log.rev = renumbered.was
";

// A command or a signed state twice, its answer, and the rest: with the state they fit into rows of the storage.
const _: () = assert!(2 * DOCUMENT_BYTES_MAX + STATE_FRAME_BYTES_MAX + 16_384 < ROW_BYTES_MAX);

/// The most hubs by the log, whose entries may also say that the event decides it, and by the state.
const HUBS_EVER: &str = "
    SELECT max(CASE WHEN json_valid(text) AND json_type(text, path) = 'integer' THEN json_extract(text, path) END) FROM (
        SELECT body AS text, '$.hubs' AS path FROM log
        UNION ALL SELECT json, '$.show.delivery.hubs' FROM state
    )";

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

impl Store {
    pub(crate) fn new(state: &State) -> Self {
        Self { storage: state.storage(), sql: state.storage().sql() }
    }

    /// Returns the state; `None` if the event was never created. Reading writes nothing: an object that was only asked
    /// leaves no trace.
    pub(crate) fn state(&self) -> Result<Option<EventState>> {
        if !self.exists()? {
            return Ok(None);
        }
        match self.row("SELECT json FROM state", vec![])?.as_deref() {
            Some([SqlStorageValue::String(json)]) => {
                let state = EventState::from_stored(json).map_err(|error| Error::RustError(error.to_string()))?;
                Ok(Some(if state.rev().is_valid() { state } else { state.renumbered(self.renumber_log()?) }))
            }
            _ => Ok(None),
        }
    }

    /// Numbers the entries of revisions that no event can have after the others, in the order in which they were made, and
    /// returns the last number. The entries themselves stay as they were written.
    ///
    /// Earlier versions accepted signed states of any revision; the storage rounds those from 2^53 on, or takes them for
    /// negative, and 0 came after the last one.
    fn renumber_log(&self) -> Result<Rev> {
        let most = || SqlStorageValue::Integer(Rev::MAX.number() as i64);
        self.sql.exec(RENUMBER, vec![most(), most()])?;
        match self.row("SELECT max(rev) FROM log", vec![])?.as_deref() {
            Some([last]) => Ok(Rev::new(integer(last).unsigned_abs().max(Rev::FIRST.number()))),
            _ => Ok(Rev::FIRST),
        }
    }

    /// Returns the answer to the command with this id, if it was applied.
    pub(crate) fn answered(&self, id: &CommandId) -> Result<Option<Answered>> {
        let row = self.row("SELECT rev, effective_at, body, answer FROM log WHERE id = ?", vec![id.as_str().into()])?;
        let Some([rev, effective_at, SqlStorageValue::String(body), SqlStorageValue::String(answer)]) = row.as_deref()
        else {
            return Ok(None);
        };
        let request = downbeat_wire::command::parse(body.as_bytes(), "")
            .map_err(|problem| Error::RustError(format!("the log has a command that cannot be read: {problem}")))?;
        let receipt = Receipt {
            id: request.id,
            command: request.command,
            rev: Rev::new(integer(rev).unsigned_abs()),
            effective_at: ServerTime::from_millis(integer(effective_at)),
        };
        Ok(Some(Answered { receipt, answer: answer.clone() }))
    }

    /// Returns the hash of the last entry.
    pub(crate) fn last_hash(&self) -> Result<Digest> {
        if !self.exists()? {
            return Ok(CHAIN_START);
        }
        match self.row("SELECT hash FROM log ORDER BY rev DESC LIMIT 1", vec![])?.as_deref() {
            Some([SqlStorageValue::String(hash)]) => {
                hash.parse().map_err(|error| Error::RustError(format!("the log's last hash is broken: {error}")))
            }
            _ => Ok(CHAIN_START),
        }
    }

    /// Returns the page of the log with up to `limit` entries of revisions below `before`, the newest first: the JSON
    /// text of a `LogPage`, its entries exactly as they were written.
    pub(crate) fn log_page(&self, before: Option<Rev>, limit: i64) -> Result<String> {
        let anchor = if before.is_none() { self.newest_anchor()? } else { None };
        let newest = SqlStorageValue::Integer(self.place_in_log(before)?);
        let query = "SELECT entry FROM log WHERE rev < ? ORDER BY rev DESC LIMIT ?";
        let mut page = String::from(r#"{"entries":["#);
        let mut more = false;
        for (index, row) in self.sql.exec(query, vec![newest, SqlStorageValue::Integer(limit + 1)])?.raw().enumerate() {
            more = index as i64 == limit;
            if let ([SqlStorageValue::String(entry)], false) = (row?.as_slice(), more) {
                page.push_str(if index == 0 { "" } else { "," });
                page.push_str(entry);
            }
        }
        page.push_str(if more { r#"],"more":true"# } else { r#"],"more":false"# });
        if let Some(anchor) = anchor {
            page.extend([r#","anchor":"#, &anchor]);
        }
        page.push('}');
        Ok(page)
    }

    /// Returns the text of what was signed about the newest entry. It is in the answer that was given then: what is read
    /// from this storage now is not signed.
    fn newest_anchor(&self) -> Result<Option<String>> {
        let query = "SELECT json_extract(answer, '$.anchor') FROM log ORDER BY rev DESC LIMIT 1";
        match self.row(query, vec![])?.as_deref() {
            Some([SqlStorageValue::String(anchor)]) => Ok(Some(anchor.clone())),
            _ => Ok(None),
        }
    }

    /// Returns the number in the log of the entry that says it made the revision `before`; by default, one above all.
    fn place_in_log(&self, before: Option<Rev>) -> Result<i64> {
        let end = Rev::MAX.next().number() as i64;
        match before {
            None => Ok(end),
            Some(before) if before <= Rev::MAX => Ok(before.number() as i64),
            // One of those that were numbered anew.
            Some(before) => {
                let begins = format!("{{\"rev\":{before},%");
                let row = self.row("SELECT rev FROM log WHERE entry LIKE ?", vec![begins.into()])?;
                Ok(row.as_deref().and_then(<[_]>::first).map_or(end, integer))
            }
        }
    }

    /// Saves the new state and its entry in the log, both or neither.
    ///
    /// The runtime holds back the answer until this is on the disk (its output gate), so what was answered is never
    /// lost.
    pub(crate) fn save(
        &self,
        state: &EventState,
        id: Option<&CommandId>,
        entry: &LogEntry,
        answer: &str,
    ) -> Result<()> {
        let state_json = serde_json::to_string(state)?;
        let entry_json = serde_json::to_string(entry)?;
        let hash = entry.hash.unwrap_or(CHAIN_START).to_string();
        let id: SqlStorageValue = id.map(|id| id.as_str().to_owned()).into();
        self.transaction(|| {
            self.sql.exec(TABLES, None)?;
            self.sql.exec(
                "INSERT INTO log (rev, id, effective_at, body, answer, entry, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
                vec![
                    SqlStorageValue::Integer(entry.rev.number() as i64),
                    id.clone(),
                    entry.effective_at.as_millis().into(),
                    entry.body.to_string().into(),
                    answer.into(),
                    entry_json.as_str().into(),
                    hash.as_str().into(),
                ],
            )?;
            self.sql.exec(
                "INSERT INTO state (one, json) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET json = excluded.json",
                vec![state_json.as_str().into()],
            )?;
            Ok(())
        })
    }

    /// Saves a state that differs from the saved one in nothing that the log tells.
    pub(crate) fn save_state(&self, state: &EventState) -> Result<()> {
        self.sql.exec("UPDATE state SET json = ?", vec![serde_json::to_string(state)?.into()])?;
        Ok(())
    }

    /// Saves the final answer to an applied change; repetitions of a command get it.
    pub(crate) fn answer(&self, rev: Rev, answer: &str) -> Result<()> {
        let rev = SqlStorageValue::Integer(rev.number() as i64);
        self.sql.exec("UPDATE log SET answer = ? WHERE rev = ?", vec![answer.into(), rev])?;
        Ok(())
    }

    /// Saves a sample of the audience, and deletes those that are no longer kept.
    pub(crate) fn save_sample(&self, number: SampleNumber, sample: &str) -> Result<()> {
        // A deleted event stores nothing, though its hubs answer late.
        if !self.exists()? {
            return Ok(());
        }
        let Kept { all_from, one_of, from } = number.kept();
        self.sql
            .exec("CREATE TABLE IF NOT EXISTS audience (number INTEGER PRIMARY KEY, sample TEXT NOT NULL)", None)?;
        self.sql.exec("INSERT OR REPLACE INTO audience VALUES (?, ?)", vec![number.number().into(), sample.into()])?;
        let old = "DELETE FROM audience WHERE number < ? AND number % ? <> 0 OR number < ?";
        self.sql.exec(old, vec![all_from.into(), one_of.into(), from.into()])?;
        Ok(())
    }

    /// Returns the JSON text of an `AudienceHistory`, its samples exactly as they were saved.
    pub(crate) fn samples(&self) -> Result<String> {
        let query = "SELECT group_concat(sample) FROM (SELECT sample FROM audience ORDER BY number)";
        let has_any = self.row("SELECT name FROM sqlite_master WHERE name = 'audience'", vec![])?.is_some();
        let row = if has_any { self.row(query, vec![])? } else { None };
        let Some([SqlStorageValue::String(samples)]) = row.as_deref() else { return Ok(history::text("")) };
        Ok(history::text(samples))
    }

    /// Returns whether the catalog has been told of the event.
    pub(crate) fn is_registered(&self) -> Result<bool> {
        Ok(self.row("SELECT name FROM sqlite_master WHERE name = 'registered'", vec![])?.is_some())
    }

    /// Notes that the catalog has been told of the event.
    pub(crate) fn set_registered(&self) -> Result<()> {
        self.sql.exec("CREATE TABLE IF NOT EXISTS registered (one INTEGER PRIMARY KEY)", None)?;
        Ok(())
    }

    /// Notes that the catalog does not know the event as it is.
    pub(crate) fn set_unregistered(&self) -> Result<()> {
        self.sql.exec("DROP TABLE IF EXISTS registered", None)?;
        Ok(())
    }

    /// Returns whether the event is being deleted.
    pub(crate) fn is_deleting(&self) -> Result<bool> {
        Ok(self.row("SELECT name FROM sqlite_master WHERE name = 'deleting'", vec![])?.is_some())
    }

    /// Notes that the event is being deleted: from now on it does not exist, and whatever interrupts the deletion, it goes on.
    pub(crate) fn set_deleting(&self) -> Result<()> {
        self.sql.exec("CREATE TABLE IF NOT EXISTS deleting (one INTEGER PRIMARY KEY)", None)?;
        Ok(())
    }

    /// Returns the most hubs that the event had by its log and its state; `None` if neither says. A state that cannot be
    /// parsed as a whole says it too.
    pub(crate) fn hubs_ever(&self) -> Result<Option<u16>> {
        if self.row("SELECT name FROM sqlite_master WHERE name = 'log'", vec![])?.is_none() {
            return Ok(None);
        }
        let row = self.row(HUBS_EVER, vec![])?;
        Ok(row.as_deref().and_then(<[_]>::first).map(integer).and_then(|hubs| u16::try_from(hubs).ok()))
    }

    /// Returns whether the event was created, and not deleted since.
    fn exists(&self) -> Result<bool> {
        let tables =
            self.row("SELECT group_concat(name) FROM sqlite_master WHERE name IN ('log', 'deleting')", vec![])?;
        Ok(matches!(tables.as_deref(), Some([SqlStorageValue::String(names)]) if names == "log"))
    }

    fn row(&self, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<Vec<SqlStorageValue>>> {
        self.sql.exec(query, bindings)?.raw().next().transpose()
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

/// Returns an integer from SQLite; JavaScript may pass it as a float.
pub(crate) fn integer(value: &SqlStorageValue) -> i64 {
    match value {
        SqlStorageValue::Integer(integer) => *integer,
        SqlStorageValue::Float(float) => *float as i64,
        _ => 0,
    }
}
