//! What a hub saves for the time after an eviction or a restart: the last state it sent.

use downbeat_core::EventState;
use downbeat_wire::json;
use worker::{Result, SqlStorage, SqlStorageValue, State};

/// The storage of a hub: one row.
pub(crate) struct HubStore(SqlStorage);

impl HubStore {
    pub(crate) fn new(state: &State) -> Self {
        Self(state.storage().sql())
    }

    /// Returns the saved state with its text; `None` if nothing was saved. Reading writes nothing.
    pub(crate) fn state(&self) -> Result<Option<(EventState, String)>> {
        if self.row("SELECT name FROM sqlite_master WHERE name = 'state'")?.is_none() {
            return Ok(None);
        }
        match self.row("SELECT json FROM state")?.as_deref() {
            Some([SqlStorageValue::String(text)]) => Ok(Some((json::read(text.as_bytes())?, text.clone()))),
            _ => Ok(None),
        }
    }

    /// Saves a state, given as its text.
    pub(crate) fn save(&self, text: &str) -> Result<()> {
        self.0.exec("CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT)", None)?;
        self.0.exec(
            "INSERT INTO state (one, json) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET json = excluded.json",
            vec![text.into()],
        )?;
        Ok(())
    }

    fn row(&self, query: &str) -> Result<Option<Vec<SqlStorageValue>>> {
        self.0.exec(query, None)?.raw().next().transpose()
    }
}
