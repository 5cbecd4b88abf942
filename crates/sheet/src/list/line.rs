//! One cue as a line of a list.

use std::borrow::Cow;

use downbeat_core::{Locale, Position};
use serde_json::Value;

use crate::rundown::{Cue, clock};
use crate::source::CrewNote;

/// A cue as a line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    number: String,
    day_time: String,
    position: String,
    duration: String,
    track: String,
    id: String,
    action: String,
    content: String,
    crew: CrewNote,
}

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Its number, from 1.
    Number,
    /// The time of day at which it is due.
    DayTime,
    /// The position at which it is due.
    Position,
    /// How long it lasts; nothing for what is over at once.
    Duration,
    /// Its track.
    Track,
    /// Its id.
    Cue,
    /// Its action.
    Action,
    /// Its message in the sheet's first locale, or its params; then how it depends on a viewer's clock.
    Content,
    /// What the crew should know.
    Note,
    /// Who is responsible.
    Owner,
    /// What it belongs to.
    Group,
    /// Words to search for.
    Flags,
}

impl Column {
    /// All columns, in their order.
    pub const ALL: [Self; 12] = [
        Self::Number,
        Self::DayTime,
        Self::Position,
        Self::Duration,
        Self::Track,
        Self::Cue,
        Self::Action,
        Self::Content,
        Self::Note,
        Self::Owner,
        Self::Group,
        Self::Flags,
    ];

    /// Returns its heading.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Number => "No.",
            Self::DayTime => "Time of day",
            Self::Position => "Position",
            Self::Duration => "Duration",
            Self::Track => "Track",
            Self::Cue => "Cue",
            Self::Action => "Action",
            Self::Content => "Message or params",
            Self::Note => "Note",
            Self::Owner => "Owner",
            Self::Group => "Group",
            Self::Flags => "Flags",
        }
    }

    /// Returns its name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::DayTime => "timeOfDay",
            Self::Position => "position",
            Self::Duration => "duration",
            Self::Track => "track",
            Self::Cue => "id",
            Self::Action => "action",
            Self::Content => "content",
            Self::Note => "note",
            Self::Owner => "owner",
            Self::Group => "group",
            Self::Flags => "flags",
        }
    }

    /// Returns whether it is there even if no cue has anything in it.
    pub(super) const fn is_always(self) -> bool {
        matches!(self, Self::Number | Self::Position | Self::Duration | Self::Cue | Self::Action)
    }

    /// Returns whether an author wrote what is in it.
    pub(super) const fn is_written(self) -> bool {
        !matches!(self, Self::Number | Self::DayTime | Self::Position | Self::Duration)
    }
}

impl Line {
    pub(super) fn new(
        number: usize,
        cue: &Cue,
        crew: CrewNote,
        locale: Option<&Locale>,
        day_time: Option<String>,
    ) -> Self {
        let duration = cue.end().map(|end| clock(Position::START + (end - cue.time()))).unwrap_or_default();
        Self {
            number: number.to_string(),
            day_time: day_time.unwrap_or_default(),
            position: clock(cue.time()),
            duration,
            track: cue.track().unwrap_or_default().to_owned(),
            id: cue.id().to_owned(),
            action: cue.action().to_owned(),
            content: content(cue, locale),
            crew,
        }
    }

    /// Returns what is in a column; an empty text if there is nothing.
    pub fn cell(&self, column: Column) -> Cow<'_, str> {
        let text = match column {
            Column::Number => &self.number,
            Column::DayTime => &self.day_time,
            Column::Position => &self.position,
            Column::Duration => &self.duration,
            Column::Track => &self.track,
            Column::Cue => &self.id,
            Column::Action => &self.action,
            Column::Content => &self.content,
            Column::Note => self.crew.note.as_deref().unwrap_or_default(),
            Column::Owner => self.crew.owner.as_deref().unwrap_or_default(),
            Column::Group => self.crew.group.as_deref().unwrap_or_default(),
            Column::Flags => return Cow::Owned(self.crew.flags.join(" ")),
        };
        Cow::Borrowed(text)
    }
}

/// Returns a cue's message or params in short, and how it depends on a viewer's clock.
fn content(cue: &Cue, locale: Option<&Locale>) -> String {
    let message = cue.message().and_then(|message| {
        let words = locale.and_then(|locale| message.get(locale)).or_else(|| message.get(&Locale::default()));
        words.or_else(|| message.values().next()).cloned()
    });
    let part = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    };
    let params =
        || cue.params().map(|params| params.iter().map(part).collect::<Vec<_>>().join(" ")).unwrap_or_default();
    let parts = [message.unwrap_or_else(params), cue.condition().unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}
