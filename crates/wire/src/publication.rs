//! The layout of a store that serves rundowns without a worker: where each object is, how long it may be cached, and
//! what the pointer to an event's rundown says.
//!
//! Beneath the store's prefix there are `rundowns/<sha256>.json` (named by their bytes, so they never change),
//! `events/<event>/current.json` (the pointer), `events/<event>/history/<rev>.json` (a copy of each former pointer) and
//! `events/<event>/event.json` (the event as it was when it was published, for pages that never reached the worker). Only the
//! pointer and the last of these ever change.

use downbeat_core::{CommandId, Digest, Epoch, EventName, Locale, Rev, Segment, ServerTime, Span};
use serde::{Deserialize, Serialize};

use crate::json;
use crate::rundown::integrity;
use crate::state::StateBody;

/// The content type of every object.
pub const CONTENT_TYPE: &str = "application/json";

/// The `Cache-Control` of what never changes: a year, the longest that caches honour (RFC 9111, section 1.2.2 says
/// what to do beyond), and no questions even on a reload (RFC 8246).
pub const FOREVER: &str = "public, max-age=31536000, immutable";

/// The `Cache-Control` of a pointer: 2 s, as the worker's own. Longer, and viewers receive a change late; shorter, and
/// all viewers' requests reach the store itself.
pub const MOMENT: &str = "public, max-age=2";

/// One revision of which rundown an event has. The pointer is the newest one; the history holds every one.
///
/// It begins with the members of [`RundownPointer`](crate::RundownPointer), so that one reader understands both; here
/// there is always a rundown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The epoch: the life of the event's counter in this store.
    pub epoch: Epoch,
    /// The revision; a higher one of the same epoch wins. The first is 1.
    pub rev: Rev,
    /// The SHA-256 of the rundown's bytes.
    pub rundown: Digest,
    /// The URL of the rundown, relative to the pointer's (RFC 3986, section 5).
    pub url: String,
    /// The rundown's subresource integrity, `sha256-…`, for `fetch(url, {integrity})`.
    pub integrity: String,
    /// The size of the rundown in bytes.
    pub bytes: u64,
    /// Made by the publisher, who can tell by it whether their own write succeeded.
    pub nonce: CommandId,
    /// Who published it, as the client said.
    pub actor: String,
    /// The reason, as the client said.
    pub reason: Option<String>,
    /// When it was published, by the store's clock.
    pub at: ServerTime,
    /// The rundown of the revision before.
    pub previous: Option<Digest>,
    /// Whether this went back to an earlier rundown, so that the next rollback goes back further. Omitted if it did not.
    #[serde(default, rename = "rollback", skip_serializing_if = "json::is_false")]
    pub is_rollback: bool,
}

impl Publication {
    /// Returns the URL of a rundown, relative to its pointer's.
    pub fn relative_url(rundown: Digest) -> String {
        format!("../../{}", rundown_key(rundown))
    }

    /// Returns whether digest, integrity and URL of the rundown are consistent.
    pub fn is_consistent(&self) -> bool {
        self.integrity == integrity(self.rundown) && self.url == Self::relative_url(self.rundown)
    }
}

/// An event as it is published beside its pointer: what a page that never reached the worker needs to play on. Nothing signs it,
/// so it counts only while a page knows nothing else of the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PublishedEvent {
    /// The event's name.
    pub event: EventName,
    /// Its epoch at the worker.
    pub epoch: Epoch,
    /// Its revision at the worker.
    pub rev: Rev,
    /// Its title; may be empty.
    pub title: String,
    /// Its default locale.
    pub locale: Locale,
    /// When it begins.
    pub starts_at: ServerTime,
    /// Its planned duration in ms, if known.
    pub duration: Option<Span>,
    /// The segments of the timeline, the earliest first.
    pub timeline: Vec<Segment>,
    /// When the event ended or will end.
    pub ended_at: Option<ServerTime>,
    /// The rundown viewers should have.
    pub rundown: Option<Digest>,
    /// The URL of the rundown, relative to this object's.
    pub url: Option<String>,
    /// Sources of UTC, the best first: URLs that answer with `{"serverTime":…}` (another worker's `/time`), with an ISO 8601
    /// date and time as text, or with a `Date` header that pages may read.
    pub utc: Vec<String>,
    /// When this was written, by the worker's clock.
    pub at: ServerTime,
}

impl PublishedEvent {
    /// Returns the event of `state` with the rundown that was published.
    pub fn new(state: &StateBody, rundown: Digest, utc: Vec<String>) -> Self {
        Self {
            event: state.event.clone(),
            epoch: state.epoch.clone(),
            rev: state.rev,
            title: state.title.clone(),
            locale: state.locale.clone(),
            starts_at: state.starts_at,
            duration: state.duration,
            timeline: state.timeline.clone(),
            ended_at: state.ended_at,
            rundown: Some(rundown),
            url: Some(Publication::relative_url(rundown)),
            utc,
            at: state.server_time,
        }
    }
}

/// Returns the key of an event as it is published, below the store's prefix: beside its pointer.
pub fn event_key(event: &EventName) -> String {
    format!("events/{event}/event.json")
}

/// Returns the key of a rundown, below the store's prefix.
pub fn rundown_key(rundown: Digest) -> String {
    format!("rundowns/{rundown}.json")
}

/// Returns the key of an event's pointer, below the store's prefix.
pub fn pointer_key(event: &EventName) -> String {
    format!("events/{event}/current.json")
}

/// Returns the key of a revision's copy, below the store's prefix. Keys sort as revisions do.
pub fn history_key(event: &EventName, rev: Rev) -> String {
    format!("events/{event}/history/{:010}.json", rev.number())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_leads_from_the_pointer_to_the_rundown() {
        let rundown = Digest::from_bytes([7; 32]);
        let folder = pointer_key(&"main".parse().unwrap()).rsplit_once('/').unwrap().0.to_owned();
        // Two folders up, as the relative URL says, is where the keys begin.
        assert_eq!(folder.split('/').count(), Publication::relative_url(rundown).matches("../").count());
        assert!(Publication::relative_url(rundown).ends_with(&rundown_key(rundown)));
    }

    #[test]
    fn an_event_is_beside_its_pointer() {
        let event = "main".parse().unwrap();
        let folder = |key: String| key.rsplit_once('/').unwrap().0.to_owned();
        assert_eq!(folder(event_key(&event)), folder(pointer_key(&event)));
    }

    #[test]
    fn the_history_sorts_by_revision() {
        let key = |rev| history_key(&"main".parse().unwrap(), Rev::new(rev));
        assert_eq!(key(3), "events/main/history/0000000003.json");
        assert!(key(9) < key(10) && key(999_999) < key(1_000_000));
    }
}
