//! What a hub keeps over sleep and restart: the last state it sent.

use downbeat_core::EventState;
use downbeat_wire::json;
use worker::{Result, SqlStorage, SqlStorageValue, State};

/// The one row of a hub.
pub(crate) struct HubStore(SqlStorage);

impl HubStore {
    pub(crate) fn new(state: &State) -> Self {
        Self(state.storage().sql())
    }

    /// Returns the last state with its text. Nothing is written for a hub that has none.
    pub(crate) fn state(&self) -> Result<Option<(EventState, String)>> {
        if self.row("SELECT name FROM sqlite_master WHERE name = 'state'")?.is_none() {
            return Ok(None);
        }
        match self.row("SELECT json FROM state")?.as_deref() {
            Some([SqlStorageValue::String(text)]) => Ok(Some((json::read(text.as_bytes())?, text.clone()))),
            _ => Ok(None),
        }
    }

    /// Keeps a state, given as its text.
    pub(crate) fn keep(&self, text: &str) -> Result<()> {
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
