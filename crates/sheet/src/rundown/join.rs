//! What a viewer who joins late sees, cue by cue, and why.

use core::fmt;
use downbeat_core::{Position, Span};
use std::collections::BTreeMap;

use super::{Cue, Kind, Late, Rundown, clock, length};

/// What becomes of a cue that began before a viewer joined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Joined<'r> {
    /// The cue.
    pub cue: &'r Cue,
    /// What the viewer sees.
    pub outcome: Outcome,
    /// Why.
    pub why: Why<'r>,
}

/// What a viewer who joins late sees of a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It fires from its beginning.
    Fires,
    /// It continues where it is by now, this long after its beginning.
    Resumes(Span),
    /// Nothing.
    Missed,
}

/// Why a viewer who joins late sees what they see of a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'r> {
    /// It begins at that moment.
    OnTime,
    /// It lasts: until this position, or to the end of the event.
    Lasts(Option<Position>),
    /// It may be late by this much, and is.
    Within(Span),
    /// It is the latest of its track.
    Latest,
    /// It was over at this position.
    Over(Position),
    /// It is a moment, which is over at once.
    Moment,
    /// The sheet says to skip it when late.
    Skipped,
    /// It may be late by no more than this.
    TooLate(Span),
    /// The cue with this id came after it on its track.
    Superseded(&'r str),
}

impl Rundown {
    /// Returns what becomes of each cue that has begun when a viewer joins at `position`, in the order of the cues.
    ///
    /// Later cues fire as for everyone else.
    pub fn join(&self, position: Position) -> Vec<Joined<'_>> {
        let begun = &self.cues[..self.begun(position)];
        // The latest cue of each lane.
        let latest: BTreeMap<_, _> = begun.iter().map(|cue| (cue.lane(), cue)).collect();
        begun
            .iter()
            .map(|cue| {
                let (outcome, why) = joined(cue, latest.get(&cue.lane()).copied(), position);
                Joined { cue, outcome, why }
            })
            .collect()
    }
}

fn joined<'r>(cue: &Cue, latest: Option<&'r Cue>, position: Position) -> (Outcome, Why<'r>) {
    let lateness = position - cue.time;
    if lateness == Span::ZERO {
        return (Outcome::Fires, Why::OnTime);
    }
    if cue.late.is_none() && cue.kind == Kind::Moment {
        return (Outcome::Missed, Why::Moment);
    }
    if let Some(end) = cue.end.filter(|&end| end <= position) {
        return (Outcome::Missed, Why::Over(end));
    }
    match cue.late() {
        Late::Skip => (Outcome::Missed, Why::Skipped),
        Late::Resume if cue.is_on_at(position) => (Outcome::Resumes(lateness), Why::Lasts(cue.end)),
        Late::Resume => (Outcome::Missed, Why::Moment),
        Late::Within(window) if lateness <= window => (Outcome::Fires, Why::Within(window)),
        Late::Within(window) => (Outcome::Missed, Why::TooLate(window)),
        Late::Latest => match latest {
            Some(other) if other.id != cue.id => (Outcome::Missed, Why::Superseded(&other.id)),
            _ => (Outcome::Fires, Why::Latest),
        },
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fires => f.write_str("fires"),
            Self::Resumes(elapsed) => write!(f, "goes on from {}", clock(Position::START + *elapsed)),
            Self::Missed => f.write_str("is missed"),
        }
    }
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnTime => f.write_str("it begins just then"),
            Self::Lasts(Some(end)) => write!(f, "it lasts until {}", clock(*end)),
            Self::Lasts(None) => f.write_str("it lasts to the end of the event"),
            Self::Within(window) => write!(f, "it may be up to {} late", length(*window)),
            Self::Latest => f.write_str("it is the latest of its track"),
            Self::Over(end) => write!(f, "it was over at {}", clock(*end)),
            Self::Moment => f.write_str("it is a moment, which is over at once"),
            Self::Skipped => f.write_str("it is to be skipped when late"),
            Self::TooLate(window) => write!(f, "it may be no more than {} late", length(*window)),
            Self::Superseded(id) => write!(f, "cue {id:?} came after it on its track"),
        }
    }
}
