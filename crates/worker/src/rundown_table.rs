//! The rundowns in an event's own storage: a table beside its state and its log, made with the first of them.

use downbeat_core::{Digest, ServerTime};
use downbeat_wire::log::ROW_BYTES_MAX;
use worker::{Result, SqlStorage, SqlStorageValue, State};

use crate::request::BODY_BYTES_MAX;
use crate::store::integer;

/// The most rundowns on one page of the list: 500.
///
/// Reason: R2 lists up to 1,000 at a time, sometimes fewer; a page is about 80 KB.
pub(crate) const PAGE_MAX: u32 = 500;

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS rundowns (
        version INTEGER PRIMARY KEY AUTOINCREMENT, -- of each upload, never used again
        digest TEXT NOT NULL UNIQUE,
        stored_at INTEGER NOT NULL,
        content BLOB NOT NULL
    )";

/// The notes for the crew, as canonical text.
const NOTES_TABLE: &str = "CREATE TABLE IF NOT EXISTS notes (digest TEXT PRIMARY KEY, content TEXT NOT NULL)";

/// The list after a digest, as text.
const PAGE: &str = "
    SELECT json_object(
        'rundowns',
        json_group_array(json_object('rundown', digest, 'bytes', size, 'storedAt', stored_at, 'version', version)),
        'more', json(iif(count(*) = 500, 'true', 'false')))
    FROM (
        SELECT digest, length(content) AS size, stored_at, CAST(version AS TEXT) AS version
        FROM rundowns WHERE digest > ? ORDER BY digest LIMIT 500)";

const _: () = assert!(PAGE_MAX == 500);

// A rundown is a row, and so are its notes, whose text is no longer than the body that they came in.
const _: () = assert!(BODY_BYTES_MAX + 16_384 < ROW_BYTES_MAX);

/// The table. Every call is synchronous; reading makes nothing.
pub(crate) struct RundownTable(SqlStorage);

impl RundownTable {
    pub(crate) fn new(state: &State) -> Self {
        Self(state.storage().sql())
    }

    /// Returns the bytes of a rundown; nothing if it is not there.
    pub(crate) fn get(&self, digest: Digest) -> Result<Vec<u8>> {
        match self.value("SELECT content FROM rundowns WHERE digest = ?", &digest.to_string())? {
            Some(SqlStorageValue::Blob(content)) => Ok(content),
            _ => Ok(Vec::new()),
        }
    }

    /// Returns the version of a rundown; `None` if it is not there.
    pub(crate) fn version(&self, digest: Digest) -> Result<Option<String>> {
        let version = self.value("SELECT version FROM rundowns WHERE digest = ?", &digest.to_string())?;
        Ok(version.as_ref().map(|version| integer(version).to_string()))
    }

    /// Stores a rundown, in the place of an earlier one.
    pub(crate) fn put(&self, digest: Digest, content: Vec<u8>, now: ServerTime) -> Result<()> {
        self.0.exec(TABLE, None)?;
        self.0.exec(
            "INSERT OR REPLACE INTO rundowns (digest, stored_at, content) VALUES (?, ?, ?)",
            vec![digest.to_string().into(), now.as_millis().into(), content.into()],
        )?;
        Ok(())
    }

    /// Deletes a rundown, and its notes.
    pub(crate) fn delete(&self, digest: Digest) -> Result<()> {
        self.value("DELETE FROM rundowns WHERE digest = ?", &digest.to_string())?;
        self.value("DELETE FROM notes WHERE digest = ?", &digest.to_string())?;
        Ok(())
    }

    /// Returns the notes of a rundown; `None` if none were put.
    pub(crate) fn notes(&self, digest: Digest) -> Result<Option<String>> {
        match self.value("SELECT content FROM notes WHERE digest = ?", &digest.to_string())? {
            Some(SqlStorageValue::String(content)) => Ok(Some(content)),
            _ => Ok(None),
        }
    }

    /// Stores the notes of a rundown, in the place of earlier ones.
    pub(crate) fn put_notes(&self, digest: Digest, content: String) -> Result<()> {
        self.0.exec(NOTES_TABLE, None)?;
        let row = vec![digest.to_string().into(), content.into()];
        self.0.exec("INSERT OR REPLACE INTO notes (digest, content) VALUES (?, ?)", row)?;
        Ok(())
    }

    /// Returns how many there are.
    pub(crate) fn count(&self) -> Result<u64> {
        let count = self.value("SELECT count(*) FROM rundowns WHERE digest > ?", "")?;
        Ok(count.as_ref().map_or(0, |count| integer(count).unsigned_abs()))
    }

    /// Returns a page of the list, what comes after the digest `after`: the JSON text of a `RundownPage`. A full one says that
    /// there are more, and if there are not, the next is empty.
    pub(crate) fn page(&self, after: &str) -> Result<String> {
        match self.value(PAGE, after)? {
            Some(SqlStorageValue::String(page)) => Ok(page),
            _ => Ok(r#"{"rundowns":[],"more":false}"#.to_owned()),
        }
    }

    /// Returns the first value of a query with one parameter; `None` if it has none, or the table that it names does not exist
    /// yet.
    fn value(&self, query: &str, parameter: &str) -> Result<Option<SqlStorageValue>> {
        let table = if query.contains("FROM notes") { "notes" } else { "rundowns" };
        let tables = self.0.exec("SELECT name FROM sqlite_master WHERE name = ?", vec![table.into()])?;
        if tables.raw().next().is_none() {
            return Ok(None);
        }
        let row = self.0.exec(query, vec![parameter.into()])?.raw().next().transpose()?;
        Ok(row.and_then(|row| row.into_iter().next()))
    }
}
