//! The log of an event: every change in order, each entry chained to the one before it by its hash.
//!
//! An entry's hash is the SHA-256 of its JSON text without the member `hash`, written without white space and with
//! the members in the order of [`LogEntry`]; `prev` is the hash of the entry before it, 64 zeros for the first.
//! Changing or removing an entry in the middle breaks every hash after it.

use downbeat_core::{Digest, EventState, Rev, ServerTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Digest as _;

use crate::anchor::Anchor;
use crate::answer::ClockReport;
use crate::json;

/// The `prev` of the first entry.
pub const CHAIN_START: Digest = Digest::from_bytes([0; 32]);

/// The most entries in one page of the log: 200.
pub const PAGE_MAX: u32 = 200;

/// The longest row of an event's storage: 2,000,000 bytes, the platform's limit.
pub const ROW_BYTES_MAX: usize = 2_000_000;

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LogEntry {
    /// The revision it made.
    pub rev: Rev,
    /// When it was decided.
    pub at: ServerTime,
    /// When it took effect.
    pub effective_at: ServerTime,
    /// The actor, as the client named it.
    pub actor: String,
    /// The id of the token.
    pub token: String,
    /// The command's name; `create`, `configure`, `archive`, `unarchive` or `emergency` for other changes.
    pub name: String,
    /// The body as the server parsed it.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, unknown>"))]
    pub body: Value,
    /// The hash of the entry before it.
    pub prev: Digest,
    /// The hash of this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub hash: Option<Digest>,
}

/// The answer of `GET /v1/events/{event}/log`: entries, the newest first.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LogPage {
    /// The entries.
    pub entries: Vec<LogEntry>,
    /// Whether there are older ones: ask with `?before=` the last one's rev.
    pub more: bool,
    /// What the worker signed about the first entry when it was made, if that is the newest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub anchor: Option<Anchor>,
}

/// Returns the body of an entry with what the command itself does not say: which change an `undo` or a `redo` was about
/// (`reverted`), or that it changed nothing (`unchanged`).
pub fn with_effect(mut body: Value, state: &EventState) -> Value {
    if let Value::Object(fields) = &mut body {
        if let Some(reverted) = state.last_change().reverted() {
            let members = [
                ("rev", Value::from(reverted.rev.number())),
                ("name", Value::from(reverted.name.as_str())),
                ("actor", Value::from(reverted.actor.as_str())),
                ("at", Value::from(reverted.at.as_millis())),
            ];
            let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
            fields.insert("reverted".to_owned(), Value::Object(members.collect()));
        }
        if state.is_unchanged() {
            fields.insert("unchanged".to_owned(), Value::Bool(true));
        }
    }
    body
}

/// Returns the body of an entry with the two clocks, if they differed.
///
/// They are part of the body, since a reader of another version checks hashes over the members that it knows.
pub fn with_clock(mut body: Value, clock: Option<ClockReport>) -> Value {
    if let (Value::Object(fields), Some(clock)) = (&mut body, clock) {
        fields.insert("clock".to_owned(), json::value(&clock));
    }
    body
}

impl LogEntry {
    /// Returns the hash the entry should have.
    pub fn expected_hash(&self) -> Digest {
        let unsealed = Self { hash: None, ..self.clone() };
        let text = serde_json::to_vec(&unsealed).expect("a LogEntry has only text for keys");
        Digest::from_bytes(sha2::Sha256::digest(&text).into())
    }

    /// Returns the entry with its hash.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.hash = Some(self.expected_hash());
        self
    }
}

/// Checks the chain of `entries`, the newest first as in a [`LogPage`]. Returns the revision of the first entry, from
/// the oldest on, that is not as it was written. The first entry of an event must begin the chain.
pub fn first_broken(entries: &[LogEntry]) -> Option<Rev> {
    let mut chain = ChainCheck::default();
    entries.iter().for_each(|entry| chain.handle_entry(entry));
    chain.first_broken()
}

/// Checks a chain entry by entry, the newest first, without keeping them.
///
/// ```
/// use downbeat_wire::LogPage;
/// use downbeat_wire::log::ChainCheck;
/// let page: LogPage = serde_json::from_str(include_str!("../fixtures/log-page.json"))?;
/// let mut chain = ChainCheck::default();
/// page.entries.iter().for_each(|entry| chain.handle_entry(entry));
/// assert_eq!(chain.first_broken(), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ChainCheck {
    /// The entry before this one in the list, which is the next newer.
    newer: Option<(Rev, Digest)>,
    broken: Option<Rev>,
}

impl ChainCheck {
    /// Checks the next older entry.
    pub fn handle_entry(&mut self, entry: &LogEntry) {
        if let Some((rev, prev)) = self.newer
            && Some(prev) != entry.hash
        {
            self.broken = Some(rev);
        }
        let is_forged_beginning = entry.rev == Rev::FIRST && entry.prev != CHAIN_START;
        if is_forged_beginning || entry.hash != Some(entry.expected_hash()) {
            self.broken = Some(entry.rev);
        }
        self.newer = Some((entry.rev, entry.prev));
    }

    /// Returns the revision of the oldest entry so far that is not as it was written.
    pub const fn first_broken(&self) -> Option<Rev> {
        self.broken
    }
}
