//! How a room is set up.

use alloc::string::String;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::invitation::{Controls, Invitations};
use super::limits::{KEEP, KEEP_MAX, KEEP_MIN, LEAD_SETTING_MAX, LEAD_SETTING_MIN};
use super::refusal::RoomRefusal;
use super::waits::{WAIT_MAX, WAIT_MIN};
use crate::name::Digest;
use crate::time::Span;

/// What a room is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRoom {
    /// Its title; may be empty.
    pub title: String,
    /// What it plays, if that is known already.
    pub content: Option<Content>,
    /// The digests of the invitations to view, to control and to own.
    pub invitations: [Digest; 3],
    /// Who has the controls.
    pub controls: Controls,
    /// How long it waits at most for members that buffer, [`WAIT_MIN`] to [`WAIT_MAX`]; `None` if it never waits.
    pub wait_max: Option<Span>,
    /// How far ahead changes take effect, [`LEAD_SETTING_MIN`] to [`LEAD_SETTING_MAX`]; `None` for what members' delays ask for.
    pub lead: Option<Span>,
    /// How long it is kept after the last member left, [`KEEP_MIN`] to [`KEEP_MAX`].
    pub keep: Span,
}

/// What stays as it was when a room was made, but for invitations that were replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSettings {
    /// Its invitations.
    pub invitations: Invitations,
    /// Who has the controls.
    pub controls: Controls,
    /// How long it waits at most; `None` if it never waits.
    pub wait_max: Option<Span>,
    /// How far ahead changes take effect; `None` for what members' delays ask for.
    pub lead: Option<Span>,
    /// How long it is kept after the last member left.
    pub keep: Span,
}

impl NewRoom {
    /// Returns a room with these invitations and the default settings.
    pub const fn new(invitations: [Digest; 3]) -> Self {
        Self {
            title: String::new(),
            content: None,
            invitations,
            controls: Controls::Controllers,
            wait_max: Some(WAIT_MAX),
            lead: None,
            keep: KEEP,
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`RoomRefusal`] for the first that is out of its range.
    pub(crate) fn settings(&self) -> Result<RoomSettings, RoomRefusal> {
        if let Some(max) = self.wait_max.filter(|max| !(WAIT_MIN..=WAIT_MAX).contains(max)) {
            return Err(RoomRefusal::WaitMax(max));
        }
        if let Some(lead) = self.lead.filter(|lead| !(LEAD_SETTING_MIN..=LEAD_SETTING_MAX).contains(lead)) {
            return Err(RoomRefusal::Lead(lead));
        }
        if !(KEEP_MIN..=KEEP_MAX).contains(&self.keep) {
            return Err(RoomRefusal::Keep(self.keep));
        }
        let Self { controls, wait_max, lead, keep, .. } = *self;
        let invitations = Invitations::new(self.invitations).ok_or(RoomRefusal::SameInvitation)?;
        Ok(RoomSettings { invitations, controls, wait_max, lead, keep })
    }
}
