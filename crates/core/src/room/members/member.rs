//! One member of a room.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use serde::{Deserialize, Serialize};

use super::super::invitation::Role;
use super::super::lead::LEAD_MAX;
use super::error::HelloError;
use super::id::MemberId;
use super::limits::NAME_CHARS_MAX;
use crate::fanout::Bucket;
use crate::name::Digest;
use crate::time::Span;

/// Whether a member can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Readiness {
    /// It has come, and has not been ready yet. Nobody waits for it: who comes late catches up.
    Joining,
    /// It can.
    Ready,
    /// It cannot, and the room does not wait for it: that was not possible when it began, or it has waited.
    Buffering,
    /// It cannot, and the room waits for it, or has been asked to.
    AwaitedBuffering,
}

/// What others see of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// Its id.
    pub id: MemberId,
    /// Its name; may be empty.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Whether it can play.
    pub readiness: Readiness,
}

/// What is attached to a member's socket: less than 400 bytes of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRecord {
    id: MemberId,
    name: String,
    role: Role,
    invitation: Digest,
    readiness: Readiness,
    lateness: Option<Span>,
}

impl MemberRecord {
    /// Returns the member's id.
    pub const fn id(&self) -> MemberId {
        self.id
    }
}

/// One member.
#[derive(Clone, Debug)]
pub(super) struct Member<S> {
    pub(super) socket: S,
    pub(super) id: MemberId,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) invitation: Digest,
    pub(super) readiness: Readiness,
    lateness: Option<Span>,
    pub(super) gestures: Bucket,
    pub(super) signals: Bucket,
}

impl<S: Clone> Member<S> {
    pub(super) fn new(socket: S, id: MemberId, name: String, role: Role, invitation: Digest) -> Self {
        let record = MemberRecord { id, name, role, invitation, readiness: Readiness::Joining, lateness: None };
        Self::restored(socket, record)
    }

    pub(super) fn restored(socket: S, record: MemberRecord) -> Self {
        let MemberRecord { id, name, role, invitation, readiness, lateness } = record;
        let (gestures, signals) = (Bucket::default(), Bucket::default());
        Self { socket, id, name, role, invitation, readiness, lateness, gestures, signals }
    }

    pub(super) fn record(&self) -> MemberRecord {
        let Self { id, role, invitation, readiness, lateness, .. } = *self;
        MemberRecord { id, name: self.name.clone(), role, invitation, readiness, lateness }
    }

    pub(super) fn view(&self) -> MemberView {
        MemberView { id: self.id, name: self.name.clone(), role: self.role, readiness: self.readiness }
    }

    /// Returns how late a change reaches it, with the bound of its clock, if it said so.
    pub(super) const fn lateness(&self) -> Option<Span> {
        self.lateness
    }

    /// Notes a measured delay. What is out of any range counts as [`LEAD_MAX`].
    pub(super) fn measure(&mut self, delay: Option<Span>, bound: Span) {
        let within = |span: Span| span.clamp(Span::ZERO, LEAD_MAX);
        if let Some(delay) = delay {
            self.lateness = Some(within(delay) + within(bound));
        }
    }
}

/// Returns the name that `given` is, without space around it.
pub(super) fn name(given: &str) -> Result<String, HelloError> {
    let name = given.trim();
    let chars = name.chars().count();
    if chars > NAME_CHARS_MAX {
        return Err(HelloError::LongName(chars));
    }
    // Controls, line breaks, and what reverses or hides the text around it (Unicode UAX #9).
    let is_hidden = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    match name.chars().find(|character| is_hidden(*character)) {
        Some(character) => Err(HelloError::NameCharacter(character)),
        None => Ok(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_people_write_and_nothing_that_hides() {
        assert_eq!(name("  Zoë 🎬 "), Ok("Zoë 🎬".to_owned()));
        assert_eq!(name(""), Ok(String::new()));
        assert_eq!(name(&"é".repeat(40)), Ok("é".repeat(40)));
        assert_eq!(name(&"é".repeat(41)), Err(HelloError::LongName(41)));
        assert_eq!(name("a\u{202e}b"), Err(HelloError::NameCharacter('\u{202e}')));
        assert_eq!(name("a\nb"), Err(HelloError::NameCharacter('\n')));
    }

    #[test]
    fn a_record_is_small_and_read_back() {
        let mut member = Member::new(
            (),
            MemberId::of_secret(&Digest::from_bytes([0xff; 32])),
            "\u{10ffff}".repeat(40),
            Role::Controller,
            Digest::from_bytes([9; 32]),
        );
        member.measure(Some(Span::from_millis(i64::MAX)), Span::from_millis(i64::MAX));
        member.readiness = Readiness::AwaitedBuffering;
        let text = serde_json::to_string(&member.record()).unwrap();
        assert!(text.len() < 400, "{}", text.len());
        assert_eq!(serde_json::from_str::<MemberRecord>(&text).unwrap(), member.record());
    }
}
