//! The steps of a release to the event's own server.

use downbeat_api::{Client, Response};
use downbeat_core::{Command, EventName, Request, Rev, ServerTime};
use downbeat_wire::{CommandAnswer, Notes};

use super::plan::{NotesPlan, Stored};
use super::{Author, Offer};
use crate::error::PublishError;

/// Puts a rundown. The server checks its bytes, and keeps what was just put from being deleted.
pub(super) async fn put(client: &Client, event: &EventName, offer: &Offer) -> Result<(), PublishError> {
    client.put_rundown(event, offer.digest, offer.bytes.clone()).await?;
    Ok(())
}

/// Returns what becomes of the notes for the crew. Whether they differ from what the server has is known only with a token that
/// may read.
pub(super) async fn notes_plan(client: &Client, event: &EventName, offer: &Offer, stored: &Stored) -> NotesPlan {
    let Some(notes) = &offer.notes else { return NotesPlan::Stay };
    let before = match stored {
        Stored::Missing => Some(Notes::default()),
        _ => client.notes(event, offer.digest).await.ok(),
    };
    match before {
        Some(before) if before == *notes => NotesPlan::Stay,
        None if notes.cues.is_empty() => NotesPlan::Stay,
        _ => NotesPlan::Put(notes.cues.len()),
    }
}

/// Points the event at a rundown. The server writes that into its log.
pub(super) async fn point(
    client: &Client,
    event: &EventName,
    command: Command,
    author: &Author,
    if_rev: Option<Rev>,
    at: Option<ServerTime>,
) -> Result<Response<CommandAnswer>, PublishError> {
    let Author { id, actor, reason, .. } = author.clone();
    let request = Request { id, command, actor, reason, if_rev, at };
    client.command(event, &request).await.map_err(|error| {
        if !error.may_have_arrived() {
            return error.into();
        }
        let what = format!("the rundown of {event}");
        PublishError::Uncertain { what, why: error.to_string(), id: Some(request.id) }
    })
}
