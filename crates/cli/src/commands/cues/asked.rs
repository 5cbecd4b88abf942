//! A rundown and a position in it, as given on the command line.

use std::path::Path;

use downbeat_core::Position;
use downbeat_sheet::{Cue, Rundown};
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
        let local = sheet.map(|path| sheets::rundown(path, output)).transpose()?;
        let local = match (local, time) {
            (Some((name, rundown)), Destination::To(position)) => {
                return Ok(Self { name, rundown, position, live: None });
            }
            (local, _) => local,
        };
        let live = Live::read(&context()?).await?;
        let position = match time {
            Destination::To(position) => position,
            Destination::By(span) => (live.standing.position + span).whole_millis(),
        };
        let (name, rundown) = match local {
            Some(local) => local,
            None => (live.name.clone(), live.rundown()?.clone()),
        };
        Ok(Self { name, rundown, position, live: Some(live.json()) })
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

/// Returns a cue for programs, with its times in ms.
pub(super) fn cue_json(cue: &Cue) -> Value {
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

/// Returns a cue's message or params in short, and what a viewer's clock decides about it.
pub(super) fn gist(cue: &Cue) -> String {
    let parts = [words(cue), cue.condition().unwrap_or_default()];
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("; ")
}

/// Returns the cue's first message, or else its params.
fn words(cue: &Cue) -> String {
    if let Some(words) = cue.message().and_then(|message| message.values().next()) {
        return format!("\u{201c}{words}\u{201d}");
    }
    let part = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    };
    cue.params().map(|params| params.iter().map(part).collect::<Vec<_>>().join(" ")).unwrap_or_default()
}
