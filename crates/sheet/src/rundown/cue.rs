//! A compiled cue.

use downbeat_core::cueing::{Kind, Late, Needs, Otherwise};
use downbeat_core::{Position, Span};
use serde_json::{Map, Value};
use std::sync::Arc;

use super::{Texts, canonical};

/// Something that happens at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    pub(crate) id: Box<str>,
    pub(crate) time: Position,
    pub(crate) end: Option<Position>,
    // Shared by all cues with the same name.
    pub(crate) action: Arc<str>,
    pub(crate) kind: Kind,
    pub(crate) track: Option<Arc<str>>,
    pub(crate) params: Option<Params>,
    pub(crate) late: Option<Late>,
    pub(crate) jitter: Option<Span>,
    // Boxed, since it is large and most cues have none.
    pub(crate) preload: Option<Box<Preload>>,
    pub(crate) message: Option<Texts>,
    pub(crate) needs: Option<Needs>,
}

/// The params of an action: an object as its canonical text, which takes a tenth of the memory of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Params(Box<str>);

/// What a viewer fetches before a cue, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preload {
    pub(crate) assets: Vec<String>,
    pub(crate) lead: Span,
    pub(crate) spread: Span,
    pub(crate) bytes: Option<u64>,
}

impl Cue {
    /// Returns the id, unique in its rundown.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns when it begins, in whole milliseconds from the event's beginning.
    pub fn time(&self) -> Position {
        self.time
    }

    /// Returns when it ends, if it does; always after [`Cue::time`].
    pub fn end(&self) -> Option<Position> {
        self.end
    }

    /// Returns the action.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// Returns whether it is a state, which lasts, or a moment.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns its track.
    pub fn track(&self) -> Option<&str> {
        self.track.as_deref()
    }

    /// Returns the params of the action, parsed from [`Cue::params_json`] each time.
    pub fn params(&self) -> Option<Map<String, Value>> {
        let text = self.params_json()?;
        Some(serde_json::from_str(text).expect("it was printed from an object of limited depth"))
    }

    /// Returns the params of the action, an object, as canonical JSON (RFC 8785).
    pub fn params_json(&self) -> Option<&str> {
        self.params.as_ref().map(Params::as_str)
    }

    /// Returns what happens when it is late: as the sheet says, or as its [kind](Kind::late) does.
    pub fn late(&self) -> Late {
        self.late.unwrap_or(self.kind.late())
    }

    /// Returns the time over which viewers spread the cue among themselves; zero if all fire at once.
    pub fn jitter(&self) -> Span {
        self.jitter.unwrap_or(Span::ZERO)
    }

    /// Returns the files to fetch beforehand.
    pub fn preload(&self) -> Option<&Preload> {
        self.preload.as_deref()
    }

    /// Returns the message for viewers, per locale.
    pub fn message(&self) -> Option<&Texts> {
        self.message.as_ref()
    }

    /// Returns how certain a viewer's clock has to be, and what happens otherwise; `None` if that does not matter.
    pub fn needs(&self) -> Option<Needs> {
        self.needs
    }

    /// Returns how it depends on a viewer's clock, in words; `None` if it does not.
    pub fn condition(&self) -> Option<String> {
        let Needs { bound, otherwise } = self.needs?;
        let ms = bound.as_millis();
        Some(match otherwise {
            Otherwise::Skip => format!("only with a clock right within {ms} ms"),
            Otherwise::Fire => format!("marked uncertain unless the clock is right within {ms} ms"),
        })
    }

    /// Returns its lane: its track, or its action if it has no track.
    pub(super) fn lane(&self) -> (bool, &str) {
        match &self.track {
            Some(track) => (true, track),
            None => (false, &self.action),
        }
    }

    /// Returns its sort key: time, then track (none first), then id.
    pub(crate) fn order(&self) -> (Position, Option<&str>, &str) {
        (self.time, self.track.as_deref(), &self.id)
    }
}

impl Params {
    /// Creates params with these fields.
    pub(crate) fn new(fields: &Map<String, Value>) -> Self {
        let mut text = String::new();
        canonical::object(&mut text, fields);
        Self(text.into_boxed_str())
    }

    /// Returns their canonical text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Preload {
    /// Returns the addresses to fetch.
    pub fn assets(&self) -> &[String] {
        &self.assets
    }

    /// Returns how long before the cue viewers begin to fetch.
    pub fn lead(&self) -> Span {
        self.lead
    }

    /// Returns the time over which viewers spread their fetching; at most the lead.
    pub fn spread(&self) -> Span {
        self.spread
    }

    /// Returns the total number of bytes, if the sheet gives it.
    pub fn bytes(&self) -> Option<u64> {
        self.bytes
    }
}
