//! The calls about what is for the crew only.

use downbeat_core::{Digest, EventName};
use downbeat_wire::{Notes, Route, RundownStore, StoredNotes, route};
use http::Method;

use crate::attempts::Call;
use crate::client::Client;
use crate::error::ApiError;
use crate::http::FILE_BYTES_MAX;

impl Client {
    /// Returns the notes of a rundown, from where it is found; empty if none were stored.
    ///
    /// # Errors
    /// [`ApiError`]: an unknown rundown if it is not stored.
    pub async fn notes(&self, event: &EventName, digest: Digest) -> Result<Notes, ApiError> {
        self.read_notes(event, digest, String::new()).await
    }

    /// Returns the notes of a rundown in a given place of the server.
    ///
    /// # Errors
    /// [`ApiError`]: an unknown rundown if it is not stored there.
    pub async fn notes_in(&self, store: RundownStore, event: &EventName, digest: Digest) -> Result<Notes, ApiError> {
        self.read_notes(event, digest, parameter(store)).await
    }

    /// Stores the notes of a rundown, in the place of earlier ones.
    ///
    /// # Errors
    /// [`ApiError`]: an unknown rundown if it is not stored.
    pub async fn put_notes(&self, event: &EventName, digest: Digest, notes: &Notes) -> Result<StoredNotes, ApiError> {
        self.write_notes(event, digest, notes, String::new()).await
    }

    /// Stores the notes of a rundown in a given place of the server.
    ///
    /// # Errors
    /// [`ApiError`]: an unknown rundown if it is not stored there.
    pub async fn put_notes_in(
        &self,
        store: RundownStore,
        event: &EventName,
        digest: Digest,
        notes: &Notes,
    ) -> Result<StoredNotes, ApiError> {
        self.write_notes(event, digest, notes, parameter(store)).await
    }

    async fn read_notes(&self, event: &EventName, digest: Digest, query: String) -> Result<Notes, ApiError> {
        let call = Call::get(Route::Notes(event.clone(), digest)).authorized();
        let notes: Notes = self.read_body(&Call { query, bytes_max: FILE_BYTES_MAX, ..call }).await?;
        // Another server may sort them differently.
        Ok(Notes::new(notes.cues))
    }

    async fn write_notes(
        &self,
        event: &EventName,
        digest: Digest,
        notes: &Notes,
        query: String,
    ) -> Result<StoredNotes, ApiError> {
        self.notify_sending();
        let body = notes.to_json().into_bytes();
        let call = Call::sending(Method::PUT, Route::Notes(event.clone(), digest), body);
        self.read_body(&Call { query, ..call }).await
    }
}

fn parameter(store: RundownStore) -> String {
    format!("?{}={}", route::STORE, store.as_str())
}
