//! A rundown and a position in it, as given on the command line.

use std::path::Path;

use downbeat_core::{Locale, Position};
use downbeat_sheet::{Cue, Rundown};
use downbeat_wire::{CueNotes, Notes};
use serde_json::{Map, Value, json};

use super::live::Live;
use crate::context::Context;
use crate::error::Error;
use crate::given::Destination;
use crate::output::Output;
use crate::profile::ProfileError;
use crate::sheets;
use crate::text;

/// A rundown and a position in it.
pub(super) struct Asked {
    /// The name of the sheet or of the event.
    pub(super) name: String,
    pub(super) rundown: Rundown,
    pub(super) position: Position,
    /// The first of the sheet's locales; `None` if it lists none, or is a rundown.
    locale: Option<Locale>,
    /// What the crew should know about the cues; empty if nothing is known.
    notes: Notes,
    /// The event's status and position, if the position was given relative to it.
    live: Option<Value>,
}

impl Asked {
    /// Loads the rundown, of the sheet or else of the event, and resolves the position.
    pub(super) async fn find(
        time: Destination,
        sheet: Option<&Path>,
        context: &dyn Fn() -> Result<Context, ProfileError>,
        output: Output,
    ) -> Result<Self, Error> {
        let local = match sheet {
            Some(path) => {
                let sheet = sheets::compiled(path, output)?;
                let (locale, rundown) = (sheet.crew().locale, sheet.rundown()?.clone());
                let notes = sheet.notes().unwrap_or_default();
                Some((sheet.name, rundown, locale, notes))
            }
            None => None,
        };
        let local = match (local, time) {
            (Some((name, rundown, locale, notes)), Destination::To(position)) => {
                return Ok(Self { name, rundown, position, locale, notes, live: None });
            }
            (local, _) => local,
        };
        let context = context()?;
        let live = Live::read(&context).await?;
        let position = match time {
            Destination::To(position) => position,
            Destination::By(span) => (live.standing.position + span).whole_millis(),
        };
        let (name, rundown, locale, notes) = match local {
            Some(local) => local,
            None => (live.name.clone(), live.rundown()?.clone(), None, live.notes(&context).await),
        };
        Ok(Self { name, rundown, position, locale, notes, live: Some(live.json()) })
    }

    /// Returns both as members of a JSON object.
    pub(super) fn json(&self) -> Map<String, Value> {
        let fields = [
            ("file", json!(self.name)),
            ("title", json!(self.rundown.title())),
            ("rundown", json!(self.rundown.digest())),
            ("position", json!(self.position)),
            ("live", json!(self.live)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Returns the first line: the rundown's title, and the position.
    pub(super) fn heading(&self) -> String {
        let bold = anstyle::Style::new().bold();
        let title = text::tame(self.rundown.title());
        format!("{bold}{title}{bold:#} ({}) at {}", text::tame(&self.name), text::position(self.position))
    }
}

impl Asked {
    /// Returns a cue for programs, with its times in ms.
    pub(super) fn cue_json(&self, cue: &Cue) -> Value {
        let mut json = cue_json(cue);
        if let Some(CueNotes { cue: _, note, owner, group, flags }) = self.notes.of(cue.id()) {
            json["crew"] = json!({ "note": note, "owner": owner, "group": group, "flags": flags });
        }
        json
    }

    /// Returns what the crew should know about a cue, in one line; empty if nothing is said.
    pub(super) fn crew(&self, cue: &Cue) -> String {
        self.notes.of(cue.id()).map(crew_line).unwrap_or_default()
    }
}

/// Returns what the crew should know about a cue, in one line.
pub(crate) fn crew_line(CueNotes { cue: _, note, owner, group, flags }: &CueNotes) -> String {
    let tags: Vec<&str> = owner.iter().chain(group).chain(flags).map(String::as_str).collect();
    match (note, tags.is_empty()) {
        (Some(note), true) => note.clone(),
        (Some(note), false) => format!("{note} ({})", tags.join(", ")),
        (None, _) => tags.join(", "),
    }
}

fn cue_json(cue: &Cue) -> Value {
    json!({
        "id": cue.id(),
        "time": cue.time(),
        "end": cue.end(),
        "action": cue.action(),
        "kind": cue.kind().as_str(),
        "track": cue.track(),
        "params": cue.params(),
        "message": cue.message(),
        "needs": cue.needs().map(|needs| json!({ "bound": needs.bound, "otherwise": needs.otherwise.as_str() })),
    })
}

impl Asked {
    /// Returns a cue's message or params in short, and what a viewer's clock decides about it.
    pub(super) fn gist(&self, cue: &Cue) -> String {
        let parts = [self.message(cue).unwrap_or_else(|| params(cue)), cue.condition().unwrap_or_default()];
        parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("; ")
    }

    /// Returns the cue's message in the sheet's first locale; in English, or else in any, if it does not have that.
    pub(super) fn message(&self, cue: &Cue) -> Option<String> {
        let message = cue.message()?;
        let words = self.locale.as_ref().and_then(|locale| message.get(locale));
        let words = words.or_else(|| message.get(&Locale::default())).or_else(|| message.values().next())?;
        Some(format!("\u{201c}{words}\u{201d}"))
    }
}

/// Returns the cue's params.
fn params(cue: &Cue) -> String {
    let part = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    };
    cue.params().map(|params| params.iter().map(part).collect::<Vec<_>>().join(" ")).unwrap_or_default()
}
